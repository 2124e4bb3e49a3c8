/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of host memory that can back the shared side of a memslot. */
#ifndef LPAGE_BACKING_KIND_H
#define LPAGE_BACKING_KIND_H

#include <stdbool.h>

#include "scenario/level.h"

enum backing_kind {
	BACKING_ANONYMOUS,
	BACKING_SHMEM,
	BACKING_HUGETLB_2MB,
	BACKING_HUGETLB_1GB,
	BACKING_ANONYMOUS_THP,
	BACKING_ANONYMOUS_HUGETLB_2MB,
	BACKING_ANONYMOUS_HUGETLB_1GB,
	BACKING_MEMFD,		/* one file of small pages behind all memslots of this kind */
	BACKING_GUEST_MEMFD,	/* no memory beside the guest_memfd: a guest_memfd-only memslot */
	NR_BACKING_KINDS,
};

/* The name in scenarios, e.g. "hugetlb_2mb". */
const char *backing_kind_name(enum backing_kind kind);

/* The highest level at which the host itself maps such memory when it is new. */
enum level backing_kind_level(enum backing_kind kind);

/* The level of the pages that the host can take away or give: 4K but for hugetlb. */
enum level backing_kind_unit(enum backing_kind kind);

/*
 * True if the host maps this memory with transparent hugepages, or may come to do so: it
 * then splits and collapses them while a memslot uses them.
 */
bool backing_kind_splits(enum backing_kind kind);

/* True if it is the host process's alone, gone when dropped and copied by fork(). */
bool backing_kind_is_anonymous(enum backing_kind kind);

/*
 * Pages of real memory behind each memslot of this kind.  A larger memslot sees them
 * again and again: the host maps the same file pages side by side, so that levels of
 * many gigabytes are tested with one hugepage.  0: every page is its own.
 */
u64 backing_kind_pages(enum backing_kind kind);

#endif /* LPAGE_BACKING_KIND_H */
