// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "suspect.h"

static void add(struct suspects *suspects, const struct tracker_ops *ops, unsigned int bugs)
{
	suspects->ops[suspects->nr] = *ops;
	suspects->ops[suspects->nr++].bugs = bugs;
}

static void add_pairs(struct suspects *suspects, enum tracker_bug bug)
{
	const struct tracker_ops *ops;
	size_t i;

	suspects->paired = true;
	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (!(ops->bugs & bug_bit(bug)))
			continue;
		add(suspects, ops, ops->bugs);
		add(suspects, ops, bug_bit(bug));
	}
}

bool suspects_init(struct suspects *suspects, const struct options *options)
{
	const struct tracker_ops *ops = options->tracker;
	bool has_bug = options->bug != NR_TRACKER_BUGS;

	*suspects = (struct suspects) { .wrong = options->wrong };
	if (ops && has_bug)
		add(suspects, ops, bug_bit(options->bug));
	else if (ops)
		add(suspects, ops, ops->bugs);
	else if (has_bug)
		add_pairs(suspects, options->bug);

	if (!suspects->nr)
		fprintf(stderr, "lpage: which tracker? (-t TRACKER, -f FAULT; see lpage list)\n");
	return suspects->nr;
}

bool suspects_are_wrong(const struct suspects *suspects, const struct scenario *scenario)
{
	struct tracker_diff diff, last = { };
	size_t i;

	for (i = 0; i < suspects->nr; i++) {
		if (!tracker_vm_run(&suspects->ops[i], scenario, &diff))
			return false;
		if (suspects->wrong && diff.wrong != suspects->wrong)
			return false;
		if (suspects->paired && i % 2 && diff.wrong != last.wrong)
			return false;
		last = diff;
	}
	return true;
}
