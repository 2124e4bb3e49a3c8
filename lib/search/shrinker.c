// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delta debugging in rounds: first steps are taken out, then what is left is made
 * simpler, until a whole round changes nothing.  A candidate must be simpler than what
 * it replaces by the measure below, which makes the rounds end.
 */
#include "model/scenario_check.h"
#include "search/shrink_pass.h"
#include "search/shrinker.h"

/* How simple a scenario is. What comes first counts most. */
struct measure {
	u64 steps;
	u64 features;		/* what a field has beside its plainest value */
	u64 size;
	u64 gpa;
	u64 slots;
};

static struct measure measure(const struct scenario *scenario)
{
	struct measure sum = { .steps = scenario->nr };
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		sum.features += step->gmem + !!step->offset + step->by_guest + !!step->hva +
				step->access +
				!!step->pressure.first + !!step->pressure.times +
				!!step->pressure.room + (step->op == STEP_MEMSLOT && step->on) +
				!!step->recovery.ratio + !!step->recovery.periods +
				step->recovery.early;
		/* In pages, so that thousands of steps do not overflow the sum. */
		sum.size += step->size >> GFN_SHIFT;
		sum.gpa += step->gpa >> GFN_SHIFT;
		sum.slots += step->slot;
	}
	return sum;
}

static bool is_simpler(const struct scenario *scenario, const struct scenario *than)
{
	const struct measure a = measure(scenario);
	const struct measure b = measure(than);

	if (a.steps != b.steps)
		return a.steps < b.steps;
	if (a.features != b.features)
		return a.features < b.features;
	if (a.size != b.size)
		return a.size < b.size;
	if (a.gpa != b.gpa)
		return a.gpa < b.gpa;
	return a.slots < b.slots;
}

bool shrink_replace(struct shrinker *shrinker, struct scenario *scenario,
		    const struct scenario *candidate)
{
	char error[256];

	if (shrinker->calls >= shrinker->max_calls || !is_simpler(candidate, scenario) ||
	    !scenario_check(candidate, "candidate", error, sizeof(error)))
		return false;

	shrinker->calls++;
	if (!shrinker->fails(shrinker->context, candidate))
		return false;

	scenario_copy(scenario, candidate);
	return true;
}

/*
 * What is expected is of the scenario as it was written, and wrong once a step is missing.  Returns
 * false if nothing fails without.
 */
static bool drop_expectations(struct shrinker *shrinker, struct scenario *scenario)
{
	struct scenario candidate = { };
	bool fails = true;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op != STEP_EXPECT)
			scenario_add(&candidate, &scenario->step[i]);
	}
	if (candidate.nr < scenario->nr)
		fails = shrink_replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return fails;
}

void shrink(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed;

	if (!drop_expectations(shrinker, scenario))
		return;

	do {
		changed = shrink_chunks(shrinker, scenario);
		changed |= shrink_memslots(shrinker, scenario);
		changed |= shrink_pairs(shrinker, scenario);
		changed |= shrink_logs(shrinker, scenario);
		changed |= shrink_simplify(shrinker, scenario);
		changed |= shrink_move_down(shrinker, scenario);
		changed |= shrink_renumber(shrinker, scenario);
	} while (changed && shrinker->calls < shrinker->max_calls);
}
