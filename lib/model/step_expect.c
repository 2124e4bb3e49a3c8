// SPDX-License-Identifier: GPL-2.0-only
#include "model/step_rules.h"

static bool expects_leaves(const struct expectation *expect)
{
	enum level level = LEVEL_4K;

	while (level < NR_LEVELS && !expect->leaves[level])
		level++;
	return level < NR_LEVELS;
}

/* Whether it is true is another matter: see outcome_meets(). */
bool check_expect(const struct mapping_model *model, const struct step *step,
		  const struct complaint *complaint)
{
	const struct expectation *expect = &step->expect;

	if (expect->no_leaf + expects_leaves(expect) + !!expect->exit + !!expect->dirty != 1)
		return complain(complaint, "one of leaves, an exit and dirty pages");
	if (expect->huge && (expect->exit || expect->dirty))
		return complain(complaint, "leaves where guest_memfd is huge");
	if (expect->pages && !expect->exit)
		return complain(complaint, "what there is x%u of", expect->pages);
	return true;
}

/* A claim changes nothing. */
void apply_expect(struct mapping_model *model, const struct step *step)
{
}
