/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How each kind of step is carried out, NAME of scenario/step_kind.h:
 *
 * run_NAME()	Carry out @step, which is possible, and compare what only it can compare.  Returns
 *		false if something was wrong, after a report.
 */
#ifndef LPAGE_RUN_STEP_H
#define LPAGE_RUN_STEP_H

#include "run/run_state.h"

#define RUN_STEP(id, name, weight, when, cost, traits)	\
	bool run_##name(struct scenario_run *run, const struct step *step);

STEP_KINDS(RUN_STEP)

#endif /* LPAGE_RUN_STEP_H */
