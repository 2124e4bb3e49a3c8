// SPDX-License-Identifier: GPL-2.0-only
#include "test_util.h"

#include "model/step_rules.h"

#define ROW(id, name, weight, when, cost, traits)	\
	[STEP_##id] = { check_##name, apply_##name },

static const struct step_rules rules[NR_STEP_OPS] = { STEP_KINDS(ROW) };

const struct step_rules *step_rules(enum step_op op)
{
	TEST_ASSERT(op < NR_STEP_OPS, "No such kind of step: %d", op);
	return &rules[op];
}
