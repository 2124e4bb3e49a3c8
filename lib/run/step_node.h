/* SPDX-License-Identifier: GPL-2.0-only */
/* Where new memory came to lie. */
#ifndef LPAGE_STEP_NODE_H
#define LPAGE_STEP_NODE_H

#include "run/run_state.h"

/* The new memory of memslot @slot lies as the last STEP_PLACE says, if it is its own. */
bool run_node_expect_placed(struct scenario_run *run, const struct model_slot *slot);

#endif /* LPAGE_STEP_NODE_H */
