/* SPDX-License-Identifier: GPL-2.0-only */
/* Reduces a scenario that fails on this kernel to the steps that matter, and saves it. */
#ifndef LPAGE_SCENARIO_REDUCE_H
#define LPAGE_SCENARIO_REDUCE_H

#include "scenario_child.h"

/* Room for the name of a saved file. */
#define SCENARIO_REDUCE_FILE	256

/*
 * Reduce @scenario, which has failed as @result says, by running what is left of it under
 * the name @name, each time for at most @seconds.  @result becomes how the reduced one fails, if
 * it does so once more.
 */
void scenario_reduce(struct scenario *scenario, char *name, unsigned int seconds,
		     struct child_result *result);

/*
 * Write @scenario to the file @name.scenario, with the first line of @message as a comment:
 * where the runner wants results ($KVM_LPAGE_RESULTS), else here.  @file, with room for
 * SCENARIO_REDUCE_FILE, becomes what a user of the runner finds it by; empty, after a word about
 * why, if it cannot be written.
 */
void scenario_reduce_save(const struct scenario *scenario, const char *name, const char *message,
			  char *file);

#endif /* LPAGE_SCENARIO_REDUCE_H */
