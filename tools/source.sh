#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Provide the kernel source: check KDIR, or else fetch Debian's linux-source-$KVER into the cache; for
# KERNEL make another of it.
#
# apt works on a private state here: the machine's own sources and package lists stay as they are.

. "$(dirname "$0")/lib.sh"

suites='trixie-backports bookworm-backports trixie sid experimental'

check_tree()
{
	local version

	[ -d "$1/arch/x86/kvm" ] && [ -d "$1/tools/testing/selftests/kvm" ] && [ -f "$1/Makefile" ] ||
		die "KDIR=$1 is not a kernel source tree (no arch/x86/kvm or no KVM selftests in it)"
	version=$(awk -F ' *= *' '/^(VERSION|PATCHLEVEL) =/ { v = v * 1000 + $2 }
				  END { print v + 0 }' "$1/Makefile")
	[ "$version" -ge 6008 ] ||
		die "KDIR=$1 is older than 6.8, the first release with memory attributes"
}

# A tree that was built in place refuses to be built elsewhere, so build a cleaned copy of it.
# Objects are left out, the few other products are swept away by the tree's own mrproper.
copy_built_tree()
{
	local products=() p

	for p in '*.o' '*.a' '*.ko' '*.cmd' '*.mod' '*.mod.c' '*.so' '*.dbg' '/vmlinux*' '/.tmp_vmlinux*' \
		bzImage .git; do
		products+=(--exclude="$p")
	done
	lock "$work"
	mkdir -p "$src" || die "cannot create $src"
	logged "$work/source.log" "copying $KDIR, which was built in place" \
		rsync -a --delete "${products[@]}" "$KDIR/" "$src/"
	logged "$work/source.log" "cleaning the copy" make -C "$src" mrproper
}

private_apt()
{
	apt-get -o Dir::Etc::sourcelist="$tmp/list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$tmp/lists" -o Dir::Cache="$tmp" -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o APT::Get::List-Cleanup=0 -qq "$@"
}

# Fetch package $1 from the first suite that has it.
download()
{
	local site suite keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	site=$(package_site)
	[ -n "$site" ] || die "apt has no package source that could offer $1; set KDIR= instead"
	mkdir -p "$tmp/lists/partial"
	for suite in $suites; do
		echo "deb [signed-by=$keyring] $site $suite main" >"$tmp/list"
		private_apt update >>"$tmp/log" 2>&1 &&
			(cd "$tmp" && private_apt download "$1" >>"$tmp/log" 2>&1) && return
	done
	cp "$tmp/log" "$cache/apt.log"
	die "no Debian package $1 (KVER=$KVER), see $cache/apt.log; KDIR= takes any tree"
}

# wait_for_command NAME PACKAGE: a bare system has none; tools/deps.sh installs it at the same time.
wait_for_command()
{
	local tries

	for ((tries = 0; tries < 300; tries++)); do
		command -v "$1" >/dev/null && return
		sleep 1
	done
	die "$1 is missing (package $2)"
}

fetch_debian_source()
{
	local package=linux-source-$KVER deb version

	case $KVER in *[!0-9.]* | '') die "KVER=$KVER is not a release such as 7.3" ;; esac
	lock "$cache/sources"
	[ ! -f "$cache/sources/$KVER/Makefile" ] || return 0
	tmp=$cache/sources/tmp
	rm -rf "$tmp"
	mkdir -p "$tmp" || die "cannot create $tmp"
	trap 'rm -rf "$tmp"' EXIT

	say "fetching $package ..."
	download "$package"
	deb=$(echo "$tmp/$package"_*.deb)
	version=$(dpkg-deb --field "$deb" Version)
	wait_for_command xz xz-utils
	say "unpacking $package $version ..."
	dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -x -I 'xz -T0' -C "$tmp" && [ "${PIPESTATUS[*]}" = '0 0 0' ] ||
		die "cannot unpack $package into $cache (no space left?)"
	rm -rf "$cache/sources/$package-$version"
	# The link comes last: it says that the source is complete.
	sync -f "$tmp" && mv "$tmp/$package" "$cache/sources/$package-$version" &&
		ln -sfn "$package-$version" "$cache/sources/$KVER" || die "cannot write in $cache"
}

# First that of the kernel below it.
if [ -n "$KERNEL" ]; then
	KERNEL='' leashed "$top/tools/source.sh" || exit
	wait_for_command patch patch
	leashed "$top/tools/kernels/tree.sh"
elif [ -n "$KDIR" ]; then
	[ -d "$KDIR" ] || die "KDIR=$KDIR: no such folder"
	check_tree "$KDIR"
	locate
	[ "$src" = "$(realpath "$KDIR")" ] || copy_built_tree
else
	fetch_debian_source
fi
