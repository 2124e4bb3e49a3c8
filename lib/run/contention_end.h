/* SPDX-License-Identifier: GPL-2.0-only */
/* What there must be when all have stopped. */
#ifndef LPAGE_CONTENTION_END_H
#define LPAGE_CONTENTION_END_H

#include "run/contention_pages.h"

/* Make the memslots in @run. False if KVM did otherwise than the model says: see run->failure. */
bool contention_add_memslots(struct scenario_run *run, const struct contention_state *state);

/* Map all memslots in @run, as the model says. False if KVM did otherwise: see run->failure. */
bool contention_map_all(struct scenario_run *run, const struct contention_state *state);

/* Leaves, levels and contents are what the attributes allow. False after a failure. */
bool contention_check_end(struct contention_state *state);

#endif /* LPAGE_CONTENTION_END_H */
