/* SPDX-License-Identifier: GPL-2.0-only */
/* Reduces a scenario that shows a failure to a small one that still shows it. */
#ifndef LPAGE_SHRINKER_H
#define LPAGE_SHRINKER_H

#include "scenario/scenario.h"

struct shrinker {
	/* True if @scenario shows the failure. Called only with what scenario_check() allows. */
	bool (*fails)(void *context, const struct scenario *scenario);
	void *context;
	unsigned int max_calls;		/* of fails() */
	unsigned int calls;		/* made so far */
};

/*
 * Reduce @scenario, which fails, in place: fewer steps, then smaller and simpler ones,
 * until no single reduction fails any more or max_calls are used up.  The same scenario
 * and answers give the same result. The result always fails.
 */
void shrink(struct shrinker *shrinker, struct scenario *scenario);

#endif /* LPAGE_SHRINKER_H */
