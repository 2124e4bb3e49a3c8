// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "model/outcome.h"

static const enum access_end end_of[NR_EXPECTED_EXITS] = {
	[EXPECT_NO_EXIT]	= ACCESS_DONE,
	[EXPECT_MEMORY_FAULT]	= ACCESS_MEMORY_FAULT,
	[EXPECT_MMIO]		= ACCESS_MMIO,
};

static bool leaves_meet(const struct step_outcome *outcome, const struct expectation *expect)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (outcome->leaves[level] != expect->leaves[level])
			return false;
	}
	return true;
}

static u64 pages_touched(const struct step_outcome *outcome)
{
	u64 pages = 0;
	int end;

	for (end = 0; end < NR_ACCESS_ENDS; end++)
		pages += outcome->ends[end];
	return pages;
}

static bool exits_meet(const struct step_outcome *outcome, const struct expectation *expect)
{
	u64 pages = outcome->ends[end_of[expect->exit]];

	return expect->pages ? pages == expect->pages :
			       pages && pages == pages_touched(outcome);
}

bool outcome_meets(const struct step_outcome *outcome, const struct step *step)
{
	const struct expectation *expect = &step->expect;

	if (expect->exit)
		return exits_meet(outcome, expect);
	if (expect->dirty)
		return outcome->dirty == expect->dirty;
	return leaves_meet(outcome, expect);
}

/* Append " 4K xN" and so on, or what stands for none. */
static void write_leaves(const u64 leaves[NR_LEVELS], char text[OUTCOME_TEXT_MAX])
{
	enum level level;
	size_t len = 0;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (leaves[level])
			len += snprintf(text + len, OUTCOME_TEXT_MAX - len, "%s%s x%llu",
					len ? " " : "", level_name(level),
					(unsigned long long)leaves[level]);
	}
	if (!len)
		snprintf(text, OUTCOME_TEXT_MAX, "no leaf");
}

void outcome_expected(const struct step *step, char text[OUTCOME_TEXT_MAX])
{
	const struct expectation *expect = &step->expect;
	u64 leaves[NR_LEVELS] = { };
	enum level level;

	if (expect->exit && expect->pages) {
		snprintf(text, OUTCOME_TEXT_MAX, "%s of %u pages",
			 access_end_name(end_of[expect->exit]), expect->pages);
	} else if (expect->exit) {
		snprintf(text, OUTCOME_TEXT_MAX, "%s of each page",
			 access_end_name(end_of[expect->exit]));
	} else if (expect->dirty) {
		snprintf(text, OUTCOME_TEXT_MAX, "%u dirty pages", expect->dirty);
	} else {
		for (level = LEVEL_4K; level < NR_LEVELS; level++)
			leaves[level] = expect->leaves[level];
		write_leaves(leaves, text);
	}
}

void outcome_found(const struct step_outcome *outcome, const struct step *step,
		   char text[OUTCOME_TEXT_MAX])
{
	if (step->expect.exit)
		snprintf(text, OUTCOME_TEXT_MAX, "%llu of %llu pages",
			 (unsigned long long)outcome->ends[end_of[step->expect.exit]],
			 (unsigned long long)pages_touched(outcome));
	else if (step->expect.dirty)
		snprintf(text, OUTCOME_TEXT_MAX, "%llu", (unsigned long long)outcome->dirty);
	else
		write_leaves(outcome->leaves, text);
}

struct step_outcome outcome_of_model(const struct mapping_model *model)
{
	struct step_outcome outcome = model->outcome;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		outcome.leaves[level] = mapping_model_count(model, level);
	return outcome;
}
