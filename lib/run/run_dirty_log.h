/* SPDX-License-Identifier: GPL-2.0-only */
/* Dirty logs, compared with the model's. */
#ifndef LPAGE_RUN_DIRTY_LOG_H
#define LPAGE_RUN_DIRTY_LOG_H

#include "run/run_state.h"

/* A bit for each page of @slot, none set; to be freed. */
u64 *run_alloc_bitmap(const struct model_slot *slot);

/* Get the dirty log of @slot, and compare it; *@dirty: so many pages are. */
bool run_expect_log(struct scenario_run *run, const struct model_slot *slot, u64 *dirty);

/* The same for all logs that are cleared by hand: getting one changes nothing. */
bool run_expect_logs(struct scenario_run *run);

#endif /* LPAGE_RUN_DIRTY_LOG_H */
