#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: kvm-modules.sh SOURCE BUILT OUT JOBS TARGET...
# Build modules of KVM from SOURCE, which differs from what was built in BUILT just in KVM, into the
# folder OUT, for the kernel of BUILT to load.

. "$(dirname "$0")/lib.sh"

src=$1
built=$2
out=$3
jobs=$4
shift 4

# What the kernel was built with; copied only where it differs, lest everything be built again.
mkdir -p "$out" || die "cannot create $out"
for file in .config Module.symvers; do
	cmp -s "$built/$file" "$out/$file" || cp "$built/$file" "$out/" || die "cannot write in $out"
done
leashed make -C "$src" O="$out" -j"$jobs" KBUILD_MODPOST_WARN=1 \
	KERNELRELEASE="$(cat "$built/include/config/kernel.release")" modules_prepare "$@"
