# SPDX-License-Identifier: GPL-2.0-only
#
# `make help` lists what there is. Everything is done by the scripts in tools/.

# Variables that a person sets on the command line, read by tools/ from the environment.
export A ACCEL ALL ARGS B BAD BARE BUG COST DEBUG EXTRA_TESTS FULL FUNCTION GOOD KDIR KERNEL KSFT_MACHINE_SLOW
export KVER KVERS LANES LIMIT MEM MINUTES ON ONLY OPEN OUT PART PATCH REDUCE REPRODUCER RESULTS RULE RULES SAMPLE
export SCENARIO SEED SMP SUITE SUITES TEST THRESHOLD TIMEOUT TIMES UPSTREAM V VENDOR

# GNU make ends with 2 whenever a command fails, so that "a test failed" (1) would look like "could not
# run" (2). In question mode (-q), where it runs just the lines marked `+`, it passes a 1 on.
MAKEFLAGS += -q

run: ## boot a kernel in VMs (or ON=host) and run the suite there
check: ## unit tests, style and graft checks, then the suite; ends with one count (BARE=1: on a bare Debian, too)
fresh: ## does a bare Debian need anything but `make run` and `make check`? (SUITES; takes long)
matrix: ## run the suite on several releases, without and with DEBUG=1; ends with one table
compare: ## what changed from the results in folder A to those in folder B
replay: ## run the scenario in the file SCENARIO, TIMES times
soak: ## run random scenarios on all CPUs for MINUTES
repeat: ## run the programs without random input TIMES times
scenario-to-c: ## print a KVM selftest in C that does what SCENARIO says, or write it to OUT
draw: ## draw SCENARIO step by step, into OUT (.svg or .png)
cost: ## what conversions cost in KVM, in instructions; of two kernels (A, B) the ratios
bench: ## verified steps per second, and what the trackers of the patch thread cost
lpage: ## build the host tool that runs these trackers; see tools/lpage/README
unit: ## unit tests on this machine, no KVM needed
style: ## checkpatch, shellcheck, licence lines
regressions: ## put known bugs into KVM, one at a time, and see what the suite notices
mutate: ## put generated bugs into KVM, one at a time, and see what the suite notices
coverage: ## how much of the functions that decide the suite executes, beside upstream's tests
reproduce: ## what BUG=name or PATCH=file changes: verdicts, minimal scenario, levels
bisect: ## find the commit between GOOD and BAD of the git tree KDIR that broke sub-tests
report: ## make report.html in the folder RESULTS anew (default: results/latest); OPEN=1 opens it
graft: ## add the tests to the KVM selftests of the kernel tree KDIR
ungraft: ## take them out of it again, without a trace
patch: ## print what graft would do as patches for git am, or write them to the folder OUT
upstream: ## make and prove the series of patches for KVM's maintainers, with fixes (30 minutes)
intree: ## graft a copy of the tree; build, install, run there; ungraft (10 minutes)
draw-includes: ## draw how the parts of lib/ use each other (graphviz), into OUT
help: ## this list
clean: ## remove the results and the cached builds (KVER=all: the kernel sources as well)

targets := $(shell sed -n 's/^\([a-z-]*\): \#\# .*/\1/p' $(lastword $(MAKEFILE_LIST)))
.PHONY: $(targets)
.DEFAULT_GOAL := help

# Such lines run with -n and -t as well.
flags := $(filter-out --%,$(firstword -$(MAKEFLAGS)))
dry := $(if $(findstring n,$(flags))$(findstring t,$(flags)),echo)

$(targets):
	+@$(dry) tools/job.sh $@
