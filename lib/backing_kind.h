/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of host memory that can back the shared side of a memslot. */
#ifndef LPAGE_BACKING_KIND_H
#define LPAGE_BACKING_KIND_H

#include "level.h"

enum backing_kind {
	BACKING_ANONYMOUS,
	BACKING_SHMEM,
	BACKING_HUGETLB_2MB,
	BACKING_HUGETLB_1GB,
	NR_BACKING_KINDS,
};

/* The name in scenarios, e.g. "hugetlb_2mb". */
const char *backing_kind_name(enum backing_kind kind);

/* The highest level at which the host itself maps such memory. */
enum level backing_kind_level(enum backing_kind kind);

/*
 * Pages of real memory behind each memslot of this kind.  A larger memslot sees them
 * again and again: the host maps the same file pages side by side, so that levels of
 * many gigabytes are tested with one hugepage.  0: every page is its own.
 */
u64 backing_kind_pages(enum backing_kind kind);

#endif /* LPAGE_BACKING_KIND_H */
