#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: ungraft.sh [SELFTESTS]
# Take our tests out of the KVM selftests of the kernel tree KDIR, or of those in the folder
# SELFTESTS, with what was built from them there; whatever state of this project put them in.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/graft/layout.sh"

# In the folder that `make install` uses if it is not told another one. config and settings there are
# copies of the tree's.
remove_installed()
{
	local installed=$selftests/kselftest_install file
	local archive=$installed/kselftest-packages/kselftest.tar.gz

	[ -d "$installed/kvm" ] || return 0
	rm -rf "$installed/kvm/lpage_scenarios" "$installed"/kvm/private_mem_lpage_* &&
		{ [ ! -f "$installed/kselftest-list.txt" ] ||
			sed -i '/^kvm:private_mem_lpage_/d' "$installed/kselftest-list.txt"; } ||
		die "cannot remove all of $installed/kvm/private_mem_lpage_*"
	for file in config settings; do
		[ -f "$installed/kvm/$file" ] || continue
		without_graft "$installed/kvm/$file" >"$tmp/$file" || die "$installed/kvm/$file $(cat "$tmp/$file")"
		end_like "$installed/kvm/$file" "$tmp/$file"
		cat "$tmp/$file" >"$installed/kvm/$file" || die "cannot write $installed/kvm/$file"
	done
	[ ! -f "$archive" ] || ! tar -tf "$archive" | grep -q private_mem_lpage_ || rm -f "$archive" ||
		die "cannot remove $archive"
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
