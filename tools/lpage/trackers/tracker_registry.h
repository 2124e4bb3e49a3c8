/* SPDX-License-Identifier: GPL-2.0-only */
/* All trackers by name: those of the patch thread, and what else is linked in. */
#ifndef LPAGE_TRACKER_REGISTRY_H
#define LPAGE_TRACKER_REGISTRY_H

#include <stddef.h>

#include "tracker.h"

/* As posted in the thread, with the bugs it had, and with these corrected. */
extern const struct tracker_ops tracker_v8_posted;
extern const struct tracker_ops tracker_v8_corrected;
extern const struct tracker_ops tracker_refined_posted;
extern const struct tracker_ops tracker_refined_corrected;
extern const struct tracker_ops tracker_updated_posted;
extern const struct tracker_ops tracker_updated_corrected;
extern const struct tracker_ops tracker_merged;

#define TRACKERS_MAX	16

/* Add @ops to the list. Aborts if it is full or the name is taken. */
void tracker_register(const struct tracker_ops *ops);

/* Makes the tracker @ops, a variable, known to any program it is linked into. */
#define TRACKER(ops)						\
	__attribute__((constructor)) static void register_##ops(void)	\
	{							\
		tracker_register(&(ops));			\
	}

/* The trackers in order, from 0; NULL after the last. */
const struct tracker_ops *tracker_nth(size_t n);

/* The tracker called @name; NULL if there is none. */
const struct tracker_ops *tracker_find(const char *name);

#endif /* LPAGE_TRACKER_REGISTRY_H */
