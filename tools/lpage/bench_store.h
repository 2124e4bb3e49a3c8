/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes for address spaces that no memory could hold: a pattern that is computed from
 * the gfn, and one converted range on top of it.
 */
#ifndef LPAGE_BENCH_STORE_H
#define LPAGE_BENCH_STORE_H

#include "tracker.h"

enum pattern {
	PATTERN_UNIFORM,	/* all shared */
	PATTERN_ALTERNATING,	/* odd gfns are private */
	PATTERN_RANDOM,		/* half of all gfns are private */
	NR_PATTERNS,
};

struct bench_store {
	enum pattern pattern;
	struct tracker_range range;	/* empty: the pattern is all there is */
};

const char *pattern_name(enum pattern pattern);

/* How a tracker reads @store. */
struct tracker_store bench_tracker_store(const struct bench_store *store);

#endif /* LPAGE_BENCH_STORE_H */
