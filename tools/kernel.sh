#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: kernel.sh headers|image
# The kernel under test: configure it and export its headers for userspace, then build bzImage and the
# KVM modules.

. "$(dirname "$0")/lib.sh"

# Does any Kconfig file of this release define the option CONFIG_$1?
is_known_option()
{
	grep -rqE --include='Kconfig*' "^[[:blank:]]*(menu)?config $1\$" "$src"
}

# Every option must have the value that the fragments ask for last; merge_config.sh and Kconfig
# drop what is unknown or lacks a dependency without failing. What a release does not know at all
# is only named: the tests skip what needs it.
check_config()
{
	local wrong option known=() unknown=()

	# shellcheck disable=SC2046 # the fragments' names have no blanks to split at
	wrong=$(awk '
		function option(line) { sub(/^# /, "", line); sub(/[= ].*/, "", line); return line }
		/^CONFIG_[^=]*=/ || /^# CONFIG_.* is not set$/ {
			o = option($0)
			v = /^#/ ? "n" : substr($0, length(o) + 2)
			if (FILENAME == ARGV[ARGC - 1])
				got[o] = v
			else
				want[o] = v
		}
		END {
			for (o in want)
				if (want[o] != (o in got ? got[o] : "n"))
					print o "=" want[o] " (it is " (o in got ? got[o] : "n") ")"
		}' $(cd / && fragments) "$out/.config" | sort)
	[ -n "$wrong" ] || return 0
	while IFS= read -r option; do
		if is_known_option "$(sed 's/^CONFIG_//; s/=.*//' <<<"$option")"; then
			known+=("$option")
		else
			unknown+=("${option%%=*}")
		fi
	done <<<"$wrong"
	[ ${#unknown[@]} = 0 ] || say "this release has no ${unknown[*]}"
	[ ${#known[@]} = 0 ] || die "this kernel's configuration does not take ${known[*]}"
}

# What options the kernel has: a tree may be of another release than when it was configured.
options_key()
{
	[ -n "$KDIR" ] || { echo "$src" && return; }
	(cd "$src" && find . -name 'Kconfig*' -type f -exec cat {} + 2>/dev/null) | sha256sum
}

configure()
{
	local log=$work/config.log

	# shellcheck disable=SC2046 # the fragments' names have no blanks to split at
	{
		kbuild -s tinyconfig &&
			"$src/scripts/kconfig/merge_config.sh" -m -O "$out" "$out/.config" $(fragments) &&
			kbuild -s olddefconfig
	} >"$log" 2>&1 || die "cannot configure the kernel, see $log"
	check_config
	cp "$out/.config" "$work/config"
}

kbuild()
{
	leashed make -C "$src" O="$out" -j"$(nproc)" "$@" </dev/null
}

# For tools/coverage.sh, which sets COVERAGE: the objects that count what is executed, those with
# the functions it looks at, named as kbuild does, from the folder of KVM's makefile.
instrumented()
{
	[ -n "$COVERAGE" ] || return
	sed -nE -e 's,^arch/x86/kvm/(.*)\.c$,GCOV_PROFILE_\1.o=y,p' \
		-e 's,^virt/kvm/(.*)\.c$,GCOV_PROFILE_../../../virt/kvm/\1.o=y,p' "$top/tools/mutate/functions"
}

export_headers()
{
	logged "$work/headers.log" "exporting the kernel's headers" \
		make -C "$src" O="$out" -j"$(nproc)" headers
}

# Userspace headers are all that the tests need of a build; ON=host needs no more.
prepare_headers()
{
	local key

	if [ -n "$KERNEL" ]; then
		! has_own_tests || export_headers
		return
	fi
	key=$(options_key)
	stamped "$work/config.stamp" "$key" && cmp -s "$work/config" "$out/.config" || {
		configure
		stamp "$work/config.stamp" "$key"
	}
	export_headers
}

# KERNEL's modules of KVM; what is not KVM is what was built of the kernel below it.
build_patched()
{
	local base=$base_work/kernel file ours=()

	while IFS= read -r file; do
		file=${file#"$base/"}
		case $file in
		arch/x86/kvm/*) ours+=("$file") ;;
		*) mkdir -p "$out/${file%/*}" && ln -sf "$base/$file" "$out/$file" || die "cannot write in $out" ;;
		esac
	done < <(find "$base" -name '*.ko' -o -name bzImage -type f)
	mapfile -t options < <(instrumented)
	logged "$work/kernel.log" "building KVM of $KERNEL (2 minutes the first time)" \
		"$top/tools/kvm-modules.sh" "$src" "$base" "$out" "$(nproc)" "${options[@]}" "${ours[@]}"
}

build_kernel()
{
	if [ -n "$KERNEL" ]; then
		build_patched
		return
	fi
	what="bringing the kernel up to date"
	[ -f "$out/vmlinux" ] || what="building the kernel" objects=1650
	mapfile -t options < <(instrumented)
	logged "$work/kernel.log" "$what" \
		make -C "$src" O="$out" -j"$(nproc)" "${options[@]}" bzImage modules
	objects=
}

locate
out=$work/kernel
# First the kernel below it.
[ -z "$KERNEL" ] || KERNEL='' leashed "$top/tools/kernel.sh" "$1" || exit
lock "$work"
# Debian's source never changes, a person's tree may: there kbuild finds out what to do.
[ -n "$KDIR" ] || ! stamped "$work/kernel.stamp" "$(source_key)" || exit 0

mkdir -p "$out" || die "cannot create $out"
if [ "$1" = headers ]; then
	rm -f "$work/kernel.stamp"
	prepare_headers
elif [ "$ON" != host ]; then
	build_kernel
	stamp "$work/kernel.stamp" "$(source_key)"
fi
