// SPDX-License-Identifier: GPL-2.0-only
#include "test_util.h"

#include "scenario/step_kind.h"

#define KIND(id, word, often, whenever, spent, properties)	\
	[STEP_##id] = {						\
		.name = #word,					\
		.weight = often,				\
		.when = STEP_##whenever,			\
		.cost = STEP_COST_##spent,			\
		.traits = properties,				\
	},

static const struct step_kind kind[NR_STEP_OPS] = { STEP_KINDS(KIND) };

const struct step_kind *step_kind(enum step_op op)
{
	TEST_ASSERT(op < NR_STEP_OPS, "No such kind of step: %d", op);
	return &kind[op];
}
