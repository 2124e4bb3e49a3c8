# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What all scripts share. Sourced, never run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kvm-lpage
KVER=${KVER:-7.3}
# 0 is nothing, but for tools/matrix.sh, which a script that runs it, or it itself, starts again.
export DEBUG_ASKED=${DEBUG_ASKED-${DEBUG:=}}
case $DEBUG in 0) DEBUG= ;; esac
# So it is in all that is just on or off.
for switch in V BARE FULL REDUCE UPSTREAM REPRODUCER ALL OPEN; do
	[ "${!switch}" != 0 ] || unset "$switch"
done

# What our own make was told must not reach the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# Nor may a git hook that calls us lead our git to the hook's repository; an identity may come that way.
# shellcheck disable=SC2046 # names without blanks
[ -z "${!GIT_*}" ] || unset $(git rev-parse --local-env-vars 2>/dev/null | grep -v '^GIT_CONFIG')
export LC_ALL=C

say()
{
	printf '%s\n' "$*" >&2
}

# The job could not be done: one line, status 2. Status 1 is kept for "a test failed".
die()
{
	say "${0##*/}: $*"
	exit 2
}

case $top$cache in *[[:space:]]*) die "a blank in $top or $cache: kbuild cannot have that" ;; esac

. "$top/tools/terminal.sh"

# Every command of ours is run by one of these two, so that nothing outlives what has started it, not
# even after kill -9: the kernel tells it to end (PR_SET_PDEATHSIG). job.sh does the same for itself.
leashed()
{
	setpriv --pdeathsig TERM -- "$@"
}

# The same in the background. Not `leashed ... &`: that runs in a shell of its own, which nothing
# ends with us.
start()
{
	setpriv --pdeathsig TERM -- "$@" &
}

# The regular expression of what in the kernel log is a complaint; the programs have it from the same
# place.
findings()
{
	sed -n 's/^	"\(.*\)".*/\1/p' "$top/lib/kvm/kernel_complaint.h" | tr -d '\n' | grep . ||
		die "no strings in $top/lib/kvm/kernel_complaint.h"
}

# git for our own repositories: only our settings count there, whatever a person prefers. None of them
# gets so many commits that it would need tidying up after each.
plain_git()
{
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -c maintenance.auto=false "$@"
}

# Wait for all of these children; as soon as one fails, the others are of no use.
wait_for()
{
	local left=" $* " ended status

	while [ "$left" != ' ' ]; do
		wait -n -p ended
		status=$?
		[ -n "$ended" ] || die "lost the child processes$left"
		[[ $left == *" $ended "* ]] || continue
		left=${left/" $ended "/ }
		[ $status != 0 ] || continue
		# shellcheck disable=SC2086 # to be split
		kill $left 2>/dev/null
		exit 2
	done
}

# Run a step of the preparation; it says itself what goes wrong.
step()
{
	start "$@"
	child=$!
	wait "$child" || exit 2
	child=
}

# KERNEL is the name of a patch to KVM in tools/kernels, to be put on top of KVER or KDIR.
kernel_patch=${KERNEL:+$top/tools/kernels/$KERNEL.patch}
check_kernel()
{
	[ -n "$KERNEL" ] || return 0
	case $KERNEL in *[!A-Za-z0-9_.-]*) ;; *) [ ! -f "$kernel_patch" ] || return 0 ;; esac
	die "KERNEL=$KERNEL is not in tools/kernels: $(cd "$top/tools/kernels" && echo *.patch | sed 's/\.patch\>//g')"
}
check_kernel

# The patches that make the one in the file $1, which may say `Onto: NAME` in its head: that of NAME first.
kernel_patches()
{
	local below

	below=$(sed -n '/^---/q; s/^Onto: //p' "$1")
	[ -z "$below" ] || kernel_patches "$top/tools/kernels/$below.patch"
	printf '%s\n' "$1"
}

# The files that patches change, add or remove.
patched_files()
{
	sed -nE 's,^(---|\+\+\+) [^/]*/([^[:blank:]]*).*,\2,p' "$@" | grep -vx dev/null | sort -u
}

# Does KERNEL change what tests are built from? Else those of the kernel below it do.
has_own_tests()
{
	local patches

	mapfile -t patches < <(kernel_patches "$kernel_patch")
	patched_files "${patches[@]}" | grep -qE '^(tools|include/uapi|arch/x86/include/uapi)/'
}

# link_tree SOURCE TREE PATH...: in the folder TREE, links to all that is in SOURCE but the PATHs; what
# folders these are in are folders in TREE, too.
link_tree()
{
	local source=$1 tree=$2 file folder parents links
	shift 2

	mapfile -t parents < <(for file; do
		while [[ $file == */* ]]; do
			file=${file%/*}
			echo "$file"
		done
	done | sort -u)
	for folder in '' "${parents[@]/%//}"; do
		[ ! -L "$tree/${folder%/}" ] || rm "$tree/${folder%/}"
		mkdir -p "$tree/$folder" || die "cannot create $tree/$folder"
		links=()
		for file in "$source/$folder"*; do
			case " ${parents[*]} $* " in *" ${file#"$source/"} "*) continue ;; esac
			[ ! -e "$file" ] || links+=("$file")
		done
		[ ${#links[@]} = 0 ] || ln -sfn -t "$tree/$folder" "${links[@]}" || die "cannot write in $tree"
	done
}

# Where this machine gets Debian's packages from.
package_site()
{
	# shellcheck disable=SC2016 # variables of apt's
	{
		# Where the lists have been removed, as in images for containers, it says nothing.
		apt-get indextargets --format '$(ORIGIN) $(SITE)' | grep '^Debian ' ||
			apt-get -o Debug::NoLocking=1 --print-uris update 2>/dev/null | sed -n "s#^'\(.*\)/dists/.*#- \1#p"
	} | grep -v security | sed -n '1s/^[^ ]* //p'
}

# get_source PACKAGE...: install what is missing, and those packages, and get the source of the kernel,
# both at once.
get_source()
{
	local pids=()

	# Who cannot install gets just the line that says what is missing; and where the source is a tree,
	# there is nothing to wait for but what copies it.
	if [ "$(id -u)" != 0 ] || [ -n "$KDIR" ]; then
		step "$top/tools/deps.sh" "$@"
	else
		start "$top/tools/deps.sh" "$@"
		pids+=($!)
	fi
	start "$top/tools/source.sh"
	pids+=($!)
	wait_for "${pids[@]}"
}

# Build the kernel, unless ON=host, and the tests, both at once as soon as there are headers.
build_all()
{
	local pids=()

	step "$top/tools/kernel.sh" headers
	start "$top/tools/kernel.sh" image
	pids+=($!)
	start "$top/tools/tests.sh"
	pids+=($!)
	wait_for "${pids[@]}"
}

# What went wrong, by the lines of LOG that say so: at most ten, of compilers, linkers, make, Kconfig,
# apt, spatch and the like; else its end. Names of files begin where the tree does.
show_errors()
{
	grep -E '(^|[^a-z_-])([Ee]rror|ERROR|fatal error|undefined reference|Error [0-9]+|No space left)\b|^E: |\*\*\*' "$1" |
		grep -vE '^ *(gcc|cc|ld|make -|\( |set -e)|-Werror' | awk '!seen[$0]++' | head -n 10 |
		sed "s#${src:-/nowhere}/##g; s#${work:-/nowhere}/##g" | grep . || tail -n 10 "$1"
}

# logged LOG WHAT COMMAND...: run quietly, but for a word that it goes on; $objects is how many kbuild
# will make, if that is known. On failure show what went wrong and give up.
logged()
{
	local log=$1 what=$2 begin=$SECONDS pid
	shift 2
	say "$what ..."
	start "$top/tools/guard.sh" "$@" </dev/null >"$log" 2>&1
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		put_status "$what: $((SECONDS - begin)) s${objects:+, $(grep -cE '^  [A-Z]+ ' "$log") of about $objects objects}"
		# Without the lock, which it may outlive us with.
		sleep 1 9>&- &
		wait -n "$pid" $!
	done
	clear_status
	wait "$pid" || {
		show_errors "$log" >&2
		[ "$(df --output=avail -k "$log" | tail -n 1)" -gt 1024 ] || die "$what: no space left for $log"
		die "$what: failed, see $log"
	}
	say "$what: $((SECONDS - begin)) s"
}

# Hold a folder's lock until this script ends; what holds it now may be a build of minutes.
lock()
{
	mkdir -p "$1" || die "cannot create $1"
	exec 9>"$1/lock" || die "cannot write in $1"
	flock -n 9 && return
	say "waiting for another run that uses $1"
	flock 9
}

# Options of Kconfig fragments: the one named last wins.
fragments()
{
	printf '%s\n' "$top/config" "$top/tools/vm/config"
	[ -z "$DEBUG" ] || printf '%s\n' "$top/tools/vm/config.debug"
	[ -z "$COVERAGE" ] || printf '%s\n' "$top/tools/coverage/config"
}

# Time limits are meant for an ordinary kernel. One that checks itself (DEBUG=1), and a machine that
# KSFT_MACHINE_SLOW says is slow, gets this many times as much; so it is inside the programs, too
# (lib/host/slow_machine.h).
[ -z "$DEBUG" ] || export KSFT_MACHINE_SLOW=yes
slow_machine_factor=${KSFT_MACHINE_SLOW:+6}
slow_machine_factor=${slow_machine_factor:-1}

# What a person may say about the VM; sets SMP and MEM, now in MiB, how many VMs keep a CPU busy, and
# how many seconds one of a VM's clock may take.
check_vm_options()
{
	case $VENDOR in '' | amd | intel) ;; *) die "VENDOR=$VENDOR is neither amd nor intel" ;; esac
	# shellcheck disable=SC2034 # for the scripts that start VMs
	vms_per_cpu=2 vm_second=1
	[ "$VENDOR" != intel ] || check_bochs_options
	case ${ACCEL:-tcg} in tcg | kvm) ;; *) die "ACCEL=$ACCEL is neither tcg nor kvm" ;; esac
	# One more is needed with TCG: see tools/vm/qemu.sh; CONFIG_NR_CPUS is 8.
	case ${SMP:=2} in [1-7]) ;; *) die "SMP=$SMP is not a number from 1 to 7" ;; esac
	case ${MEM:=6G} in
	*[!0-9MG]* | *[MG]?* | [!1-9]*) die "MEM=$MEM is not an amount such as 6G or 8192M" ;;
	*G) MEM=$((${MEM%G} * 1024)) ;;
	*M) MEM=${MEM%M} ;;
	*) die "MEM=$MEM is not an amount such as 6G or 8192M" ;;
	esac
	[ "$MEM" -ge 4096 ] || die "MEM=${MEM}M is less than the 4G that the hugepages need"
	export MEM SMP
}

# VENDOR=intel is a VM in Bochs: one CPU, which waits for nothing, and a clock that counts instructions.
check_bochs_options()
{
	[ -z "$ACCEL" ] || die "ACCEL=$ACCEL is for QEMU, VENDOR=intel takes Bochs"
	[ "${SMP:=1}" = 1 ] || die "SMP=$SMP: with VENDOR=intel the VM has one CPU"
	# With less no 1G is in one piece: 1G lies in a hole below 4G, and what boots lies in the rest.
	: "${MEM:=6G}"
	# shellcheck disable=SC2034 # for the scripts that start VMs
	vms_per_cpu=1 vm_second=10
}

# What KVM is, in arch/x86/kvm of a kernel that is built.
# shellcheck disable=SC2034 # for the scripts that build it
kvm_modules=(kvm.ko kvm-amd.ko kvm-intel.ko)

is_built_in_tree()
{
	[ -e "$1/.config" ] || [ -e "$1/include/config" ] || [ -e "$1/arch/x86/include/generated" ]
}

# Set src (the kernel source to build from) and work (the cache folder for its products); with KERNEL,
# those of the kernel below it are base_src and base_work.
locate()
{
	local id key

	if [ -n "$KDIR" ]; then
		id=$(realpath "$KDIR")
		src=$id
	else
		src=$(readlink -f "$cache/sources/$KVER")
		id=$src
	fi
	# shellcheck disable=SC2046 # the fragments' names have no blanks to split at
	key=$({ echo "$id"; gcc --version; cd "$top" && cat $(fragments); } | sha256sum)
	work=$cache/build/$(basename "$id")-${key:0:12}
	if is_built_in_tree "$src"; then
		src=$work/source
	fi
	[ -n "$KERNEL" ] || return 0
	# shellcheck disable=SC2034 # for others
	base_src=$src
	base_work=$work
	work=$base_work/kernels/$KERNEL
	src=$work/source
}

# What tells one state of the source from another, unless it is a person's tree.
source_key()
{
	[ -z "$KERNEL" ] && echo "$src" || cat "$work/source.stamp"
}

# The kernel that was built, in words.
kernel_name()
{
	local with=(${KERNEL:+"$KERNEL"} ${DEBUG:+DEBUG=1}) release

	release=$(cat "$work/kernel/include/config/kernel.release")
	echo "$release${with[0]:+ with ${with[0]}}${with[1]:+ and ${with[1]}}"
}

# Is this the stamp that a finished job left? A stamp is written last, so it proves the rest.
stamped()
{
	[ -n "$2" ] && [ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

stamp()
{
	printf '%s\n' "$2" >"$1.new" && sync "$1.new" && mv "$1.new" "$1" || die "cannot write $1"
}

# new_folder SUFFIX: a folder in results/ named by the time, into results.
new_folder()
{
	mkdir -p "$top/results" || die "cannot create $top/results"
	while results=$top/results/$(date -u +%Y%m%dT%H%M%SZ)$1 && ! mkdir "$results" 2>/dev/null; do
		[ -d "$results" ] || die "cannot create $results"
		sleep 1
	done
}

# new_results SUFFIX: the same of a run, which results/latest is a link to then; for a part of another
# run the folder RESULTS instead, which that one names.
new_results()
{
	if [ -n "$RESULTS" ]; then
		results=$RESULTS
		mkdir -p "$results" || die "cannot create $results"
		return
	fi
	new_folder "$1"
	ln -sfn "$(basename "$results")" "$top/results/latest" || die "cannot write in $top/results"
}

# Sets releases, of which KVERS names each once or more often.
read_releases()
{
	local kver

	# shellcheck disable=SC2086,SC2153 # to be split; of the environment
	mapfile -t releases < <(printf '%s\n' $KVERS | awk 'NF && !seen[$0]++')
	[ ${#releases[@]} != 0 ] || die 'KVERS names no release'
	for kver in "${releases[@]}"; do
		case $kver in *[!0-9.]*) die "KVERS: $kver is not a release such as 7.3" ;; esac
	done
}

# What goes for costs: who counts, and of their ratios the largest that is taken.
check_cost_options()
{
	[ "$VENDOR" != intel ] || die 'VENDOR=intel: instructions are counted in QEMU, which has no EPT'
	[[ ${THRESHOLD:-1} =~ ^[0-9]+(\.[0-9]+)?$ ]] || die "THRESHOLD=$THRESHOLD is not a number such as 1.05"
}

# plural NUMBER WORD: "1 verdict", "2 verdicts".
plural()
{
	[ "$1" = 1 ] && echo "$1 $2" || echo "$1 $2s"
}

# make_report WORD...: report.html of what is in the folder $results, with the words, of which the first
# is in capitals, as its verdict.
make_report()
{
	echo "$*" >"$results/verdict" || die "cannot write in $results"
	leashed "$top/tools/report.sh" "$results"
}

# conclude WORD...: the same as the last line of a run.
conclude()
{
	make_report "$@"
	echo "$*"
}
