// SPDX-License-Identifier: GPL-2.0-only
#include "model/scenario_model.h"
#include "model/step_rules.h"

static bool has_guest_memfd(const struct mapping_model *model, const struct step *step,
			    const struct complaint *complaint)
{
	const struct model_slot *slot = slot_around(model, step, complaint);

	if (!slot)
		return false;

	return slot->gmem ? true : complain(complaint, "a memslot with guest_memfd");
}

bool check_punch(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	return has_guest_memfd(model, step, complaint);
}

void apply_punch(struct mapping_model *model, const struct step *step)
{
	scenario_model_punch(model, step_gfn(step), step_pages(step));
}

bool check_allocate(const struct mapping_model *model, const struct step *step,
		    const struct complaint *complaint)
{
	return has_guest_memfd(model, step, complaint);
}

void apply_allocate(struct mapping_model *model, const struct step *step)
{
	scenario_model_allocate(model, step_gfn(step), step_pages(step));
}
