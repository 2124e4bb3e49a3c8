/* SPDX-License-Identifier: GPL-2.0-only */
/* Says what went wrong in a run, for somebody who has to find out why. */
#ifndef LPAGE_RUN_REPORT_H
#define LPAGE_RUN_REPORT_H

#include "run/run_state.h"

/*
 * Set run->failure: "Wanted <wanted> at gpa <gpa> (<case>), got <got>", the level map
 * around the place and the steps.  Reading the levels out disturbs the VM.
 */
void run_report(struct scenario_run *run, u64 gpa, const char *wanted, const char *got);

/* The same where only the counts of leaves are known to differ; finds the place. */
void run_report_leaves(struct scenario_run *run, const struct step *step);

#endif /* LPAGE_RUN_REPORT_H */
