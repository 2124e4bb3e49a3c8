// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/kernel.h>

#include "host/slow_machine.h"
#include "scenario/scenario_text.h"
#include "search/shrinker.h"
#include "suite/scenario_reduce.h"
#include "suite/suite.h"

/* What a reduction may cost, well below a program's time limit: candidates may hang. */
#define MAX_RUNS	400
#define MAX_SECONDS	40

/* A scenario takes well below a second; one that takes this long hangs. */
#define RUN_SECONDS	10

/* How often it is said that a reduction is under way: who waits for a word must not give up. */
#define WORD_SECONDS	2

struct reduction {
	char *name;
	time_t end;
	time_t last_word;
};

/* Any failure will do: the same bug often shows itself in another way in fewer steps. */
static bool still_fails(void *context, const struct scenario *scenario)
{
	struct reduction *reduction = context;
	struct child_result result;

	if (time(NULL) >= reduction->end)
		return false;

	if (time(NULL) >= reduction->last_word + WORD_SECONDS) {
		reduction->last_word = time(NULL);
		printf("# Reducing: trying %zu steps\n", scenario->nr);
		fflush(stdout);
	}

	scenario_child_run(scenario, reduction->name, RUN_SECONDS, &result);
	return result.failed;
}

static void reduce(struct scenario *scenario, char *name, struct child_result *result)
{
	struct reduction reduction = {
		.name = name,
		.end = time(NULL) + slow_machine_seconds(MAX_SECONDS),
		.last_word = time(NULL),
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
	scenario_child_run(scenario, name, RUN_SECONDS, &last);
	if (last.failed)
		*result = last;
}

/* Returns true if all of it, with the first line of @message as a comment, is in the file @path. */
static bool save(const struct scenario *scenario, const char *message, const char *path)
{
	FILE *out = fopen(path, "w");
	bool written;

	if (!out)
		return false;

	fprintf(out, "# %.*s\n", (int)strcspn(message, "\n"), message);
	scenario_print(scenario, out);
	written = !ferror(out);
	return !fclose(out) && written;
}

void scenario_reduce(struct scenario *scenario, char *name, const char *file,
		     struct child_result *result)
{
	const char *folder = getenv("KVM_LPAGE_RESULTS");
	char path[256], found[256];
	bool saved;

	snprintf(path, sizeof(path), "%s/%s.scenario", folder ? folder : ".", file);
	/* If what follows is too much for a time limit, this is left. */
	save(scenario, result->message, path);
	printf("# %.*s\n", (int)strcspn(result->message, "\n"), result->message);
	fflush(stdout);
	reduce(scenario, name, result);
	saved = save(scenario, result->message, path);
	if (!saved)
		printf("# Cannot write %s: %s\n", path, strerror(errno));

	suite_print_comment(result->message);
	if (saved) {
		snprintf(found, sizeof(found), "results/latest/%s.scenario", file);
		suite_print_scenario_replay(found, path);
	}
}
