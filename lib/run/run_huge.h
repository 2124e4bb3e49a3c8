/* SPDX-License-Identifier: GPL-2.0-only */
/* How the host maps memory that it may split and collapse, read from its page tables. */
#ifndef LPAGE_RUN_HUGE_H
#define LPAGE_RUN_HUGE_H

#include "run/run_state.h"

/* Let the model know how the host maps it. False, after a report, if that cannot be read. */
bool run_huge_follow(struct scenario_run *run);

/* True if the host maps it as the model says; false after a report. */
bool run_huge_expect(struct scenario_run *run);

#endif /* LPAGE_RUN_HUGE_H */
