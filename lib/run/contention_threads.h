/* SPDX-License-Identifier: GPL-2.0-only */
/* Those who use the pages at once: each vCPU, the host, and another VM. */
#ifndef LPAGE_CONTENTION_THREADS_H
#define LPAGE_CONTENTION_THREADS_H

#include "run/contention_pages.h"

/* Shared memory never holds what a guest wrote to a private page. */
bool contention_check_shared_memory(struct worker *worker);

/* The other VM's leaves, all of them as large as can be, and nobody changes anything there. */
bool contention_check_other_leaves(struct contention_state *state);

/* Start all threads, and wait until every vCPU has done its rounds. */
void contention_run_workers(struct contention_state *state);

#endif /* LPAGE_CONTENTION_THREADS_H */
