/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The faults that the trackers of the patch thread had as they were posted.  A tracker
 * can be given any set of them, so that one fault can be looked at alone.
 */
#ifndef LPAGE_TRACKER_FAULT_H
#define LPAGE_TRACKER_FAULT_H

enum tracker_fault {
	FAULT_EARLY_RETURN,	/* one hugepage at 2M: returns, and never looks at 1G */
	FAULT_NO_BOUNDS,	/* looks at hugepages that reach out of the memslot */
	FAULT_CLOBBERED_RANGE,	/* clamps the range itself: later memslots get what is left */
	FAULT_PAST_END,		/* compares one entry too many, that after the hugepage */
	FAULT_TAIL_UNSEEN,	/* one hugepage: does not look at what follows the range in it */
	FAULT_NO_INIT,		/* a new memslot counts as uniform, whatever the attributes are */
	NR_TRACKER_FAULTS,
};

#define FAULT_BIT(fault)	(1u << (fault))

/* The name on command lines and of the kept scenario, e.g. "early-return". */
const char *tracker_fault_name(enum tracker_fault fault);

/* What goes wrong, in one line. */
const char *tracker_fault_about(enum tracker_fault fault);

/* The fault called @name; NR_TRACKER_FAULTS if there is none. */
enum tracker_fault tracker_fault_find(const char *name);

#endif /* LPAGE_TRACKER_FAULT_H */
