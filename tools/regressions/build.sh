#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: build.sh SOURCE FARM RULE OUT KEY
# Apply RULE, a semantic patch or any other patch to KVM, to FARM's copy of SOURCE and build OUT/name.ko from
# it, which is kvm.ko, and those of OUT/name.kvm-amd.ko and OUT/name.kvm-intel.ko that it changes; or say in
# the file OUT/name.why why that is not possible; OUT/name.stamp is then KEY.

. "$(dirname "$0")/../lib.sh"

src=$1
farm=$2
rule=$3
out=$4
key=$5
name=$(basename "$rule" .cocci)
log=$farm/$name.log

# What a rule may change. A rule that names its files in a header is applied faster.
files()
{
	sed -n 's,^// File: ,,p' "$rule" | grep . || printf '%s\n' arch/x86/kvm/mmu/mmu.c \
		arch/x86/kvm/mmu/tdp_mmu.c arch/x86/kvm/x86.c virt/kvm/kvm_main.c virt/kvm/guest_memfd.c \
		include/linux/kvm_host.h
}

apply()
{
	case $rule in
	*.cocci) apply_semantic_patch ;;
	*) apply_patch ;;
	esac
}

apply_patch()
{
	local file

	while IFS= read -r file; do
		case $file in
		arch/x86/kvm/* | virt/kvm/* | include/linux/kvm_host.h) changed+=("$file") ;;
		*)
			not_built "is not for KVM alone: it changes $file"
			return 1
			;;
		esac
	done < <(patched_files "$rule")
	[ ${#changed[@]} != 0 ] || not_built "is not a patch" || return
	patch -d "$farm/source" -p1 --no-backup-if-mismatch -r - <"$rule" >"$log" 2>&1 ||
		not_built "does not apply: $(grep -m 1 -E 'FAILED|No file|malformed' "$log")"
}

apply_semantic_patch()
{
	local file

	for file in $(files); do
		[ -f "$src/$file" ] || continue
		cp "$src/$file" "$farm/source/$file" || die "cannot write in $farm/source"
		spatch --very-quiet --in-place --sp-file "$rule" "$farm/source/$file" >"$log" 2>&1 || {
			not_built "does not apply: $(grep -v '^$' "$log" | head -n 3 | tr -s '\n\t ' ' ')"
			return 1
		}
		cmp -s "$src/$file" "$farm/source/$file" || changed+=("$file")
	done
	[ ${#changed[@]} != 0 ] || not_built "does not apply: nothing in this kernel matches"
}

not_built()
{
	printf '%s\n' "$*" >"$out/$name.why" || die "cannot write in $out"
	return 1
}

# object FILE: of a source file; what kvm shares with other architectures is built from arch/x86/kvm.
object()
{
	case $1 in
	virt/kvm/*.c) echo "arch/x86/kvm/../../../${1%.c}.o" ;;
	*.c) echo "${1%.c}.o" ;;
	esac
}

# again PRODUCT: run the command that kbuild made PRODUCT with, as kbuild has stored it; of several
# in one line, as the compiler and objtool, the first that fails must end it.
again()
{
	local command

	command=$(sed -n '1s/^savedcmd_[^=]*:= //p' "${1%/*}/.${1##*/}.cmd") &&
		[ -n "$command" ] && bash -ec "$command"
}

# One object for each file, side by side, and the link: kbuild itself would take three times as long to
# find that out.
compile_objects()
{
	local file object pid pids=() modules=() module

	cd "$farm/kernel" || return
	for file in "${changed[@]}"; do
		object=$(object "$file")
		# The configuration may leave it out, as it does svm/sev.c.
		[ -e "$object" ] || continue
		cp -p "$object" "$object.clean" || return
		again "$object" &
		pids+=($!)
		case $file in
		arch/x86/kvm/vmx/*) modules+=(kvm-intel) ;;
		arch/x86/kvm/svm/*) modules+=(kvm-amd) ;;
		*) modules+=(kvm) ;;
		esac
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || return
	done
	for module in $(printf '%s\n' "${modules[@]}" | sort -u); do
		again "arch/x86/kvm/$module.o" && again "arch/x86/kvm/$module.ko" || return
	done
}

compile()
{
	local file

	for file in "${changed[@]}"; do
		[ -n "$(object "$file")" ] && [ -e "$src/$file" ] && [ -e "$farm/source/$file" ] || {
			farm_make
			return
		}
	done
	(compile_objects)
}

farm_make()
{
	make -C "$farm/source" O="$farm/kernel" KBUILD_MODPOST_WARN=1 \
		KERNELRELEASE="$(cat "$farm/kernel/include/config/kernel.release")" \
		"${kvm_modules[@]/#/arch/x86/kvm/}"
}

# Each module is as the rule has made it, or as it was.
keep_modules()
{
	local built=$farm/kernel/arch/x86/kvm vendor changes=

	for vendor in kvm-amd kvm-intel; do
		! cmp -s "$built/$vendor.ko" "$farm/clean/$vendor.ko" || continue
		cp "$built/$vendor.ko" "$out/$name.$vendor.ko" || die "cannot write in $out"
		changes=yes
	done
	if [ -z "$changes" ] && cmp -s "$built/kvm.ko" "$farm/clean/kvm.ko"; then
		not_built "changes nothing in KVM"
	else
		cp "$built/kvm.ko" "$out/$name.ko" || die "cannot write in $out"
	fi
}

# A restored source must not look older than the faulty object that was made of it.
restore()
{
	local file object headers=

	for file in "${changed[@]}"; do
		rm -f "$farm/source/$file"
		[ ! -e "$src/$file" ] || cp "$src/$file" "$farm/source/$file" ||
			die "cannot write in $farm/source"
		object=$(object "$file")
		if [ -z "$object" ]; then
			headers=yes
		elif [ -e "$farm/kernel/$object.clean" ]; then
			mv "$farm/kernel/$object.clean" "$farm/kernel/$object"
			touch "$farm/kernel/$object"
		fi
	done
	[ -z "$headers" ] || farm_make >"$log" 2>&1 || die "cannot restore $farm, see $log"
	cp "$farm/clean/"*.ko "$farm/kernel/arch/x86/kvm/" || die "cannot restore $farm"
}

rm -f "$out/$name".{ko,kvm-amd.ko,kvm-intel.ko,why,diff,stamp}
# Until it is restored, the farm is not what its stamp says.
farm_stamp=$(cat "$farm/farm.stamp")
rm -f "$farm/farm.stamp"
changed=()
if apply; then
	for file in "${changed[@]}"; do
		diff -uN --label "a/$file" --label "b/$file" "$src/$file" "$farm/source/$file"
	done >"$out/$name.diff"
	if ! compile >"$log" 2>&1; then
		not_built "does not build: $(grep -m 1 -o 'error: .*' "$log" || tail -n 1 "$log")"
	else
		keep_modules
	fi
fi
restore
rm -f "$log"
stamp "$farm/farm.stamp" "$farm_stamp"
stamp "$out/$name.stamp" "$key"
