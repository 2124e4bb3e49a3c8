/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's memory behind memslots. */
#ifndef LPAGE_RUN_MEMORY_H
#define LPAGE_RUN_MEMORY_H

#include "run/run_state.h"

void run_memory_free(struct run_memory *memory);

/* Give memslot @slot, which stays behind its memory, another gpa or dirty logging. */
bool run_memory_set_slot(struct scenario_run *run, const struct model_slot *slot, u64 gpa,
			 bool logged);

/* The host may have to copy the memory of @slot before it can write there: let it do so now. */
bool run_memory_make_writable(struct scenario_run *run, const struct model_slot *slot);

/*
 * Lost host memory comes back at once, so that guests never meet the host's zero page: also
 * around the range, where a hugepage that was split is lost from the host's page tables.
 * Returns 0, or -1 with errno.
 */
int run_memory_populate_again(const struct run_memory *memory, void *hva, u64 size);

#endif /* LPAGE_RUN_MEMORY_H */
