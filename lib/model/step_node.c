// SPDX-License-Identifier: GPL-2.0-only
#include "model/scenario_model.h"
#include "model/step_rules.h"

bool check_place(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	return true;
}

/* It says where memory lies, not what is mapped. */
void apply_place(struct mapping_model *model, const struct step *step)
{
}

/*
 * Another process is a child, from which anonymous memory is kept for as long as it lives.  With
 * hugetlb that cannot be undone: MADV_DOFORK refuses it.
 */
static bool can_be_kept_from_children(const struct mapping_model *model,
				      const struct complaint *complaint)
{
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (backing_kind_is_anonymous(slot->backing) &&
		    backing_kind_unit(slot->backing) > LEVEL_4K)
			return complain(complaint, "no %s memory to be there",
					backing_kind_name(slot->backing));
	}
	return true;
}

/*
 * Of transparent hugepages, all of it moves that the host has ever made one of.  A policy that
 * begins or ends inside 2M would announce all of the 2M, see scenario_model_split().
 */
bool check_migrate(const struct mapping_model *model, const struct step *step,
		   const struct complaint *complaint)
{
	const struct model_slot *slot = slot_reachable(model, step, complaint);

	if (!slot || !are_host_pages(slot, step, model_slot_moves_at(slot), complaint))
		return false;
	if (step->migrate == MIGRATE_MBIND && !are_host_pages(slot, step, LEVEL_2M, complaint))
		return false;
	return step->migrate != MIGRATE_OTHER_PROCESS ||
	       can_be_kept_from_children(model, complaint);
}

void apply_migrate(struct mapping_model *model, const struct step *step)
{
	scenario_model_migrate(model, step_gfn(step), step_pages(step));
}

bool check_evacuate(const struct mapping_model *model, const struct step *step,
		    const struct complaint *complaint)
{
	return true;
}

void apply_evacuate(struct mapping_model *model, const struct step *step)
{
	scenario_model_evacuate(model);
}
