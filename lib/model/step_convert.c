// SPDX-License-Identifier: GPL-2.0-only
#include "model/step_rules.h"

#define MAX_GUEST_GPA	(256ull << 40)	/* what the guest can name in KVM_HC_MAP_GPA_RANGE */

bool check_convert(const struct mapping_model *model, const struct step *step,
		   const struct complaint *complaint)
{
	/* Below lies the memory that the guest runs from. */
	if (step->gpa < SCENARIO_MIN_GPA)
		return complain(complaint, "a range above %lluG", SCENARIO_MIN_GPA >> 30);
	if (!step->size)
		return complain(complaint, "a size above 0");
	if (step->gpa + step->size < step->gpa)
		return complain(complaint, "a range that ends below 2^64");
	if (step->by_guest && step->gpa + step->size > MAX_GUEST_GPA)
		return complain(complaint, "a range below 2^48 for the guest to name");
	return true;
}

void apply_convert(struct mapping_model *model, const struct step *step)
{
	u64 gfn = step_gfn(step);

	mapping_model_convert(model, gfn, gfn + step_pages(step), step->private);
}
