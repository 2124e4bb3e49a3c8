// SPDX-License-Identifier: GPL-2.0-only
/* The scenario as a whole, to lower addresses and numbers. */
#include <linux/kernel.h>

#include "search/shrink_pass.h"

static bool has_gpa(const struct step *step)
{
	return step->gpa >= SCENARIO_MIN_GPA;
}

/* Lower by @bytes what lies in [@start, @end); @memslots: also the memslots that do. */
static bool lower(struct shrinker *shrinker, struct scenario *scenario, u64 start, u64 end,
		  bool memslots, u64 bytes)
{
	struct scenario candidate = { };
	bool done;
	size_t i;

	scenario_copy(&candidate, scenario);
	for (i = 0; i < candidate.nr; i++) {
		struct step *step = &candidate.step[i];

		if (has_gpa(step) && step->gpa >= start && step->gpa < end &&
		    (memslots || step->op != STEP_MEMSLOT))
			step->gpa -= bytes;
	}
	done = shrink_replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}

/* Move everything down by whole gigabytes, as far as it goes. */
static bool move_all(struct shrinker *shrinker, struct scenario *scenario)
{
	u64 lowest = SCENARIO_MAX_GPA;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (has_gpa(&scenario->step[i]))
			lowest = min(lowest, scenario->step[i].gpa);
	}
	return lower(shrinker, scenario, 0, -1ull, true,
		     round_bytes(lowest, LEVEL_1G) - SCENARIO_MIN_GPA);
}

/* Move a memslot with all that happens in it down to a hugepage boundary. */
static bool move_memslot(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	bool changed = false;
	enum level level;

	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		const struct step memslot = scenario->step[nr];

		changed |= lower(shrinker, scenario, memslot.gpa, memslot.gpa + memslot.size, true,
				 memslot.gpa - round_bytes(memslot.gpa, level));
	}
	return changed;
}

/* Move all that happens in a memslot down inside it, keeping the place in hugepages if need be. */
static bool move_inside(struct shrinker *shrinker, struct scenario *scenario, size_t nr)
{
	const struct step memslot = scenario->step[nr];
	bool changed = false;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 lowest = memslot.size;
		size_t i;

		for (i = 0; i < scenario->nr; i++) {
			const struct step *step = &scenario->step[i];

			if (has_gpa(step) && step->op != STEP_MEMSLOT && lies_in(step, &memslot))
				lowest = min(lowest, step->gpa - memslot.gpa);
		}
		changed |= lower(shrinker, scenario, memslot.gpa, memslot.gpa + memslot.size,
				 false, round_bytes(lowest, level));
	}
	return changed;
}

bool shrink_move_down(struct shrinker *shrinker, struct scenario *scenario)
{
	bool changed = move_all(shrinker, scenario);
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op != STEP_MEMSLOT)
			continue;
		changed |= move_inside(shrinker, scenario, i);
		changed |= move_memslot(shrinker, scenario, i);
	}
	return changed;
}

bool shrink_renumber(struct shrinker *shrinker, struct scenario *scenario)
{
	u32 number[SCENARIO_MAX_SLOT + 1] = { 0 };
	struct scenario candidate = { };
	u32 nr = 0;
	bool done;
	size_t i;

	scenario_copy(&candidate, scenario);
	for (i = 0; i < candidate.nr; i++) {
		u32 *slot = &candidate.step[i].slot;

		if (!*slot)
			continue;
		if (!number[*slot])
			number[*slot] = ++nr;
		*slot = number[*slot];
	}
	done = shrink_replace(shrinker, scenario, &candidate);
	scenario_free(&candidate);
	return done;
}
