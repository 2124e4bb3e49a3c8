// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "scenario_reduce.h"
#include "scenario_text.h"
#include "shrinker.h"

/* What a reduction may cost: it takes seconds then. */
#define MAX_RUNS	400

struct reduction {
	char *name;
	unsigned int seconds;
};

/* Any failure will do: the same fault often shows itself in another way in fewer steps. */
static bool still_fails(void *context, const struct scenario *scenario)
{
	struct reduction *reduction = context;
	struct child_result result;

	scenario_child_run(scenario, reduction->name, reduction->seconds, &result);
	return result.failed;
}

void scenario_reduce(struct scenario *scenario, char *name, unsigned int seconds,
		     struct child_result *result)
{
	struct reduction reduction = { name, seconds };
	struct shrinker shrinker = {
		.fails = still_fails,
		.context = &reduction,
		.max_calls = MAX_RUNS,
	};

	scenario->nr = min(scenario->nr, result->nr_steps);
	shrink(&shrinker, scenario);
	scenario_child_run(scenario, name, seconds, result);
}

void scenario_reduce_save(const struct scenario *scenario, const char *name, const char *message,
			  char *file)
{
	const char *folder = getenv("KVM_LPAGE_RESULTS");
	FILE *out;

	snprintf(file, SCENARIO_REDUCE_FILE, "%s/%s.scenario", folder ? folder : ".", name);
	out = fopen(file, "w");
	if (!out) {
		printf("# Cannot write %s: %s\n", file, strerror(errno));
		file[0] = '\0';
		return;
	}
	fprintf(out, "# %.*s\n", (int)strcspn(message, "\n"), message);
	scenario_print(scenario, out);
	fclose(out);

	if (folder)
		snprintf(file, SCENARIO_REDUCE_FILE, "results/latest/%s.scenario", name);
}
