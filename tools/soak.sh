#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run random scenarios with fresh seeds on all CPUs for MINUTES, in the CI VM or with ON=host here.
# Failures do not end it; equal ones are counted together, and their scenarios are in results/.

. "$(dirname "$0")/lib.sh"

case ${MINUTES:=30} in *[!0-9]* | 0* | ?????*) die "MINUTES=$MINUTES is not a number from 1 to 9999" ;; esac
cpus=$(nproc)
if [ "$ON" != host ]; then
	# As many as the VM can have.
	[ "$VENDOR" != intel ] || cpus=1
	SMP=${SMP:-$((cpus < 7 ? cpus : 7))}
	export SMP
	cpus=$SMP
fi

seed=$(date +%s)
say "soak: $MINUTES minutes, $cpus scenarios at a time, seeds from $seed on"
# Reducing the first failures may go on after the time is over.
export TIMEOUT=${TIMEOUT:-$((MINUTES * 60 + 900 * slow_machine_factor))}
TEST=private_mem_lpage_random_test ARGS="-s $seed -t $((MINUTES * 60)) -j $cpus" \
	leashed "$top/tools/run.sh"
