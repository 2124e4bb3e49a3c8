// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test_util.h"

#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "model/scenario_model.h"
#include "run/scenario_run.h"
#include "suite/scenario_bench.h"
#include "suite/suite.h"

/* What time is spent on. */
enum cost {
	COST_VERIFIED,		/* whole verified steps */
	COST_BARE,		/* whole steps without verification */
	COST_STEPS,		/* parts of the bare steps: + enum step_cost */
	/* Parts of verification. */
	COST_STATS = COST_STEPS + NR_STEP_COSTS,
	COST_LOG,
	COST_MODEL,
	NR_COSTS,
};

static const char * const cost_name[NR_COSTS] = {
	[COST_STEPS + STEP_COST_MEMSLOTS]	= "memslot ioctls, memory for them",
	[COST_STEPS + STEP_COST_CONVERSIONS]	= "conversions",
	[COST_STEPS + STEP_COST_TOUCHES]		= "guest touches and their exits",
	[COST_STEPS + STEP_COST_PREFAULTS]	= "pre-faulting",
	[COST_STEPS + STEP_COST_HOST]		= "holes, madvise(), fork()",
	[COST_STATS]				= "reading KVM's stats",
	[COST_LOG]				= "reading the kernel log",
	[COST_MODEL]				= "mapping model",
};

/* Microseconds of one round. */
struct round {
	double us[NR_COSTS];
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

/* Count the time since @since for @cost. Returns the time. */
static double lap(struct round *round, enum cost cost, double since)
{
	double time = now();

	round->us[cost] += time - since;
	return time;
}

static char *run_verified(const struct scenario *scenario, struct round *round)
{
	struct scenario_run *run = scenario_run_start("bench", suite_traits());
	char *failure;
	size_t i;

	run->tolerant = true;
	for (i = 0; i < scenario->nr && !run->failure; i++) {
		double start = now();

		scenario_run_step(run, &scenario->step[i]);
		lap(round, COST_VERIFIED, start);
	}
	failure = scenario_run_take_failure(run);
	scenario_run_free(run);
	return failure;
}

/* What verification does for a step, part by part, and brings the model on. */
static void measure_parts(struct scenario_run *run, const struct step *step, struct round *round)
{
	u64 leaves[NR_LEVELS];
	char complaint[256];
	enum level level;
	double time = now();

	scenario_model_step(run->model, step);
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		mapping_model_count(run->model, level);
	time = lap(round, COST_MODEL, time);

	vm_driver_leaves(run->vmd, leaves);
	time = lap(round, COST_STATS, time);

	kernel_log_complains(true, complaint, sizeof(complaint));
	lap(round, COST_LOG, time);
}

static char *run_bare(const struct scenario *scenario, struct round *round)
{
	struct scenario_run *run = scenario_run_start("bench", suite_traits());
	char *failure;
	size_t i;

	for (i = 0; i < scenario->nr && !run->failure; i++) {
		const struct step *step = &scenario->step[i];
		double end, start = now();

		scenario_run_bare(run, step);
		end = lap(round, COST_STEPS + step_kind(step->op)->cost, start);
		round->us[COST_BARE] += end - start;
		measure_parts(run, step, round);
	}
	failure = scenario_run_take_failure(run);
	scenario_run_free(run);
	return failure;
}

/* Whoever runs second may find memory and caches warm: take turns. */
static char *run_both(const struct scenario *scenario, bool bare_first, struct round *round)
{
	char *failure = bare_first ? run_bare(scenario, round) : run_verified(scenario, round);

	if (failure)
		return failure;
	return bare_first ? run_verified(scenario, round) : run_bare(scenario, round);
}

static char *run_round(const struct scenario *scenarios, unsigned int nr, struct round *round)
{
	char *failure = NULL;
	unsigned int i;

	for (i = 0; i < nr && !failure; i++)
		failure = run_both(&scenarios[i], i % 2, round);
	return failure;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(const struct round *rounds, unsigned int nr, enum cost cost)
{
	double *us = calloc(nr, sizeof(*us));
	double middle;
	unsigned int i;

	TEST_ASSERT(us, "out of memory");
	for (i = 0; i < nr; i++)
		us[i] = rounds[i].us[cost];
	qsort(us, nr, sizeof(*us), compare);
	middle = (us[(nr - 1) / 2] + us[nr / 2]) / 2;
	free(us);
	return middle;
}

static void print_share(const char *name, double us, double whole, u64 steps)
{
	printf("#   %-32s %8.1f us  %5.1f %%\n", name, us / steps, 100 * us / whole);
}

static void print_result(const struct round *rounds, unsigned int nr, u64 steps)
{
	double verified = median(rounds, nr, COST_VERIFIED);
	double bare = median(rounds, nr, COST_BARE);
	double rest = verified;
	enum cost cost;

	printf("# %llu steps, medians of %u rounds\n", (unsigned long long)steps, nr);
	printf("# verified %9.0f steps/s\n", steps * 1e6 / verified);
	printf("# bare     %9.0f steps/s\n", steps * 1e6 / bare);
	printf("# ratio    %9.2f (the aim is 1.25 or less)\n", verified / bare);
	printf("# where the %.1f us of a verified step go:\n", verified / steps);
	for (cost = COST_STEPS; cost < NR_COSTS; cost++) {
		double us = median(rounds, nr, cost);

		if (cost_name[cost])
			print_share(cost_name[cost], us, verified, steps);
		rest -= us;
	}
	print_share("contents, comparisons, the rest", rest, verified, steps);
}

static u64 generate(struct scenario *scenarios, unsigned int nr,
		    const struct generator_limits *limits)
{
	u64 steps = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		generator_scenario(&scenarios[i], i + 1, limits);
		steps += scenarios[i].nr;
	}
	return steps;
}

char *scenario_bench(const struct generator_limits *limits, unsigned int nr_seeds,
		     unsigned int rounds)
{
	struct scenario *scenarios = calloc(nr_seeds, sizeof(*scenarios));
	struct round *round = calloc(rounds, sizeof(*round));
	char *failure = NULL;
	unsigned int i;
	u64 steps;

	TEST_ASSERT(scenarios && round, "out of memory");
	steps = generate(scenarios, nr_seeds, limits);
	for (i = 0; i < rounds && !failure; i++)
		failure = run_round(scenarios, nr_seeds, &round[i]);
	if (!failure)
		print_result(round, rounds, steps);

	for (i = 0; i < nr_seeds; i++)
		scenario_free(&scenarios[i]);
	free(scenarios);
	free(round);
	return failure;
}
