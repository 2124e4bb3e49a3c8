/* SPDX-License-Identifier: GPL-2.0-only */
/* The trackers under test: a scenario is of interest if it shows that all are wrong. */
#ifndef LPAGE_SUSPECT_H
#define LPAGE_SUSPECT_H

#include "lpage.h"
#include "tracker_registry.h"
#include "tracker_vm.h"

struct suspects {
	struct tracker_ops ops[2 * TRACKERS_MAX];
	size_t nr;
	enum tracker_wrong wrong;	/* TRACKER_RIGHT: wrong in any way */
	bool paired;	/* ops[n] as posted, ops[n + 1] the same with one bug alone */
};

/*
 * Choose them by -t and -f:
 *   -t     this tracker
 *   -t -f  this tracker with this bug and no other
 *   -f     all that were posted with this bug: each as it was, and with no other bug
 * Returns false, with the reason on stderr, if there is nobody to suspect.
 */
bool suspects_init(struct suspects *suspects, const struct options *options);

/* True if @scenario proves each of @suspects wrong as asked for, a pair in the same way. */
bool suspects_are_wrong(const struct suspects *suspects, const struct scenario *scenario);

#endif /* LPAGE_SUSPECT_H */
