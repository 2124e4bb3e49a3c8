// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/kernel.h>

#include "scenario_reduce.h"
#include "scenario_text.h"
#include "shrinker.h"
#include "slow_machine.h"

/* What a reduction may cost: it takes seconds, or if candidates hang, two minutes. */
#define MAX_RUNS	400
#define MAX_SECONDS	120

struct reduction {
	char *name;
	unsigned int seconds;
	time_t end;
};

/* Any failure will do: the same fault often shows itself in another way in fewer steps. */
static bool still_fails(void *context, const struct scenario *scenario)
{
	struct reduction *reduction = context;
	struct child_result result;

	if (time(NULL) >= reduction->end)
		return false;

	scenario_child_run(scenario, reduction->name, reduction->seconds, &result);
	return result.failed;
}

void scenario_reduce(struct scenario *scenario, char *name, unsigned int seconds,
		     struct child_result *result)
{
	struct reduction reduction = {
		.name = name,
		.seconds = seconds,
		.end = time(NULL) + slow_machine_seconds(MAX_SECONDS),
	};
	struct child_result last;
	struct shrinker shrinker = {
		.fails = still_fails,
		.context = &reduction,
		.max_calls = MAX_RUNS,
	};

	scenario->nr = min(scenario->nr, result->nr_steps);
	shrink(&shrinker, scenario);

	/* What fails by chance may not do so now: it has failed all the same. */
	scenario_child_run(scenario, name, seconds, &last);
	if (last.failed)
		*result = last;
}

void scenario_reduce_save(const struct scenario *scenario, const char *name, const char *message,
			  char *file)
{
	const char *folder = getenv("KVM_LPAGE_RESULTS");
	FILE *out;
	bool written;

	snprintf(file, SCENARIO_REDUCE_FILE, "%s/%s.scenario", folder ? folder : ".", name);
	out = fopen(file, "w");
	if (out) {
		fprintf(out, "# %.*s\n", (int)strcspn(message, "\n"), message);
		scenario_print(scenario, out);
	}
	written = out && !ferror(out);
	if ((out && fclose(out)) || !written) {
		printf("# Cannot write %s: %s\n", file, strerror(errno));
		file[0] = '\0';
	} else if (folder) {
		snprintf(file, SCENARIO_REDUCE_FILE, "results/latest/%s.scenario", name);
	}
}
