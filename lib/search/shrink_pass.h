/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The passes of the shrinker; nobody else includes this.  Each tries one kind of reduction in all
 * places, keeps what still fails, and returns true if that is anything.
 */
#ifndef LPAGE_SHRINK_PASS_H
#define LPAGE_SHRINK_PASS_H

#include "model/scenario_check.h"

struct shrinker;

/*
 * Put @candidate in the place of @scenario if it is simpler, possible, and fails, too. False if it
 * does not, or if there have been too many tries.
 */
bool shrink_replace(struct shrinker *shrinker, struct scenario *scenario,
		    const struct scenario *candidate);

/* Fewer steps: whole stretches, from long ones to single steps. */
bool shrink_chunks(struct shrinker *shrinker, struct scenario *scenario);

/* A memslot, with what happens in it if that helps. */
bool shrink_memslots(struct shrinker *shrinker, struct scenario *scenario);

/* Two steps that are only of use together, such as a conversion there and back. */
bool shrink_pairs(struct shrinker *shrinker, struct scenario *scenario);

/* The step that starts logging, where the memslot can be logged from its beginning. */
bool shrink_logs(struct shrinker *shrinker, struct scenario *scenario);

/* Plainer, smaller and lower steps, one after the other. */
bool shrink_simplify(struct shrinker *shrinker, struct scenario *scenario);

/* All of it, each memslot, and what happens inside, to lower gpas. */
bool shrink_move_down(struct shrinker *shrinker, struct scenario *scenario);

/* Number the memslots 1, 2, ... as they appear. */
bool shrink_renumber(struct shrinker *shrinker, struct scenario *scenario);

/* True if @step happens in the memslot that @memslot makes. */
static inline bool lies_in(const struct step *step, const struct step *memslot)
{
	return step->gpa >= memslot->gpa && step->gpa - memslot->gpa < memslot->size;
}

/* @bytes, down to whole pages of @level. */
static inline u64 round_bytes(u64 bytes, enum level level)
{
	return bytes & ~(level_bytes(level) - 1);
}

#endif /* LPAGE_SHRINK_PASS_H */
