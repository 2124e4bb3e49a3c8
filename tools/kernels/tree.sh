#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: tree.sh
# Make the source of KERNEL: links to the source below it, but for copies of the files that the patch
# changes. What has been a copy stays one, so that a file which a patch no longer changes is younger
# than the object that was made of it.

. "$(dirname "$0")/../lib.sh"

# What is built anew is KVM, its headers and the selftests; the rest of the kernel is not.
check_files()
{
	local file

	[ ${#files[@]} != 0 ] || die "tools/kernels/$KERNEL.patch is not a patch"
	for file in "${files[@]}"; do
		case $file in
		*/../* | ../*) die "tools/kernels/$KERNEL.patch changes $file" ;;
		arch/x86/kvm/* | virt/kvm/* | include/*/kvm*.h | arch/x86/include/*/kvm*.h) ;;
		tools/* | Documentation/*) ;;
		*) die "tools/kernels/$KERNEL.patch is not for KVM alone: it changes $file" ;;
		esac
	done
}

# Into the folder $new, the files as the patch leaves them.
apply_patch()
{
	local file

	rm -rf "$new"
	mkdir -p "$new" || die "cannot create $new"
	for file in "${files[@]}"; do
		[ -e "$base_src/$file" ] || continue
		mkdir -p "$new/${file%/*}" && cp -L --no-preserve=mode "$base_src/$file" "$new/$file" ||
			die "cannot write in $new"
	done
	for file in "${patches[@]}"; do
		patch -d "$new" -p1 --no-backup-if-mismatch -r - <"$file" >"$work/patch.log" 2>&1 ||
			die "${file#"$top/"} does not apply to $(basename "$base_src"):" \
				"$(grep -m 1 -E 'FAILED|No file|malformed|garbage' "$work/patch.log")"
	done
}

# put FILE FROM: FILE of the tree is what it is in the folder FROM; not written anew if it is already.
put()
{
	local from=$2/$1 to=$src/$1

	if [ ! -e "$from" ]; then
		rm -f "$to"
	elif [ -L "$to" ] || ! cmp -s "$from" "$to"; then
		mkdir -p "${to%/*}" && rm -f "$to" && cp -L --no-preserve=mode "$from" "$to" ||
			die "cannot write $to"
	fi
}

# The list of copies only grows.
make_tree()
{
	local copies file

	mapfile -t copies < <({ printf '%s\n' "${files[@]}" && cat "$work/copies" 2>/dev/null; } | sort -u)
	printf '%s\n' "${copies[@]}" >"$work/copies" || die "cannot write in $work"
	# KVM's makefile names virt/kvm from there, which a link would lead to the source below.
	link_tree "$base_src" "$src" arch/x86/kvm/. "${copies[@]}"
	for file in "${copies[@]}"; do
		case " ${files[*]} " in *" $file "*) put "$file" "$new" ;; *) put "$file" "$base_src" ;; esac
	done
}

locate
mkdir -p "$work" || die "cannot create $work"
lock "$work"
mapfile -t patches < <(kernel_patches "$kernel_patch")
for file in "${patches[@]}"; do
	[ -f "$file" ] || die "tools/kernels/$KERNEL.patch goes onto ${file##*/}, which is not there"
done
key="$base_src $(cat "${patches[@]}" "$0" | sha256sum)"
# Debian's source never changes, a person's tree may.
[ -n "$KDIR" ] || ! stamped "$work/source.stamp" "$key" || exit 0
rm -f "$work/source.stamp"
new=$work/new
mapfile -t files < <(patched_files "${patches[@]}")
check_files
apply_patch
make_tree
rm -rf "$new"
stamp "$work/source.stamp" "$key"
