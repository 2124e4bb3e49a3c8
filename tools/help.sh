#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: help.sh MAKEFILE...
# Print what `make` can do: the targets come from the Makefile's `##` comments.

echo 'Targets:'
sed -n 's/^\([a-z-]*\)\.job: ## /\1\t/p' "$@" | while IFS=$'\t' read -r target what; do
	printf '  %-8s %s\n' "$target" "$what"
done
cat <<'END'
Variables:
  KDIR=/path/to/linux  kernel tree to test (6.8 or later; never modified)
  KVER=7.3             else: the release of Debian's linux-source package to test
  TEST=PATTERN         only the programs whose names match, upstream's as well
  ARGS='...'           arguments for each program
  TIMEOUT=SECONDS      time limit of a program
  MEM=6G  SMP=2        memory and CPUs of the VM
  ACCEL=tcg|kvm        how QEMU runs the VM (default: kvm if nested virtualization works)
  ON=host              run on this machine's own KVM, without a VM
Exit status: 0 all passed, 1 something failed, 2 could not run.
END
