// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "model/legality.h"

bool complain(const struct complaint *complaint, const char *fmt, ...)
{
	va_list args;
	int len;

	len = snprintf(complaint->text, complaint->size, "expected ");
	if ((size_t)len < complaint->size) {
		va_start(args, fmt);
		vsnprintf(complaint->text + len, complaint->size - len, fmt, args);
		va_end(args);
	}
	return false;
}

bool range_is_legal(const struct step *step, const struct complaint *complaint)
{
	if (!step->size)
		return complain(complaint, "a size above 0");

	if (step->gpa < SCENARIO_MIN_GPA || step->gpa >= SCENARIO_MAX_GPA ||
	    step->size > SCENARIO_MAX_GPA - step->gpa)
		return complain(complaint, "a range between %lluG and %lluG",
				SCENARIO_MIN_GPA >> 30, SCENARIO_MAX_GPA >> 30);
	return true;
}

const struct model_slot *slot_named(const struct mapping_model *model,
				    const struct step *step,
				    const struct complaint *complaint)
{
	const struct model_slot *slot = mapping_model_slot(model, step->slot);

	if (!slot)
		complain(complaint, "a memslot %u to be there", step->slot);
	return slot;
}

const struct model_slot *slot_around(const struct mapping_model *model,
				     const struct step *step,
				     const struct complaint *complaint)
{
	const struct model_slot *slot;

	if (!range_is_legal(step, complaint))
		return NULL;

	slot = mapping_model_slot_at(model, step_gfn(step));
	if (slot && step_gfn(step) + step_pages(step) <= model_slot_end(slot))
		return slot;

	complain(complaint, "a range inside one memslot");
	return NULL;
}

const struct model_slot *slot_changeable(const struct mapping_model *model,
					 const struct step *step,
					 const struct complaint *complaint)
{
	const struct model_slot *slot = slot_named(model, step, complaint);

	if (!slot || !slot->gmem)
		return slot;

	complain(complaint, "a memslot without guest_memfd");
	return NULL;
}

const struct model_slot *slot_reachable(const struct mapping_model *model,
					const struct step *step,
					const struct complaint *complaint)
{
	const struct model_slot *slot = slot_around(model, step, complaint);

	if (!slot || !model_slot_is_gmem_only(slot))
		return slot;

	complain(complaint, "a memslot with memory that the host can reach");
	return NULL;
}

bool are_host_pages(const struct model_slot *slot, const struct step *step,
		    enum level level, const struct complaint *complaint)
{
	u64 page = slot->hva_page + step_gfn(step) - slot->base_gfn;

	if ((page | step_pages(step)) & (level_pages(level) - 1))
		return complain(complaint, "whole %s pages of the host", level_name(level));
	return true;
}
