#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: fresh.sh [short]
# Does a bare Debian need nothing but README's two commands? For each release in SUITES: debootstrap's
# smallest system with git, make and ca-certificates, a clone of HEAD in it, and there, as an ordinary
# user, the line that names the missing packages, then as root `make run` and `make check`. Ends with a
# table. short, for CI, prints TAP: this machine's own release, the kernel and its source from the
# cache, few tests. The bare system is cached, its packages are not.
# Exit status: 0 all went as it must, 1 something did not, 2 could not run.

. "$(dirname "$0")/lib.sh"

place=/root/project

# Debian 13 packages virtme-ng: there its recipe is followed for real, with the source that is there. In
# the VM it needs udev and ip, which its package does not depend on.
# shellcheck disable=SC2016 # for the inner shell
virtme_ng='apt-get install --yes --no-install-recommends virtme-ng udev iproute2 >/dev/null &&
	cp -rL /root/.cache/kvm-lpage/sources/[0-9]* /root/linux &&
	make graft KDIR=/root/linux && tools/ci/virtme-ng.sh /root/linux'

# A reason why a bare system cannot be had here, if there is one.
obstacle()
{
	[ "$(id -u)" = 0 ] || { echo 'needs root' && return; }
	command -v apt-get >/dev/null || { echo 'needs Debian' && return; }
	"$top/tools/deps.sh" debootstrap >&2 || { echo 'debootstrap is missing' && return; }
	unshare --mount --pid --fork true 2>/dev/null || echo 'needs namespaces'
}

# The same for the cache, over which a folder is mounted: not if it lies on an overlay itself.
cache_obstacle()
{
	local over=$cache/fresh/over

	mkdir -p "$over"/{up,work,all} || die "cannot write in $over"
	unshare --mount mount -t overlay -o "lowerdir=$cache,upperdir=$over/up,workdir=$over/work" \
		overlay "$over/all" 2>/dev/null || echo "needs a file system for $cache that overlays take"
}

# The bare system of a release, into the file $cache/fresh/SUITE.tar.
bootstrap()
{
	local suite=$1 folder=$cache/fresh/new site

	[ ! -s "$cache/fresh/$suite.tar" ] || return 0
	site=$(package_site)
	rm -rf "$folder"
	logged "$cache/fresh/$suite.log" "making a bare $suite" debootstrap --variant=minbase \
		--include=git,make,ca-certificates "$suite" "$folder" "$site"
	rm -f "$folder"/var/cache/apt/archives/*.deb
	tar -C "$folder" -cf "$cache/fresh/$suite.tar.new" . &&
		mv "$cache/fresh/$suite.tar.new" "$cache/fresh/$suite.tar" || die "cannot write in $cache/fresh"
	rm -rf "$folder"
}

# unpack SUITE: a bare system with a clone of HEAD into the folder $root.
unpack()
{
	root=$cache/fresh/root
	rm -rf "$root"
	mkdir -p "$root" && tar -C "$root" -xf "$cache/fresh/$1.tar" &&
		cp /etc/resolv.conf /etc/hosts "$root/etc/" || die "cannot write in $root"
	# How this machine reaches its packages.
	apt-config dump | grep -E '^Acquire::(http|https|Check)[-:A-Za-z]* ' >"$root/etc/apt/apt.conf.d/99outside"
	git clone -q --no-hardlinks "file://$top" "$root$place" || die "cannot clone $top"
	install -d "$root/var/lib/user" && cp -r "$root$place" "$root/var/lib/user/project" &&
		chroot "$root" chown -R nobody /var/lib/user || die "cannot write in $root"
}

# inside COMMAND: run it in the bare system, with an environment as after a login and mounts that are
# gone when it ends. $cached: where our cache is laid over, changes to it are lost. unshare ignores
# SIGTERM.
inside()
{
	# shellcheck disable=SC2016 # for the inner shell
	setpriv --pdeathsig KILL -- unshare --mount --pid --fork --kill-child -- bash -c '
		mount --make-rprivate / && mount -t proc proc "$1/proc" && mount -t sysfs sysfs "$1/sys" &&
			mount --rbind /dev "$1/dev" || exit 2
		if [ -n "$3" ]; then
			mkdir -p "$1$3" "$3/fresh/over" && rm -rf "$3/fresh/over/"* && mkdir "$3/fresh/over/"{up,work} &&
				mount -t overlay -o "lowerdir=$3,upperdir=$3/fresh/over/up,workdir=$3/fresh/over/work" \
				overlay "$1$3" || exit 2
		fi
		exec chroot "$1" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 ${3:+XDG_CACHE_HOME="${3%/*}"} \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "$2"' \
		inside "$root" "$1" "$cached" </dev/null
}

# try SUITE WHAT WANTED COMMAND: a line of the table; the command has to end with the status WANTED.
try()
{
	local begin=$SECONDS status

	say "$1: $2 ..."
	if [ -n "$short" ]; then
		inside "$4" >"$log" 2>&1
		status=$?
	else
		# Not in a pipeline: that is a shell of its own, which nothing ends with us.
		inside "$4" > >(tee "$log" | sed -u "s/^/$1: /" >&2) 2>&1
		status=$?
		wait $!
	fi
	table+=("$1"$'\t'"$2"$'\t'"$status"$'\t'$((SECONDS - begin)))
	[ "$status" = "$3" ] && return
	failed=yes
	return 1
}

# As an ordinary user: refused, and told what to do.
try_user()
{
	try "$1" 'make run, not as root' 2 \
		"cd /var/lib/user/project && setpriv --reuid=nobody --clear-groups env HOME=/tmp make run" &&
		grep -q 'packages are missing; as root: apt-get install .*gcc' "$log" && return
	say "$1: no line says which packages are missing"
	failed=yes
}

try_suite()
{
	bootstrap "$1"
	unpack "$1"
	try_user "$1"
	try "$1" 'make run' 0 "cd $place && make run"
	for file in results.json junit.xml; do
		[ -s "$root$place/results/latest/$file" ] || { say "$1: there is no $file" && failed=yes; }
	done
	try "$1" 'make check' 0 "cd $place && make check"
	[ "$1" != trixie ] || try "$1" virtme-ng.sh 0 "cd $place && $virtme_ng"
	rm -rf "$root"
}

show_table()
{
	printf '\n%-10s %-24s %6s %8s\n' suite command status seconds
	printf '%s\n' "${table[@]}" | awk -F '\t' '{ printf "%-10s %-24s %6s %8s\n", $1, $2, $3, $4 }'
}

# One line of TAP, and what went wrong before it.
try_short()
{
	local suite why

	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	why=$(obstacle)
	[ -n "$why" ] || why=$(cache_obstacle)
	[ -z "$why" ] || {
		echo "ok 1 bare Debian: make run # SKIP $why"
		return
	}
	cached=$cache
	bootstrap "$suite"
	unpack "$suite"
	if try "$suite" 'make run' 0 "cd $place && make run TEST=private_mem_lpage_exits_test" &&
		[ -s "$root$place/results/latest/results.json" ] && [ -s "$root$place/results/latest/junit.xml" ]; then
		echo "ok 1 bare Debian $suite: make run"
	else
		sed 's/^/# /' "$log" | tail -n 30
		echo "not ok 1 bare Debian $suite: make run"
	fi
	rm -rf "$root" "$cache/fresh/over"
}

cached='' failed='' short=$1
table=()
lock "$cache/fresh"
log=$cache/fresh/log
if [ -n "$short" ]; then
	try_short
	echo 1..1
	exit 0
fi
: "${SUITES:=bookworm trixie}"
why=$(obstacle)
[ -z "$why" ] || die "$why"
for suite in $SUITES; do
	case $suite in *[!a-z]*) die "SUITES: $suite is not the name of a Debian release" ;; esac
	try_suite "$suite"
done
show_table
[ -z "$failed" ]
