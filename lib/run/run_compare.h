/* SPDX-License-Identifier: GPL-2.0-only */
/* What was wanted against what there is: each returns true, or false after a report. */
#ifndef LPAGE_RUN_COMPARE_H
#define LPAGE_RUN_COMPARE_H

#include "run/run_state.h"

/* Two numbers that describe @what at the end of a step are equal. */
bool run_expect_number(struct scenario_run *run, u64 gpa, const char *what, u64 wanted, u64 got);

/* The errnos @wanted and @got, 0 for success, are equal. */
bool run_expect_errno(struct scenario_run *run, u64 gpa, int wanted, int got);

/*
 * The step ended with errno @r.  Being refused for lack of memory is an answer, too, if an
 * allocation failed that the step may need; nothing has changed then.
 */
bool run_expect_done(struct scenario_run *run, u64 gpa, int r);

/* KVM has as many leaves of each level as the model, now that @step is done. */
bool run_expect_leaves(struct scenario_run *run, const struct step *step);

/* The same without a report. */
bool run_leaves_agree(struct scenario_run *run);

/* The step that is being carried out, or was last. */
const struct step *run_last_step(const struct scenario_run *run);

#endif /* LPAGE_RUN_COMPARE_H */
