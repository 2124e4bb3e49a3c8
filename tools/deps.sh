#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: deps.sh [PACKAGE]...
# Install the Debian packages that everything here needs, and those named; not as root, say how.

. "$(dirname "$0")/lib.sh"

# Kernel and selftests (libvfio of theirs takes uuid-dev); VM; results; checks; then what a minimal
# system may lack of the tools we call. `make fresh` proves that nothing is missing.
packages=(
	gcc make libc6-dev flex bison bc libelf-dev libssl-dev libnuma-dev uuid-dev perl rsync xz-utils
	qemu-system-x86 busybox-static cpio
	python3 libtap-formatter-junit-perl
	shellcheck git
	util-linux procps mawk ca-certificates
)

[ "$VENDOR" != intel ] || packages+=(bochs bochsbios vgabios bochs-term isolinux syslinux-common xorriso)
packages+=("$@" ${KERNEL:+patch})
missing=()
# A line for each, and for each architecture that it is there for.
installed=$'\n'$(dpkg-query -Wf '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null)$'\n'
for p in "${packages[@]}"; do
	[[ $installed == *$'\n'"$p installed"$'\n'* ]] || missing+=("$p")
done
[ ${#missing[@]} != 0 ] || exit 0

install="apt-get install --yes --no-install-recommends ${missing[*]}"
[ "$(id -u)" = 0 ] || die "packages are missing; as root: $install"

export DEBIAN_FRONTEND=noninteractive
say "installing ${missing[*]} ..."
log=$(mktemp)
# shellcheck disable=SC2086 # a command line, to be split
if ! { $install || { apt-get update && $install; }; } </dev/null >"$log" 2>&1; then
	show_errors "$log" >&2
	die "cannot install the missing packages, see $log"
fi
rm -f "$log"
