// SPDX-License-Identifier: GPL-2.0-only
#include "bench_store.h"
#include "scenario/random.h"

const char *pattern_name(enum pattern pattern)
{
	static const char * const names[NR_PATTERNS] = { "uniform", "alternating", "random" };

	return names[pattern];
}

/* Neighbouring gfns get unrelated bits. */
static bool random_bit(u64 gfn)
{
	return random_next(&gfn) & 1;
}

static bool pattern_is_private(enum pattern pattern, u64 gfn)
{
	switch (pattern) {
	case PATTERN_ALTERNATING:
		return gfn & 1;
	case PATTERN_RANDOM:
		return random_bit(gfn);
	default:
		return false;
	}
}

static bool bench_is_private(const void *data, u64 gfn)
{
	const struct bench_store *store = data;

	if (gfn >= store->range.start && gfn < store->range.end)
		return store->range.private;

	return pattern_is_private(store->pattern, gfn);
}

/* Steps over what is known to be shared, as the xarray steps over absent entries. */
static u64 bench_next_private(const void *data, u64 start, u64 end)
{
	const struct bench_store *store = data;
	const struct tracker_range *range = &store->range;
	u64 gfn = start;

	while (gfn < end && !bench_is_private(data, gfn)) {
		if (gfn >= range->start && gfn < range->end)
			gfn = range->end;
		else if (store->pattern != PATTERN_UNIFORM)
			gfn++;
		else
			gfn = gfn < range->start ? range->start : end;
	}
	return gfn < end ? gfn : end;
}

struct tracker_store bench_tracker_store(const struct bench_store *store)
{
	return (struct tracker_store) {
		.is_private = bench_is_private,
		.next_private = bench_next_private,
		.data = store,
	};
}
