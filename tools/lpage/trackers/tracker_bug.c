// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "tracker_bug.h"

static const struct {
	const char *name;
	const char *about;
} bug_text[NR_TRACKER_BUGS] = {
	[BUG_EARLY_RETURN] = {
		"early-return",
		"a conversion inside one 2M hugepage never reaches the 1G flag"
	},
	[BUG_NO_BOUNDS] = {
		"no-bounds",
		"entries of hugepages that reach out of the memslot are looked at"
	},
	[BUG_CLOBBERED_RANGE] = {
		"clobbered-range",
		"after the first memslot nothing is left of the range for the others"
	},
	[BUG_PAST_END] = {
		"past-end",
		"the first page after a hugepage decides whether the hugepage is mixed"
	},
	[BUG_TAIL_UNSEEN] = {
		"tail-unseen",
		"inside one hugepage the pages after the range are not looked at"
	},
	[BUG_NO_INIT] = {
		"no-init",
		"a new memslot over mixed attributes counts as uniform"
	},
};

const char *tracker_bug_name(enum tracker_bug bug)
{
	return bug_text[bug].name;
}

const char *tracker_bug_about(enum tracker_bug bug)
{
	return bug_text[bug].about;
}

enum tracker_bug tracker_bug_find(const char *name)
{
	enum tracker_bug bug;

	for (bug = 0; bug < NR_TRACKER_BUGS; bug++) {
		if (!strcmp(bug_text[bug].name, name))
			break;
	}
	return bug;
}
