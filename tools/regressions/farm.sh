#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: farm.sh FARM JOBS
# Prepare the folder FARM for building faulty modules of KVM: a source tree that is links to that of the
# kernel under test, but for copies of what rules may change, a build folder with all of their objects in
# it, and in clean/ the modules as they are.

. "$(dirname "$0")/../lib.sh"

farm=$1
jobs=$2

# What rules may change is copied, where the source itself is links as well; rsync leaves alone what has
# not changed.
copy_kvm()
{
	local folder

	for folder in arch/x86/kvm virt/kvm; do
		rsync -rLc --delete --chmod=u+w --exclude='*.o' --exclude='*.ko' --exclude='.*' \
			"$src/$folder/" "$farm/source/$folder/" || die "cannot copy $src/$folder"
	done
	cmp -s "$src/include/linux/kvm_host.h" "$farm/source/include/linux/kvm_host.h" ||
		install -m 644 "$src/include/linux/kvm_host.h" "$farm/source/include/linux/" ||
		die "cannot copy kvm_host.h"
}

# Debian's source never changes, a person's tree may.
locate
key="$(source_key) $(sha256sum <"$0")"
[ -n "$KDIR" ] || ! stamped "$farm/farm.stamp" "$key" || exit 0
mkdir -p "$farm" && rm -f "$farm/farm.stamp" || die "cannot create $farm"
link_tree "$src" "$farm/source" arch/x86/kvm virt/kvm include/linux/kvm_host.h
copy_kvm
logged "$farm/prepare.log" "building kvm.ko in ${farm##*/} (2 minutes the first time)" \
	"$top/tools/kvm-modules.sh" "$farm/source" "$work/kernel" "$farm/kernel" "$jobs" \
	"${kvm_modules[@]/#/arch/x86/kvm/}"
mkdir -p "$farm/clean" && cp "${kvm_modules[@]/#/$farm/kernel/arch/x86/kvm/}" "$farm/clean/" ||
	die "cannot write in $farm"
stamp "$farm/farm.stamp" "$key"
