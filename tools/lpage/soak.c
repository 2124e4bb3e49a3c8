// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <time.h>

#include "lpage.h"
#include "tracker_registry.h"
#include "tracker_soak.h"

#define DEFAULT_UPDATES	1000000

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void print_names(void)
{
	const struct tracker_ops *ops;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (!ops->bugs)
			printf(" %s", ops->name);
	}
	printf("\n");
}

enum verdict command_soak(const struct options *options)
{
	struct tracker_soak soak = {
		.seed = options->seed,
		.updates = options->number ?: DEFAULT_UPDATES,
	};
	double start = now();
	bool right = tracker_soak_run(&soak);

	printf("%llu random updates for each of %zu trackers in %.1f s, seed %llu:",
	       (unsigned long long)soak.done, soak.nr_trackers, now() - start,
	       (unsigned long long)soak.seed);
	print_names();
	if (right) {
		printf("%llu flags compared with the definition, no difference\n",
		       (unsigned long long)soak.compared);
		return VERDICT_RIGHT;
	}
	printf("%s ", soak.culprit->name);
	tracker_diff_print(&soak.diff, stdout);
	printf("\n");
	return VERDICT_WRONG;
}
