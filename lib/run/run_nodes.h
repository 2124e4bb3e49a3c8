/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a scenario that place host memory on NUMA nodes and move it between them. */
#ifndef LPAGE_RUN_NODES_H
#define LPAGE_RUN_NODES_H

#include "run/run_state.h"

/*
 * Each returns true if the host did what the step says and all the memory in question is seen
 * where it should be; otherwise run->failure says what is wrong.  The model follows what was
 * moved: the leaves of what lay there already stay.
 */
bool run_nodes_migrate(struct scenario_run *run, const struct step *step);
bool run_nodes_evacuate(struct scenario_run *run, const struct step *step);

/* The new memory of memslot @id lies as the last STEP_PLACE says, if it is its own. */
bool run_nodes_expect_placed(struct scenario_run *run, const struct model_slot *slot);

#endif /* LPAGE_RUN_NODES_H */
