// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kept scenarios as tests, in TAP.  A file is named after a bug: every tracker that
 * was posted with it must fail there, as it was posted and with that bug alone, and
 * must pass without; so must all trackers that have no bug.
 */
#include <stdio.h>
#include <string.h>

#include "lpage.h"
#include "model/outcome.h"
#include "model/scenario_model.h"
#include "scenario/scenario_text.h"
#include "tracker_registry.h"
#include "tracker_vm.h"

#define MAX_STEPS	4

struct tap {
	unsigned int nr;
	bool failed;
};

static void report(struct tap *tap, bool ok, const char *bug, const char *tracker,
		   const char *what)
{
	printf("%sok %u %s: %s %s\n", ok ? "" : "not ", ++tap->nr, bug, tracker, what);
	tap->failed |= !ok;
}

/* Returns what is wrong with @posted if it had only @bugs. */
static enum tracker_wrong try_with(const struct tracker_ops *posted, unsigned int bugs,
				   const struct scenario *scenario)
{
	struct tracker_ops ops = *posted;
	struct tracker_diff diff;

	ops.bugs = bugs;
	tracker_vm_run(&ops, scenario, &diff);
	return diff.wrong;
}

static void verify_posted(struct tap *tap, const struct tracker_ops *ops,
			  enum tracker_bug bug, const struct scenario *scenario)
{
	enum tracker_wrong posted = try_with(ops, ops->bugs, scenario);
	enum tracker_wrong alone = try_with(ops, bug_bit(bug), scenario);
	const char *name = tracker_bug_name(bug);

	report(tap, posted != TRACKER_RIGHT, name, ops->name, "fails");
	report(tap, alone == posted, name, ops->name, "fails alike with this bug alone");
	report(tap, try_with(ops, 0, scenario) == TRACKER_RIGHT, name, ops->name,
	       "passes without its bugs");
}

/* But for what is expected of them. */
static size_t nr_steps(const struct scenario *scenario)
{
	size_t i, nr = 0;

	for (i = 0; i < scenario->nr; i++)
		nr += scenario->step[i].op != STEP_EXPECT;
	return nr;
}

/* Something is expected, and the model says the same. */
static bool meets_expectations(const struct scenario *scenario)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct mapping_model *model = mapping_model_alloc(&traits);
	bool right = nr_steps(scenario) < scenario->nr;
	struct step_outcome outcome;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		scenario_model_step(model, &scenario->step[i]);
		outcome = outcome_of_model(model);
		right &= scenario->step[i].op != STEP_EXPECT ||
			 outcome_meets(&outcome, &scenario->step[i]);
	}
	mapping_model_free(model);
	return right;
}

static void verify_scenario(struct tap *tap, enum tracker_bug bug,
			    const struct scenario *scenario)
{
	const char *name = tracker_bug_name(bug);
	const struct tracker_ops *ops;
	size_t i;

	report(tap, nr_steps(scenario) <= MAX_STEPS, name, "the scenario", "has at most 4 steps");
	report(tap, meets_expectations(scenario), name, "what the scenario", "expects is right");
	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (ops->bugs & bug_bit(bug))
			verify_posted(tap, ops, bug, scenario);
		else if (!ops->bugs)
			report(tap, try_with(ops, 0, scenario) == TRACKER_RIGHT, name, ops->name,
			       "passes");
	}
}

/* The bug that the file is named after: ".../no-init.scenario". */
static enum tracker_bug bug_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(base, "."), base);
	return tracker_bug_find(name);
}

static bool verify_file(struct tap *tap, const char *path, bool *covered)
{
	enum tracker_bug bug = bug_of_file(path);
	struct scenario scenario = { };
	bool usable;

	if (bug == NR_TRACKER_BUGS) {
		fprintf(stderr, "lpage: %s is not named after a bug (see lpage list)\n", path);
		return false;
	}
	usable = load_scenario(&scenario, path);
	if (usable) {
		covered[bug] = true;
		verify_scenario(tap, bug, &scenario);
	}
	scenario_free(&scenario);
	return usable;
}

enum verdict command_verify(const struct options *options)
{
	bool covered[NR_TRACKER_BUGS] = { };
	struct tap tap = { };
	int i;

	printf("TAP version 13\n");
	for (i = 0; i < options->nr_files; i++) {
		if (!verify_file(&tap, options->file[i], covered))
			return VERDICT_UNUSABLE;
	}
	for (i = 0; i < NR_TRACKER_BUGS; i++)
		report(&tap, covered[i], tracker_bug_name(i), "a scenario", "is kept");
	printf("1..%u\n", tap.nr);
	return tap.failed ? VERDICT_WRONG : VERDICT_RIGHT;
}
