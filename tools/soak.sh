#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run random scenarios with fresh seeds on all CPUs for MINUTES, in CI VMs or with ON=host here.
# Failures do not end it; equal ones are counted together, and their scenarios are in results/.

. "$(dirname "$0")/lib.sh"

case ${MINUTES:=30} in *[!0-9]* | 0* | ?????*) die "MINUTES=$MINUTES is not a number from 1 to 9999" ;; esac
# As many scenarios at a time as the VM has CPUs, see check_vm_options().
jobs=${SMP:-2}
[ "$VENDOR" != intel ] || jobs=1
[ "$ON" != host ] || jobs=$(nproc)
# A kernel that checks itself takes long for each page that it converts.
mib=${DEBUG:+-g 256}
# Reducing the first failures may go on after the time is over.
export TIMEOUT=${TIMEOUT:-$((MINUTES * 60 + 900 * slow_machine_factor))}
EACH_VM=$((MINUTES * 60)) TEST=private_mem_lpage_random_test ARGS="-t $((MINUTES * 60)) -j $jobs $mib" \
	leashed "$top/tools/run.sh"
