// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "model/scenario_check.h"
#include "model/step_rules.h"

/* The first gfn of [@gfn, @end) that belongs to no memslot; @end if there is none. */
static u64 first_hole(const struct mapping_model *model, u64 gfn, u64 end)
{
	const struct model_slot *slot;

	while (gfn < end) {
		slot = mapping_model_slot_at(model, gfn);
		if (!slot)
			return gfn;
		gfn = model_slot_end(slot);
	}
	return end;
}

/* KVM cannot emulate an instruction that it cannot read, so MMIO must not be executed. */
static bool check_execute(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	u64 end = step_gfn(step) + step_pages(step);
	u64 gfn;

	for (gfn = first_hole(model, step_gfn(step), end); gfn < end;
	     gfn = first_hole(model, gfn + 1, end)) {
		if (!attr_map_is_private(model->attrs, gfn))
			return complain(complaint, "a memslot, or private memory, to execute from");
	}
	return true;
}

bool check_touch(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	if (!range_is_legal(step, complaint))
		return false;
	if (step->size > SCENARIO_MAX_TOUCH)
		return complain(complaint, "a size of at most %lluM", SCENARIO_MAX_TOUCH >> 20);

	return step->access != ACCESS_EXECUTE || check_execute(model, step, complaint);
}

void apply_touch(struct mapping_model *model, const struct step *step)
{
	u64 gfn = step_gfn(step);
	u64 end = gfn + step_pages(step);

	memset(model->outcome.ends, 0, sizeof(model->outcome.ends));
	for (; gfn < end; gfn++)
		model->outcome.ends[mapping_model_access(model, gfn, step->access)]++;
}

bool check_prefault(const struct mapping_model *model, const struct step *step,
		    const struct complaint *complaint)
{
	return range_is_legal(step, complaint);
}

void apply_prefault(struct mapping_model *model, const struct step *step)
{
	u64 stopped;

	mapping_model_prefault(model, step_gfn(step), step_pages(step), &stopped);
}
