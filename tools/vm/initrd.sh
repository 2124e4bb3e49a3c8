#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make the part of the initrd that does not depend on the job: busybox, init, the KVM modules and
# kselftest's runner with the tools it looks for. Programs come with the job.

. "$(dirname "$0")/../lib.sh"

locate
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
# Another run may be booting from the old one.
(cd "$root" && find . | cpio -o -H newc --quiet) >"$work/initrd.cpio.new" &&
	mv "$work/initrd.cpio.new" "$work/initrd.cpio" || die "cannot write $work/initrd.cpio"
gcc -O2 -o "$work/tsc_khz" "$top/tools/vm/tsc_khz.c" || die "cannot build $work/tsc_khz"
