/* SPDX-License-Identifier: GPL-2.0-only */
/* What a STEP_EXPECT looks at: of the model, or of KVM. */
#ifndef LPAGE_OUTCOME_H
#define LPAGE_OUTCOME_H

#include "model/mapping_model.h"

/* Room for what is expected, or there, as text. */
#define OUTCOME_TEXT_MAX	80

/* True if @outcome is what @step, a STEP_EXPECT, expects. */
bool outcome_meets(const struct step_outcome *outcome, const struct step *step);

/* Write what @step expects, or what there is of that kind in @outcome, into @text. */
void outcome_expected(const struct step *step, char text[OUTCOME_TEXT_MAX]);
void outcome_found(const struct step_outcome *outcome, const struct step *step,
		   char text[OUTCOME_TEXT_MAX]);

/* What the model says by now. */
struct step_outcome outcome_of_model(const struct mapping_model *model);

#endif /* LPAGE_OUTCOME_H */
