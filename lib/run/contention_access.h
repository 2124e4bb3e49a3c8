/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one of many does to pages, and what may come of it.  What returns bool returns false, after
 * contention_fail(), if KVM did what it must not.
 */
#ifndef LPAGE_CONTENTION_ACCESS_H
#define LPAGE_CONTENTION_ACCESS_H

#include "run/contention_pages.h"

/* One that is read, or pre-faulted, at a time. */
#define LOOK_PAGES	64

/* Let vCPU @vcpu read @npages from @page on, and see nothing that it must not. */
bool contention_read_pages(struct worker *worker, unsigned int vcpu, u64 page, u64 npages);

/* Those of @pages from the first on that are on the same side. */
struct run_of_pages contention_same_side(const struct contention_state *state,
					 struct run_of_pages pages);

/* Write to @pages, which are all on one side; what misses its memslot is lost. */
bool contention_write_pages(struct worker *worker, const struct run_of_pages *pages);

/* Give @pages either attribute, by the guest or the host; @before: pages before, in no memslot. */
bool contention_convert_pages(struct worker *worker, const struct run_of_pages *pages, u64 before);

/* Punch a hole in the guest_memfd behind @pages. */
bool contention_punch_pages(struct worker *worker, const struct run_of_pages *pages);

/* False without KVM_PRE_FAULT_MEMORY, and where that is known to hang. */
bool contention_may_prefault(const struct contention_state *state);

/* Pre-fault @npages from @page on. */
bool contention_prefault_pages(struct worker *worker, u64 page, u64 npages);

#endif /* LPAGE_CONTENTION_ACCESS_H */
