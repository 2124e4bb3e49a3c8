// SPDX-License-Identifier: GPL-2.0-only
/* Search for a scenario that a tracker gets wrong, and reduce it to its essence. */
#include <stdio.h>

#include "scenario/scenario_text.h"
#include "search/generator.h"
#include "search/shrinker.h"
#include "suspect.h"

#define DEFAULT_STEPS		30
#define DEFAULT_SCENARIOS	1000
#define MAX_SHRINK_CALLS	20000

static const struct generator_limits limits = {
	.backings = (1 << NR_BACKING_KINDS) - 1,
	.prefault = true,
	.traits = { .gmem_level = LEVEL_4K },
};

static void generate(struct scenario *scenario, u64 seed, size_t steps)
{
	struct generator_limits wanted = limits;

	wanted.steps = steps;
	generator_scenario(scenario, seed, &wanted);
}

/* Why @scenario is of interest, as comments in front of it. */
static void print_reasons(const struct suspects *suspects, const struct scenario *scenario)
{
	struct tracker_diff diff;
	size_t i, step;

	for (i = 0; i < suspects->nr; i++) {
		step = tracker_vm_run(&suspects->ops[i], scenario, &diff);
		printf("# after step %zu %s%s ", step, suspects->ops[i].name,
		       suspects->paired && i % 2 ? " with this bug alone" : "");
		tracker_diff_print(&diff, stdout);
		printf("\n");
	}
}

static enum verdict try_seeds(const struct suspects *suspects, const struct options *options)
{
	unsigned long long count = options->count ?: DEFAULT_SCENARIOS;
	unsigned long long seed;

	for (seed = options->seed; seed < options->seed + count; seed++) {
		struct scenario scenario = { };
		bool wrong;

		generate(&scenario, seed, options->number ?: DEFAULT_STEPS);
		wrong = suspects_are_wrong(suspects, &scenario);
		if (wrong) {
			printf("# seed %llu\n", seed);
			print_reasons(suspects, &scenario);
			scenario_print(&scenario, stdout);
		}
		scenario_free(&scenario);
		if (wrong)
			return VERDICT_WRONG;
	}
	printf("# no difference in %llu scenarios from seed %llu\n", count, options->seed);
	return VERDICT_RIGHT;
}

enum verdict command_random(const struct options *options)
{
	struct suspects suspects;

	if (!suspects_init(&suspects, options))
		return VERDICT_UNUSABLE;
	return try_seeds(&suspects, options);
}

static bool still_wrong(void *context, const struct scenario *scenario)
{
	return suspects_are_wrong(context, scenario);
}

static enum verdict shrink_scenario(struct suspects *suspects, struct scenario *scenario)
{
	struct shrinker shrinker = {
		.fails = still_wrong,
		.context = suspects,
		.max_calls = MAX_SHRINK_CALLS,
	};

	if (!suspects_are_wrong(suspects, scenario)) {
		fprintf(stderr, "lpage: nothing is wrong with this scenario\n");
		return VERDICT_UNUSABLE;
	}
	shrink(&shrinker, scenario);
	print_reasons(suspects, scenario);
	scenario_print(scenario, stdout);
	return VERDICT_RIGHT;
}

enum verdict command_shrink(const struct options *options)
{
	enum verdict verdict = VERDICT_UNUSABLE;
	struct scenario scenario = { };
	struct suspects suspects;

	if (suspects_init(&suspects, options) && load_scenario(&scenario, options->file[0]))
		verdict = shrink_scenario(&suspects, &scenario);
	scenario_free(&scenario);
	return verdict;
}
