#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: farm.sh SOURCE BUILT FARM JOBS
# Prepare the folder FARM for building faulty kvm.ko's: a source tree that is links to SOURCE, but
# for copies of what rules may change, and a build folder with all of kvm.ko's objects in it.
# BUILT is where the kernel that will load the modules was built.

. "$(dirname "$0")/../lib.sh"

src=$1
built=$2
farm=$3
jobs=$4

# link_all FOLDER NAME...: links in the farm's FOLDER to all that is in it but the NAMEs.
link_all()
{
	local folder=$1 file name
	shift

	mkdir -p "$farm/source/$folder" || die "cannot create $farm/source/$folder"
	for file in "$src/$folder"/*; do
		name=${file##*/}
		case " $* " in *" $name "*) continue ;; esac
		ln -sfn "$file" "$farm/source/$folder/$name" || die "cannot write in $farm"
	done
}

# What rules may change is copied; rsync leaves alone what has not changed.
copy_kvm()
{
	local folder

	for folder in arch/x86/kvm virt/kvm; do
		rsync -rlc --chmod=u+w --exclude='*.o' --exclude='*.ko' --exclude='.*' \
			"$src/$folder/" "$farm/source/$folder/" || die "cannot copy $src/$folder"
	done
	cmp -s "$src/include/linux/kvm_host.h" "$farm/source/include/linux/kvm_host.h" ||
		install -m 644 "$src/include/linux/kvm_host.h" "$farm/source/include/linux/" ||
		die "cannot copy kvm_host.h"
}

# What the kernel was built with; copied only where it differs, lest everything be built again.
copy_configuration()
{
	local file

	mkdir -p "$farm/kernel" || die "cannot create $farm/kernel"
	for file in .config Module.symvers; do
		cmp -s "$built/$file" "$farm/kernel/$file" ||
			cp "$built/$file" "$farm/kernel/" || die "cannot write in $farm/kernel"
	done
}

# Debian's source never changes, a person's tree may.
key="$src $(sha256sum <"$0")"
[ -n "$KDIR" ] || ! stamped "$farm/farm.stamp" "$key" || exit 0
mkdir -p "$farm" && rm -f "$farm/farm.stamp" || die "cannot create $farm"
link_all . arch virt include
link_all arch x86
link_all arch/x86 kvm
link_all include linux
link_all include/linux kvm_host.h
link_all virt kvm
copy_kvm
copy_configuration
logged "$farm/prepare.log" "building kvm.ko in ${farm##*/} (2 minutes the first time)" \
	make -C "$farm/source" O="$farm/kernel" -j"$jobs" \
	KBUILD_MODPOST_WARN=1 KERNELRELEASE="$(cat "$built/include/config/kernel.release")" \
	modules_prepare arch/x86/kvm/kvm.ko
cp "$farm/kernel/arch/x86/kvm/kvm.ko" "$farm/clean.ko" || die "cannot write in $farm"
stamp "$farm/farm.stamp" "$key"
