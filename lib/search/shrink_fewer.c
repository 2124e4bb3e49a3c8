// SPDX-License-Identifier: GPL-2.0-only
/* Fewer steps: some taken out, memslots with what happens in them, logging from the start. */
#include <linux/kernel.h>

#include "search/shrink_pass.h"

static bool without(struct shrinker *shrinker, struct scenario *scenario, size_t first, size_t nr)
{
	struct scenario candidate = { };
	bool done;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (i < first || i >= first + nr)
			scenario_add(&candidate, &scenario->step[i]);
	}
	done = shrink_replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

bool shrink_chunks(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t nr, first;

	for (nr = (scenario->nr + 1) / 2; nr; nr /= 2) {
		/* From the end: what follows the failure never matters. */
		for (first = scenario->nr; first; ) {
			first -= min(first, nr);
			changed |= without(shrinker, scenario, first, nr);
			first = min(first, scenario->nr);
		}
	}
	return changed;
}

bool shrink_pairs(struct shrinker *shrinker, struct scenario *scenario)
{
	size_t i, j;

	/* With more steps than these the number of pairs is too large to try. */
	if (scenario->nr > 24)
		return false;

	for (i = 0; i < scenario->nr; i++) {
		for (j = i + 1; j < scenario->nr; j++) {
			struct scenario candidate = { };
			bool done;
			size_t k;

			for (k = 0; k < scenario->nr; k++) {
				if (k != i && k != j)
					scenario_add(&candidate, &scenario->step[k]);
			}
			done = shrink_replace(shrinker, scenario, &candidate);
			scenario_free(&candidate);
			if (done)
				return true;
		}
	}
	return false;
}

/* The step that creates the memslot which step @nr is about; @nr if there is none before. */
static size_t find_memslot(const struct scenario *scenario, size_t nr)
{
	size_t i = nr;

	while (i--) {
		if (scenario->step[i].op == STEP_MEMSLOT &&
		    scenario->step[i].slot == scenario->step[nr].slot)
			return i;
	}
	return nr;
}

/*
 * Instead of by step @nr let the memslot of step @memslot be logged from its creation on; @later:
 * create it then, since how it is logged may depend on steps between.
 */
static bool log_from_start(struct shrinker *shrinker, struct scenario *scenario, size_t nr,
			   size_t memslot, bool later)
{
	struct step logged = scenario->step[memslot];
	struct scenario candidate = { };
	bool done;
	size_t i;

	logged.on = true;
	for (i = 0; i < scenario->nr; i++) {
		if (i == (later ? nr : memslot))
			scenario_add(&candidate, &logged);
		else if (i != nr && i != memslot)
			scenario_add(&candidate, &scenario->step[i]);
	}
	done = shrink_replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

static bool merge_log(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const struct step *step = &scenario->step[nr];
	size_t memslot = find_memslot(scenario, nr);

	if (step->op != STEP_LOG || !step->on || memslot == nr)
		return false;

	return log_from_start(shrinker, scenario, nr, memslot, false) ||
	       log_from_start(shrinker, scenario, nr, memslot, true);
}

bool shrink_logs(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t i = 0;

	while (i < scenario->nr) {
		if (merge_log(shrinker, scenario, i))
			changed = true;
		else
			i++;
	}
	return changed;
}

/*
 * Copy @scenario without the step @nr, which creates a memslot, and without what is
 * impossible then.  If @all, also without everything else that happens inside it.
 */
static void copy_without_memslot(struct scenario *copy, const struct scenario *scenario, size_t nr,
				 bool all)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	const struct step *memslot = &scenario->step[nr];
	struct checker checker;
	char error[128];
	size_t i;

	checker_init(&checker, &traits);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (i == nr || (all && i > nr && step->op != STEP_MEMSLOT &&
				lies_in(step, memslot)))
			continue;
		if (checker_step(&checker, step, error, sizeof(error)))
			scenario_add(copy, step);
	}
	checker_free(&checker);
}

static bool remove_memslot(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	bool done = false;
	int all;

	for (all = 1; all >= 0 && !done; all--) {
		struct scenario candidate = { };

		copy_without_memslot(&candidate, scenario, nr, all);
		done = shrink_replace(shrinker, scenario, &candidate);
		scenario_free(&candidate);
	}
	return done;
}

bool shrink_memslots(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = false;
	size_t i = 0;

	while (i < scenario->nr) {
		if (scenario->step[i].op == STEP_MEMSLOT &&
		    remove_memslot(shrinker, scenario, i))
			changed = true;
		else
			i++;
	}
	return changed;
}
