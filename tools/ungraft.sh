#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ungraft.sh [SELFTESTS]
# Take our tests out of the KVM selftests of the kernel tree KDIR, or of those in the folder
# SELFTESTS, with what was built from them there; whatever state of this project put them in.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/graft/layout.sh"

# In the folder that `make install` uses if it is not told another one.
remove_installed()
{
	local installed=$selftests/kselftest_install

	[ -d "$installed/kvm" ] || return 0
	rm -rf "$installed/kvm/lpage_scenarios" "$installed"/kvm/private_mem_lpage_* &&
		{ [ ! -f "$installed/kselftest-list.txt" ] ||
			sed -i '/^kvm:private_mem_lpage_/d' "$installed/kselftest-list.txt"; } ||
		die "cannot remove all of $installed/kvm/private_mem_lpage_*"
}

find_selftests "$1"
tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT
existing=()
for file in Makefile Makefile.kvm config settings; do
	[ ! -f "$kvm/$file" ] || existing+=("$file")
done
strip "${existing[@]}"
replace '' "${existing[@]}"
remove_files
remove_installed
