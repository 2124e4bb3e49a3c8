#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print what `make` can do: the targets come from the Makefile's `##` comments.

. "$(dirname "$0")/lib.sh"

echo 'Targets:'
sed -n 's/^\([a-z-]*\): ## /\1\t/p' "$top/Makefile" | while IFS=$'\t' read -r target what; do
	printf '  %-14s %s\n' "$target" "$what"
done
cat <<'END'
Variables:
  KDIR=/path/to/linux  kernel tree to test (6.8 or later; only graft and ungraft modify it)
  KVER=7.3             else: the release of Debian's linux-source package to test
  KERNEL=NAME          on top of it, a patch to KVM of tools/kernels (see the README there)
  DEBUG=1              a kernel with KASAN, lockdep and KVM's own proofs; slower; matrix: 0 or 1, else both
  KVERS='6.12 7.2 7.3' the releases that matrix runs
  A=FOLDER B=FOLDER    the results that compare compares
  TEST=PATTERN         only the programs whose names match, upstream's as well
  ARGS='...'           arguments for each program
  TIMEOUT=SECONDS      time limit of a program
  V=1                  the KTAP stream as it comes, and where the time went
  MEM=6G  SMP=2        memory and CPUs of a VM
  LANES=2              VMs side by side (default: what CPUs and memory allow)
  FULL=1               also what takes too long for every day; intree: build all KVM selftests
  VENDOR=intel         an Intel CPU, emulated by Bochs (default: AMD's by QEMU, or this machine's)
  ACCEL=tcg|kvm        how QEMU runs the VM (default: kvm if nested virtualization works)
  SCENARIO=FILE        for replay, scenario-to-c and draw
  TIMES=1              how often replay runs it; how often repeat (10) runs the programs
  REDUCE=1             replay makes one that fails as small as possible
  MINUTES=30           how long soak runs
  BARE=1               check on a bare Debian as well (root, debootstrap)
  SUITES='bookworm trixie'  the releases of Debian that fresh tries
  OUT=FILE             where scenario-to-c and draw write; where bench does, if that is not results/latest;
                       the folder that patch writes to
  RESULTS=FOLDER       of which report makes the page; OPEN=1 shows it
  EXTRA_TESTS=FOLDER   more tests to build, private_mem_lpage_*_test.c
  KSFT_MACHINE_SLOW=yes  six times as much time for everything that has a limit
  ON=host              run on this machine's own KVM, without a VM
regressions:
  ONLY=PATTERN         only the bugs whose names match
  RULES=FOLDER         another folder of .cocci and .patch files
  PART=WORD            only the bugs of the functions under this heading of tools/mutate/functions
  SUITE=upstream_series  the one test of tools/upstream in place of this suite
  TEST=PATTERN         only these of the suite's programs (default: all)
  LIMIT=SECONDS        for each bug (default 12); FULL=1: every program, without limit
  UPSTREAM=1           upstream's own private memory tests as well
  REPRODUCER=1         make of each failure a scenario as small as possible (over an hour)
mutate:
  SAMPLE=200 SEED=1    so many of the mutants, drawn from all functions; SAMPLE=all: all of them
  FUNCTION=NAME        those of one function; FILE:NAME need not be in tools/mutate/functions
  PATCH=FILE           those of the lines that a patch to KVM touches: what of it is untested?
cost:
  A='KVER=6.12' B='KERNEL=tracker_v8 RULE=name'  two kernels, by KVER, KDIR, KERNEL, PATCH and RULE
  RULE=NAME            a bug of tools/regressions/
  THRESHOLD=1.05       status 1 if a figure of B is above so many times that of A
  ARGS='-s 4K,64G -c store,recount'  sizes and cases; private_mem_lpage_cost -h lists them
bisect:
  KDIR=/path/to/linux  a git repository; its tree and index stay as they are
  GOOD=REV  BAD=HEAD   where all is well, and where it is not
  KVERS='6.12 7.2 7.3' in place of all three: releases of Debian's, the first good, the last bad
  TEST=PATTERN         only these of the suite's programs; SCENARIO=FILE: only this scenario
  COST='recount 1G to_private'  only this figure of what conversions cost: case, size, figure
  ALL=1                also commits that touch neither KVM nor what it calls
reproduce:
  BUG=NAME             a bug of tools/regressions/, or of RULES=FOLDER
  PATCH=FILE           any patch to KVM
  TEST=PATTERN         only these of the suite's programs: sooner, but it may not see the smallest scenario
Exit status: 0 all passed, 1 something failed, 2 could not run.
END
