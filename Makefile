# SPDX-License-Identifier: GPL-2.0-only
#
# `make help` lists what there is. Everything is done by the scripts in tools/.

# Variables that a person sets on the command line, read by tools/ from the environment.
export KDIR KVER TEST ARGS TIMEOUT MEM SMP ACCEL ON SCENARIO TIMES REDUCE MINUTES OUT ONLY RULES FULL UPSTREAM REPRODUCER LIMIT BUG PATCH
export EXTRA_TESTS DEBUG KVERS A B KSFT_MACHINE_SLOW FUNCTION SAMPLE SEED

# GNU make exits 2 whenever a recipe fails, so that "a test failed" (1) and "could not run" (2)
# would look the same. Only in question mode (-q) does it exit 1: when a recipe is left to do.
# So make is put into question mode, where it runs just the lines marked `+`; a job that ends
# with status 1 leaves the file $(failed), and then the target has one more recipe line to do.
MAKEFLAGS += -q
failed := $(shell mktemp -u)
job = +@tools/recipe.sh $(failed)
verdict = $(if $(wildcard $(failed)),$(shell rm -f $(failed))@false)

targets := run check replay soak repeat scenario-to-c bench lpage unit style help clean regressions reproduce \
	mutate coverage matrix compare graft ungraft patch intree
.PHONY: $(targets) $(targets:=.job)
.DEFAULT_GOAL := help
$(targets): %: %.job ; $(verdict)

run.job: ## boot a kernel in QEMU (or ON=host) and run the suite there
	$(job) tools/run.sh

matrix.job: ## run the suite on several releases, without and with DEBUG=1; ends with one table
	$(job) tools/matrix.sh

compare.job: ## what changed from the results in folder A to those in folder B
	$(job) tools/compare.sh

check.job: ## unit tests, style and graft checks, then the suite in the VM; ends with one count
	$(job) tools/check.sh unit style graft suite

replay.job: ## run the scenario in the file SCENARIO, TIMES times
	$(job) tools/replay.sh

soak.job: ## run random scenarios on all CPUs for MINUTES
	$(job) tools/soak.sh

repeat.job: ## run the programs without random input TIMES times, in as many VMs as there are CPUs
	$(job) tools/repeat.sh

scenario-to-c.job: ## print a KVM selftest in C that does what SCENARIO says, or write it to OUT
	$(job) tools/scenario-to-c.sh

bench.job: ## verified steps per second, and what the trackers of the patch thread cost
	$(job) tools/bench.sh

lpage.job: ## build the host tool that runs these trackers; see tools/lpage/README
	$(job) tools/lpage.sh

unit.job: ## unit tests on this machine, no KVM needed
	$(job) tools/check.sh unit

style.job: ## checkpatch, shellcheck, licence lines
	$(job) tools/check.sh style

regressions.job: ## put known bugs into KVM, one at a time, and see what the suite notices
	$(job) tools/regressions.sh

mutate.job: ## put generated bugs into KVM, one at a time, and see what the suite notices
	$(job) tools/mutate.sh

coverage.job: ## how much of the functions that mutate looks at the suite executes, beside upstream's tests
	$(job) tools/coverage.sh

reproduce.job: ## what BUG=name or PATCH=file changes: verdicts, minimal scenario, levels
	$(job) tools/reproduce.sh

graft.job: ## add the tests to the KVM selftests of the kernel tree KDIR
	$(job) tools/graft.sh

ungraft.job: ## take them out of it again, without a trace
	$(job) tools/ungraft.sh

patch.job: ## print what graft would do as patches for git am, or write them to the folder OUT
	$(job) tools/patch.sh

intree.job: ## graft a copy of the tree; build, install, run there; ungraft (10 minutes)
	$(job) tools/intree.sh

help.job: ## this list
	$(job) tools/help.sh $(MAKEFILE_LIST)

clean.job: ## remove the results and the cached builds (KVER=all: the kernel sources as well)
	$(job) tools/clean.sh
