/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the model knows of each kind of step, NAME of scenario/step_kind.h:
 *
 * check_NAME()	True if @step is possible now; if not, @complaint says what was expected.
 *		The answer depends on memslots, attributes and modes, never on leaves.
 * apply_NAME()	Apply @step, which is possible, to memslots, attributes and leaves.
 */
#ifndef LPAGE_STEP_RULES_H
#define LPAGE_STEP_RULES_H

#include "model/legality.h"

#define STEP_RULES(id, name, weight, when, cost, traits)					\
	bool check_##name(const struct mapping_model *model, const struct step *step,		\
			  const struct complaint *complaint);					\
	void apply_##name(struct mapping_model *model, const struct step *step);

STEP_KINDS(STEP_RULES)

struct step_rules {
	bool (*check)(const struct mapping_model *model, const struct step *step,
		      const struct complaint *complaint);
	void (*apply)(struct mapping_model *model, const struct step *step);
};

/* Those of the kind @op. */
const struct step_rules *step_rules(enum step_op op);

#endif /* LPAGE_STEP_RULES_H */
