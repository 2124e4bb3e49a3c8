// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an update costs: entries examined and nanoseconds, for each tracker, pattern of
 * attributes, address space and size of conversion.  One line of tab-separated values for
 * each; bench.sh makes tables and a plot of them.
 */
#include <stdio.h>
#include <time.h>

#include <linux/kernel.h>

#include "bench_store.h"
#include "scenario/random.h"
#include "tracker_registry.h"
#include "tracker_scan.h"

/*
 * Each cost is the mean over this many places.  They are the same places inside a 1G
 * hugepage in every address space, so that equal work gives equal numbers.
 */
#define NR_PLACES	64

/*
 * A short update is timed many times in a row: the clock itself takes as long.  The best
 * of some tries counts, as other work on the machine only ever adds to it.
 */
#define SHORT_NS	20000
#define REPEAT_SHORT	16
#define TRIES_SHORT	4
#define TRIES_LONG	2

struct cost {
	double entries;
	double ns;
};

struct bench {
	struct bench_store store;
	struct tracker_store view;
	struct tracker *tracker;
	struct tracker_slot *slot;
	u64 space;			/* in pages */
	u64 random;
};

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void update(struct bench *bench)
{
	const struct tracker_range *range = &bench->store.range;

	tracker_update(bench->tracker, range->start, range->end, range->private);
}

/* The same update again examines the same and changes nothing. */
static double time_updates(struct bench *bench, unsigned int tries, unsigned int repeat)
{
	double best = 0;
	unsigned int i, j;

	for (i = 0; i < tries; i++) {
		double start = now_ns();
		double ns;

		for (j = 0; j < repeat; j++)
			update(bench);
		ns = (now_ns() - start) / repeat;
		if (!i || ns < best)
			best = ns;
	}
	return best;
}

static void add_update(struct bench *bench, struct cost *cost)
{
	u64 examined = bench->tracker->examined;
	double ns;

	update(bench);
	cost->entries += bench->tracker->examined - examined;

	ns = time_updates(bench, TRIES_LONG, 1);
	cost->ns += ns < SHORT_NS ? time_updates(bench, TRIES_SHORT, REPEAT_SHORT) : ns;
}

/* Set the flags that overlap [@start, @end) as they are while only the pattern is there. */
static void reset_flags(struct bench *bench, u64 start, u64 end)
{
	bool mixed = bench->store.pattern != PATTERN_UNIFORM;
	enum level level;
	u64 gfn;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		for (gfn = level_round(start, level); gfn < end; gfn += level_pages(level))
			lpage_info_set_mixed(tracker_info(bench->tracker, bench->slot, gfn, level),
					     mixed);
	}
}

/* A range of @npages, aligned to its size, in any 1G hugepage. */
static void choose_range(struct bench *bench, u64 npages)
{
	u64 gigs = bench->space >> level_shift(LEVEL_1G);
	u64 offset = random_next(&bench->random) % level_pages(LEVEL_1G);
	u64 gfn = level_pages(LEVEL_1G) * (random_next(&bench->random) % gigs) + offset;

	bench->store.range.start = gfn / npages * npages;
	bench->store.range.end = bench->store.range.start + npages;
}

/* Convert there and back at many places; cost[private] is the mean of each. */
static void measure(struct bench *bench, u64 npages, struct cost *cost)
{
	struct tracker_range *range = &bench->store.range;
	int i, private;

	bench->random = 1;
	for (i = 0; i < NR_PLACES; i++) {
		choose_range(bench, npages);
		for (private = 1; private >= 0; private--) {
			range->private = private;
			add_update(bench, &cost[private]);
		}
		reset_flags(bench, range->start, range->end);
	}
	for (private = 0; private < 2; private++) {
		cost[private].entries /= NR_PLACES;
		cost[private].ns /= NR_PLACES;
	}
}

static void measure_sizes(struct bench *bench)
{
	static const u64 sizes[] = { 4ull << 10, 2ull << 20, 64ull << 20, 1ull << 30 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct cost cost[2] = { };

		measure(bench, sizes[i] >> GFN_SHIFT, cost);
		printf("%s\t%s\t%llu\t%llu\t%.2f\t%.1f\t%.2f\t%.1f\n",
		       bench->tracker->ops->name, pattern_name(bench->store.pattern),
		       (unsigned long long)bench->space << GFN_SHIFT,
		       (unsigned long long)sizes[i], cost[1].entries, cost[1].ns,
		       cost[0].entries, cost[0].ns);
	}
	fflush(stdout);
}

static void bench_tracker(const struct tracker_ops *tracker, enum pattern pattern, u64 space)
{
	struct tracker_ops ops = *tracker;
	struct bench bench = { .store.pattern = pattern, .space = space };

	/* The flags are set right below: scanning terabytes is not what is measured. */
	ops.bugs |= bug_bit(BUG_NO_INIT);
	bench.view = bench_tracker_store(&bench.store);
	bench.tracker = tracker_alloc(&ops, &bench.view);
	bench.slot = tracker_add_slot(bench.tracker, 1, 0, space);
	reset_flags(&bench, 0, space);
	measure_sizes(&bench);
	tracker_free(bench.tracker);
}

int main(void)
{
	const struct tracker_ops *ops;
	enum pattern pattern;
	u64 space;
	size_t i;

	printf("#tracker\tpattern\tspace\tsize\tentries_private\tns_private\t"
	       "entries_shared\tns_shared\n");
	for (pattern = 0; pattern < NR_PATTERNS; pattern++) {
		for (space = 1ull << 30; space <= 4ull << 40; space *= 4) {
			for (i = 0; (ops = tracker_nth(i)); i++)
				bench_tracker(ops, pattern, space >> GFN_SHIFT);
		}
	}
	return 0;
}
