/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs scenarios in child processes, so that one that hangs, or that makes libkvm give
 * up, is an answer like any other and each starts with a fresh VM.
 */
#ifndef LPAGE_SCENARIO_CHILD_H
#define LPAGE_SCENARIO_CHILD_H

#include "scenario/scenario.h"
#include "search/generator.h"

struct child_result {
	bool failed;
	size_t nr_steps;		/* carried out, with the one that failed */
	u64 nr_tolerated;		/* differences that are known bugs of this kernel */
	const char *left_out;		/* a constant reason why something was not looked at */
	char message[4096];		/* if it failed: how */
};

/*
 * Run @scenario under the name @name; at most @seconds, or what they are
 * on a slow machine.  Differences that are known bugs of this kernel do not count as
 * failures.
 */
void scenario_child_run(const struct scenario *scenario, const char *name, unsigned int seconds,
			struct child_result *result);

/*
 * Generate and run the scenario of @seed within @limits.  It is left in @scenario, which
 * must be initialised: all that was generated, whatever became of the child.
 */
void scenario_child_random(struct scenario *scenario, u64 seed,
			   const struct generator_limits *limits, const char *name,
			   unsigned int seconds, struct child_result *result);

#endif /* LPAGE_SCENARIO_CHILD_H */
