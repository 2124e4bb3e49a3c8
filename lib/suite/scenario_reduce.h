/* SPDX-License-Identifier: GPL-2.0-only */
/* Reduces a scenario that fails on this kernel to the steps that matter, and saves it. */
#ifndef LPAGE_SCENARIO_REDUCE_H
#define LPAGE_SCENARIO_REDUCE_H

#include "suite/scenario_child.h"

/*
 * Reduce @scenario, which has failed as @result says, by running what is left of it under the
 * name @name, and save it as @file.scenario: where the runner wants results
 * ($KVM_LPAGE_RESULTS), else here.  Prints how it fails and the command that replays it, as TAP
 * comments.  @result becomes how the reduced one fails, if it does so once more.
 */
void scenario_reduce(struct scenario *scenario, char *name, const char *file,
		     struct child_result *result);

#endif /* LPAGE_SCENARIO_REDUCE_H */
