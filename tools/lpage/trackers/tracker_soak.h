/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random work for the trackers that have no bug, compared with the definition.  The
 * address spaces are small (level_bits 1 to 3 instead of 9), so that edges of hugepages
 * and memslots meet in every combination and an update costs next to nothing.
 */
#ifndef LPAGE_TRACKER_SOAK_H
#define LPAGE_TRACKER_SOAK_H

#include "tracker_vm.h"

struct tracker_soak {
	u64 seed;
	u64 updates;		/* how many, for each tracker */
	const struct tracker_ops *only;	/* this tracker alone; NULL: all without a bug */

	/* What was done: */
	u64 done;
	u64 compared;		/* flags of hugepages, all trackers together */
	size_t nr_trackers;

	/* The first difference, and whose it is: */
	struct tracker_diff diff;
	const struct tracker_ops *culprit;
};

/*
 * Run it. Returns true if no tracker ever differed.  After each update the hugepages that
 * overlap the converted range are compared, and every 64 updates all hugepages of all
 * memslots, and whether a tracker looked outside a memslot.
 */
bool tracker_soak_run(struct tracker_soak *soak);

#endif /* LPAGE_TRACKER_SOAK_H */
