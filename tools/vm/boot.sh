#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: boot.sh JOB OUT
# Boot the kernel under test with the files in the folder JOB laid over the initrd; /job/run among
# them is what the VM does. Its results go to stdout, from stdin it can be told something; its console
# and files go to the folder OUT. It ends when the VM does, with status 0 if that was the guest's doing.
# MEM (MiB), SMP and ACCEL are set by the caller: tcg, kvm, bochs, or icount: TCG with one CPU whose TSC
# counts instructions, the same in each run. TCG_THREAD may be, for tcg: see qemu.sh; and BOOT: see
# initrd.sh.

. "$(dirname "$0")/../lib.sh"

locate
job=$1
out=$2
boot=${BOOT:-$work/boot}
media=$out/media

# What the VM boots from, which is of no use afterwards.
mkdir -p "$media" || die "cannot create $media"
(cd "$job" && find . | cpio -o -H newc --quiet) | cat "$boot/initrd.cpio" - >"$media/initrd" ||
	die "cannot write $media/initrd"

# 1G pages as long as 2G are left.
pages_1g=$(((MEM - 2048) / 1024))
[ $pages_1g -le 2 ] || pages_1g=2
kernel=('console=ttyS0,115200' panic=-1 reboot=t quiet nokaslr no_timer_check tsc=reliable
	rcupdate.rcu_expedited=1 hugepagesz=1G "hugepages=$pages_1g" hugepagesz=2M hugepages=128 log_buf_len=4M)

# Takes the variables above, and this process.
case $ACCEL in
bochs) . "$top/tools/vm/bochs.sh" ;;
*) . "$top/tools/vm/qemu.sh" ;;
esac
