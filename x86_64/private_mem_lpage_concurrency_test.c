// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: whatever vCPUs and the host do to the same hugepages at the same time, no vCPU ever
 * sees the other side's data, and when all have stopped the levels are exactly those that the
 * attributes allow; what one VM does to memory that it shares with another changes nothing
 * there.
 *
 * Who comes first is left to chance, the verdict is not: see lib/run/contention.h.
 */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/kernel.h>

#include "kselftest.h"
#include "test_util.h"

#include "host/full_run.h"
#include "host/monotonic.h"
#include "kvm/vm_driver.h"
#include "run/contention.h"
#include "run/scenario_run.h"
#include "scenario/scenario_text.h"
#include "suite/case_child.h"
#include "suite/options.h"
#include "suite/suite.h"

/* A case takes about half a second alone in the VM; one that takes this long hangs. */
#define CASE_SECONDS	60

/* Much more work with FULL=1. */
#define FULL_FACTOR	8

#define CONVERSIONS	.backing = BACKING_HUGETLB_2MB
#define MEMSLOTS	CONVERSIONS, .memslots = true

static const struct contention contention[] = {
	{ "conversions.1_vcpu", 1, CONVERSIONS, .rounds = 96 },
	{ "conversions.2_vcpus", 2, CONVERSIONS, .rounds = 64 },
	{ "conversions.4_vcpus", 4, CONVERSIONS, .rounds = 40 },
	{ "conversions.8_vcpus", 8, CONVERSIONS, .rounds = 24 },
	{ "conversions.in_1G", 2, .backing = BACKING_HUGETLB_1GB, .rounds = 48 },
	{ "memslots.1_vcpu", 1, MEMSLOTS, .rounds = 96 },
	{ "memslots.2_vcpus", 2, MEMSLOTS, .rounds = 64 },
	{ "memslots.8_vcpus", 8, MEMSLOTS, .rounds = 24 },
	{ "two_vms.side_by_side", 2, CONVERSIONS, .other_vm = true, .rounds = 64 },
};

struct options {
	const char *name;
	unsigned int times;
	u64 seed;
};

static struct options options = { .times = 1, .seed = 1 };

/* What a child leaves behind. */
struct outcome {
	bool failed;
	char text[4096];
};

static void usage(const char *program, FILE *out)
{
	fprintf(out,
		"Usage: %s [-r CASE] [-n TIMES] [-s SEED]\n"
		"  -r CASE   run just this case\n"
		"  -n TIMES  run each case so many times, and say how long each took\n"
		"  -s SEED   of the first time (default 1)\n", program);
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "r:n:s:h")) != -1) {
		switch (option) {
		case 'r':
			options.name = optarg;
			break;
		case 'n':
			options.times = options_number(optarg, 1, 100000, "times");
			break;
		case 's':
			options.seed = options_number(optarg, 0, ULLONG_MAX, "a seed");
			break;
		default:
			options_help(option, argv[0], usage);
		}
	}
}

/* Steps for the first of two VMs, with what to look at in the second after each. */
static const char conversions[] =
	"convert private 16G+20K 4K\n"
	"prefault 16G 4M\n"
	"convert private 16G+2M 2M by guest\n"
	"convert private 16G+2M-4K 8K\n"
	"prefault 16G 4M\n"
	"punch 16G+2M 2M\n"
	"convert shared 16G 4M\n"
	"prefault 16G 4M\n"
	"expect 2M x2\n"
	"dontneed 16G 2M\n";

static const char memslot[] = "memslot 1 gpa 16G size 4M backing hugetlb_2mb guest_memfd\n";

static void parse(struct scenario *scenario, const char *text)
{
	char error[256];

	TEST_ASSERT(!scenario_parse(scenario, "two_vms", text, strlen(text), error,
				    sizeof(error)), "%s", error);
}

/* The second VM's leaves, which nothing has changed. */
static char *other_leaves_differ(struct scenario_run *other, const char *name, size_t step)
{
	u64 got[NR_LEVELS];
	char *text;

	vm_driver_leaves(other->vmd, got);
	if (got[LEVEL_2M] == mapping_model_count(other->model, LEVEL_2M) &&
	    got[LEVEL_4K] == mapping_model_count(other->model, LEVEL_4K))
		return NULL;

	if (asprintf(&text,
		     "Wanted 2M x%llu, 4K x%llu at gpa 0x%llx (%s, other VM, step %zu), got 2M x%llu, 4K x%llu",
		     (unsigned long long)mapping_model_count(other->model, LEVEL_2M),
		     (unsigned long long)mapping_model_count(other->model, LEVEL_4K), 16ull << 30,
		     name, step + 1, (unsigned long long)got[LEVEL_2M],
		     (unsigned long long)got[LEVEL_4K]) < 0)
		return strdup("out of memory");
	return text;
}

static bool set_up(struct scenario_run *run)
{
	const struct step prefault = { .op = STEP_PREFAULT, .gpa = 16ull << 30, .size = 4 << 20 };
	struct scenario scenario = { };
	bool right;

	parse(&scenario, memslot);
	right = scenario_run_step(run, &scenario.step[0]) && scenario_run_step(run, &prefault);
	scenario_free(&scenario);
	return right;
}

static char *run_two_vms(const char *name)
{
	struct scenario_run *run = scenario_run_start(name, suite_traits());
	struct scenario_run *other = scenario_run_start(name, suite_traits());
	struct scenario scenario = { };
	char *failure = NULL;
	size_t i;

	parse(&scenario, conversions);
	if (set_up(run) && set_up(other)) {
		for (i = 0; i < scenario.nr && !failure; i++) {
			/* The second time it changes nothing, which KVM may treat differently. */
			if (!scenario_run_step(run, &scenario.step[i]) ||
			    !scenario_run_step(run, &scenario.step[i]))
				break;
			failure = other_leaves_differ(other, name, i);
		}
		if (!failure && scenario_run_read_out(run))
			scenario_run_read_out(other);
	}
	if (!failure)
		failure = scenario_run_end(run) ? : scenario_run_end(other);
	scenario_free(&scenario);
	scenario_run_free(run);
	scenario_run_free(other);
	return failure;
}

static char *run_contention(const struct contention *what, u64 seed)
{
	struct contention copy = *what;

	copy.seed = seed;
	if (!full_run_missing())
		copy.rounds *= FULL_FACTOR;
	return contention_run(&copy, suite_traits());
}

#define TWO_VMS	"two_vms.one_after_the_other"

struct task {
	size_t i;
	u64 seed;
	struct outcome *outcome;
};

static void run_task(void *arg)
{
	const struct task *task = arg;
	struct outcome *outcome = task->outcome;
	char *failure = task->i < ARRAY_SIZE(contention) ?
			run_contention(&contention[task->i], task->seed) : run_two_vms(TWO_VMS);

	if (!failure)
		return;
	outcome->failed = true;
	snprintf(outcome->text, sizeof(outcome->text), "%s", failure);
}

static void run_once(size_t i, const char *name, u64 seed, struct outcome *outcome)
{
	struct task task = { i, seed, outcome };
	char end[64];

	outcome->failed = false;
	if (case_child_run(run_task, &task, CASE_SECONDS, end, sizeof(end)))
		return;
	outcome->failed = true;
	snprintf(outcome->text, sizeof(outcome->text), "Wanted an end at gpa 0x%llx (%s), got %s",
		 16ull << 30, name, end);
}

/* The first failure is told in full, the others are counted. */
static void run_case(size_t i, const char *name)
{
	struct outcome *outcome = case_child_share(sizeof(*outcome));
	unsigned int time, failed = 0;

	for (time = 0; time < options.times; time++) {
		u64 seed = options.seed + time;
		u64 begin = monotonic_ms();

		run_once(i, name, seed, outcome);
		if (options.times > 1)
			ksft_print_msg("%s time %u: %s, %llu ms\n", name, time + 1,
				       outcome->failed ? "failed" : "passed",
				       (unsigned long long)(monotonic_ms() - begin));
		if (!outcome->failed || failed++)
			continue;
		suite_print_comment(outcome->text);
		suite_print_replay("-r %s -s %llu -n 20", name, (unsigned long long)seed);
	}
	if (failed && options.times > 1)
		ksft_print_msg("%s: %u of %u times failed\n", name, failed, options.times);
	ksft_test_result(!failed, "%s\n", name);
	munmap(outcome, sizeof(*outcome));
}

static const char *case_name(size_t i)
{
	return i < ARRAY_SIZE(contention) ? contention[i].name : TWO_VMS;
}

/* A constant reason why a case cannot run here, or NULL. */
static const char *case_missing(size_t i)
{
	bool other_vm = i == ARRAY_SIZE(contention) || contention[i].other_vm;

	if (other_vm)
		return vm_driver_has_prefault() ? NULL : "KVM_PRE_FAULT_MEMORY";

	return suite_missing(contention[i].backing);
}

static bool is_wanted(size_t i)
{
	return !options.name || !strcmp(options.name, case_name(i));
}

static unsigned int nr_wanted(void)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i <= ARRAY_SIZE(contention); i++)
		nr += is_wanted(i);
	return nr;
}

int main(int argc, char **argv)
{
	size_t i;

	parse_options(argc, argv);
	if (!nr_wanted()) {
		fprintf(stderr, "there is no case \"%s\"\n", options.name);
		exit(2);
	}
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_HUGETLB_1GB));
	ksft_print_header();
	ksft_set_plan(nr_wanted());
	for (i = 0; i <= ARRAY_SIZE(contention); i++) {
		const char *reason = case_missing(i);

		if (!is_wanted(i))
			continue;
		if (reason)
			ksft_test_result_code(KSFT_SKIP, case_name(i), "%s", reason);
		else
			run_case(i, case_name(i));
	}
	ksft_finished();
}
