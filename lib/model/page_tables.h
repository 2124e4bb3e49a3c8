/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which hugepage ranges KVM has a page table for, one of smaller entries, and what the NX
 * hugepage mitigation notes about each (struct kvm_mmu_page).  A table outlives its
 * entries: zapping leaves does not free it.
 */
#ifndef LPAGE_PAGE_TABLES_H
#define LPAGE_PAGE_TABLES_H

#include "scenario/level.h"

struct page_tables;

/* No table at all. Aborts when memory runs out. */
struct page_tables *page_tables_alloc(void);
void page_tables_free(struct page_tables *tables);

/* True if there is a table for the range of @level, which is above 4K, around @gfn. */
bool page_tables_has(const struct page_tables *tables, u64 gfn, enum level level);

/*
 * True if that table is there and forbids a hugepage in its place, since the guest has
 * executed in it (nx_huge_page_disallowed).
 */
bool page_tables_disallows(const struct page_tables *tables, u64 gfn, enum level level);

/*
 * Add a table, which must not be there.  @tracked: recovery may take it away, since only the
 * mitigation keeps the range from being huge (possible_nx_huge_page_link).
 */
void page_tables_add(struct page_tables *tables, u64 gfn, enum level level, bool disallows,
		     bool tracked);

/* Remove the table for the range of @level around @gfn, if there is one, and all below it. */
void page_tables_remove(struct page_tables *tables, u64 gfn, enum level level);

void page_tables_remove_all(struct page_tables *tables);

/* The number of tracked tables: nx_lpage_splits. */
u64 page_tables_nr_tracked(const struct page_tables *tables);

/* Find the table that has been tracked longest. Returns false if there is none. */
bool page_tables_find_tracked(const struct page_tables *tables, u64 *gfn, enum level *level);

/* Forget what the mitigation has noted of a table, which stays. */
void page_tables_allow(struct page_tables *tables, u64 gfn, enum level level);

#endif /* LPAGE_PAGE_TABLES_H */
