/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bugs that the trackers of the patch thread had as they were posted.  A tracker
 * can be given any set of them, so that one bug can be looked at alone.
 */
#ifndef LPAGE_TRACKER_BUG_H
#define LPAGE_TRACKER_BUG_H

enum tracker_bug {
	BUG_EARLY_RETURN,	/* one hugepage at 2M: returns, and never looks at 1G */
	BUG_NO_BOUNDS,		/* looks at hugepages that reach out of the memslot */
	BUG_CLOBBERED_RANGE,	/* clamps the range itself: later memslots get what is left */
	BUG_PAST_END,		/* compares one entry too many, that after the hugepage */
	BUG_TAIL_UNSEEN,	/* one hugepage: does not look at what follows the range in it */
	BUG_NO_INIT,		/* a new memslot counts as uniform, whatever the attributes are */
	NR_TRACKER_BUGS,
};

#define bug_bit(bug)	(1u << (bug))

/* The name on command lines and of the kept scenario, e.g. "early-return". */
const char *tracker_bug_name(enum tracker_bug bug);

/* What goes wrong, in one line. */
const char *tracker_bug_about(enum tracker_bug bug);

/* The bug called @name; NR_TRACKER_BUGS if there is none. */
enum tracker_bug tracker_bug_find(const char *name);

#endif /* LPAGE_TRACKER_BUG_H */
