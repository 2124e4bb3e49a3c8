// SPDX-License-Identifier: GPL-2.0-only
#include "model/scenario_model.h"
#include "model/step_rules.h"

bool check_dontneed(const struct mapping_model *model, const struct step *step,
		    const struct complaint *complaint)
{
	const struct model_slot *slot = slot_reachable(model, step, complaint);

	return slot && are_host_pages(slot, step, backing_kind_unit(slot->backing), complaint);
}

void apply_dontneed(struct mapping_model *model, const struct step *step)
{
	scenario_model_dontneed(model, step_gfn(step), step_pages(step));
}

/*
 * A hole in a part of a hugepage of the page cache splits that, and so takes all of it away,
 * however it is mapped (truncate_inode_partial_folio()); where there is one nobody can tell.
 */
static enum level discard_unit(const struct mapping_model *model, enum backing_kind kind)
{
	return model->collapsed >> kind & 1 ? LEVEL_2M : backing_kind_unit(kind);
}

bool check_discard(const struct mapping_model *model, const struct step *step,
		   const struct complaint *complaint)
{
	const struct model_slot *slot = slot_reachable(model, step, complaint);

	if (!slot)
		return false;
	if (backing_kind_is_anonymous(slot->backing))
		return complain(complaint, "a memslot with a file behind it");
	return are_host_pages(slot, step, discard_unit(model, slot->backing), complaint);
}

void apply_discard(struct mapping_model *model, const struct step *step)
{
	scenario_model_discard(model, step_gfn(step), step_pages(step));
}

bool check_fork(const struct mapping_model *model, const struct step *step,
		const struct complaint *complaint)
{
	struct step page = *step;

	page.size = GFN_BYTES;
	return slot_reachable(model, &page, complaint);
}

/* What a child does to leaves; that its write is visible in a file is not said here. */
void apply_fork(struct mapping_model *model, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);
	u64 page = model_slot_shared_page(slot, gfn);

	scenario_model_fork(model, gfn, page_tags_get(&model->tags, slot->shared_object, page));
}

/* The memslot that holds the whole range of @step, if there are transparent hugepages. */
static const struct model_slot *slot_that_splits(const struct mapping_model *model,
						 const struct step *step,
						 const struct complaint *complaint)
{
	const struct model_slot *slot = slot_around(model, step, complaint);

	if (!slot || backing_kind_splits(slot->backing))
		return slot;

	complain(complaint, "a memslot with memory that may be split and collapsed");
	return NULL;
}

bool check_split(const struct mapping_model *model, const struct step *step,
		 const struct complaint *complaint)
{
	return slot_that_splits(model, step, complaint);
}

void apply_split(struct mapping_model *model, const struct step *step)
{
	scenario_model_split(model, step_gfn(step), step_pages(step), step->split);
}

bool check_collapse(const struct mapping_model *model, const struct step *step,
		    const struct complaint *complaint)
{
	const struct model_slot *slot = slot_that_splits(model, step, complaint);

	return slot && are_host_pages(slot, step, LEVEL_2M, complaint);
}

void apply_collapse(struct mapping_model *model, const struct step *step)
{
	scenario_model_collapse(model, step_gfn(step), step_pages(step));
}
