// SPDX-License-Identifier: GPL-2.0-only
#include "model/step_rules.h"

bool check_log(const struct mapping_model *model, const struct step *step,
	       const struct complaint *complaint)
{
	return slot_changeable(model, step, complaint);
}

void apply_log(struct mapping_model *model, const struct step *step)
{
	mapping_model_log(model, step->slot, step->on);
}

/* Protection by hand is for bitmaps; with rings nothing would be protected at first. */
static bool has_bitmaps(const struct mapping_model *model, const struct complaint *complaint)
{
	return model->rings ? complain(complaint, "no dirty_ring before it") : true;
}

/* So that what was protected in one way never has to be told from the other. */
bool check_manual_protect(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	const struct model_slot *slot;

	if (!has_bitmaps(model, complaint))
		return false;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->logged)
			return complain(complaint, "no memslot to be logged, %u is", slot->id);
	}
	return true;
}

void apply_manual_protect(struct mapping_model *model, const struct step *step)
{
	model->protect = step->protect;
}

static bool is_logged(const struct model_slot *slot, const struct complaint *complaint)
{
	if (!slot)
		return false;

	return slot->logged ? true : complain(complaint, "a memslot that is logged");
}

bool check_dirty(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	return is_logged(slot_named(model, step, complaint), complaint);
}

void apply_dirty(struct mapping_model *model, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(model, step->slot);
	u64 page;

	model->outcome.dirty = 0;
	for (page = 0; page < slot->npages; page++)
		model->outcome.dirty += mapping_model_is_dirty(slot, slot->base_gfn + page);
	mapping_model_get_log(model, step->slot);
}

bool check_clear(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	return has_bitmaps(model, complaint) &&
	       is_logged(slot_around(model, step, complaint), complaint);
}

void apply_clear(struct mapping_model *model, const struct step *step)
{
	mapping_model_clear_log(model, step_gfn(step), step_pages(step));
}

/* The VM is made anew, which nothing may be lost by; it is so from its beginning for KVM, too. */
bool check_dirty_ring(const struct mapping_model *model, const struct step *step,
		      const struct complaint *complaint)
{
	const u64 end = SCENARIO_MAX_GPA >> GFN_SHIFT;

	if (!has_bitmaps(model, complaint))
		return false;
	if (model->slots)
		return complain(complaint, "no memslot yet, there is %u", model->slots->id);
	if (attr_map_find(model->attrs, 0, end, true) < end)
		return complain(complaint, "no private memory yet");
	return model->protect == PROTECT_AUTOMATIC ? true :
	       complain(complaint, "manual_protect to be off");
}

/* A page is in the log, and protected once it was read, just as with PROTECT_AUTOMATIC. */
void apply_dirty_ring(struct mapping_model *model, const struct step *step)
{
	model->rings = true;
}
