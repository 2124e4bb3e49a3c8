#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: initrd.sh
# Put what a VM boots from into the folder BOOT (default: $work/boot), all but what depends on the job:
# bzImage, an initrd of busybox, init, the KVM modules and kselftest's runner with the tools it looks
# for, and tsc_khz, by which boot.sh knows the clock.

. "$(dirname "$0")/../lib.sh"

locate
boot=${BOOT:-$work/boot}
lock "$work"
root=$work/initrd
rm -rf "$root"
mkdir -p "$root"/{bin,dev,proc,sys,tmp,modules,vm,usr/bin,kselftest/kvm} || die "cannot create $root"

{
	cp /bin/busybox "$root/bin/" &&
		cp "$top/tools/vm/init" "$root/init" &&
		cp "$top/tools/vm/"{guest.sh,suite.awk,complaints.awk} "$root/vm/" &&
		find "$work/kernel" -name '*.ko' -exec cp -t "$root/modules" {} + &&
		cp -r "$work/install"/*kselftest* "$root/kselftest/" &&
		cp -r "$work/install/kvm/settings" "$work/install/kvm/lpage_scenarios" "$root/kselftest/kvm/"
	# Busybox would run sed as a part of the shell; GNU's writes line by line when stdbuf asks for it.
	"$top/tools/vm/copy-programs.sh" "$root" /usr/bin "$(command -v timeout)" \
		"$(command -v stdbuf)" "$(command -v sed)" "$(command -v dash)" &&
		ln -s /usr/bin/dash "$root/bin/sh" &&
		"$top/tools/vm/copy-programs.sh" "$root" /usr/libexec/coreutils \
			/usr/libexec/coreutils/libstdbuf.so
} || die "cannot write in $root"
# Another run may be booting from the old ones.
mkdir -p "$boot" && (cd "$root" && find . | cpio -o -H newc --quiet) >"$boot/initrd.cpio.new" &&
	cp "$work/kernel/arch/x86/boot/bzImage" "$boot/bzImage.new" &&
	gcc -O2 -o "$boot/tsc_khz.new" "$top/tools/vm/tsc_khz.c" || die "cannot write in $boot"
for file in initrd.cpio bzImage tsc_khz; do
	mv "$boot/$file.new" "$boot/$file" || die "cannot write in $boot"
done
