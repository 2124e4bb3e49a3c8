// SPDX-License-Identifier: GPL-2.0-only
#include "model/scenario_check.h"
#include "model/step_rules.h"

#define MAX_HVA		(1024ull << 20)
#define MAX_OFFSET	(1024ull << 20)

/* The hugepages that the host has to find for a memslot of @npages at @hva_page. */
static u64 own_hugepages(u64 hva_page, u64 npages, enum level level)
{
	return (level_round(hva_page + npages + level_pages(level) - 1, level) -
		level_round(hva_page, level)) >> level_shift(level);
}

/* A memslot that has hugetlb pages of its own leaves enough of them for others. */
static bool check_own_hugepages(const struct mapping_model *model, const struct step *step,
				const struct complaint *complaint)
{
	enum level level = backing_kind_level(step->backing);
	u64 max = level == LEVEL_1G ? 1 : SCENARIO_MAX_OWN_2M;
	u64 nr = own_hugepages(step->hva >> GFN_SHIFT, step_pages(step), level);
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->backing == step->backing)
			nr += own_hugepages(slot->hva_page, slot->npages, level);
	}
	return nr <= max ? true : complain(complaint, "at most %llu pages of %s memory at a time",
					   (unsigned long long)max,
					   backing_kind_name(step->backing));
}

/* There is enough of the memory that the memslot asks for. */
static bool check_memory(const struct mapping_model *model, const struct step *step,
			 const struct complaint *complaint)
{
	if (step->backing == BACKING_GUEST_MEMFD && step->gmem)
		return complain(complaint, "guest_memfd to be named once");
	if (step->offset && !step->gmem)
		return complain(complaint, "an offset only with guest_memfd");
	if (step->offset >= MAX_OFFSET)
		return complain(complaint, "an offset below 1G");
	if (step->on && (step->backing == BACKING_GUEST_MEMFD || step->gmem))
		return complain(complaint, "no guest_memfd in a memslot that is logged");
	if (backing_kind_unit(step->backing) == LEVEL_4K && step->size > SCENARIO_MAX_SMALL)
		return complain(complaint, "a size of at most %lluM for %s memory",
				SCENARIO_MAX_SMALL >> 20, backing_kind_name(step->backing));
	if (backing_kind_unit(step->backing) > LEVEL_4K && !backing_kind_pages(step->backing))
		return check_own_hugepages(model, step, complaint);

	return true;
}

bool check_memslot(const struct mapping_model *model, const struct step *step,
		   const struct complaint *complaint)
{
	if (!step->slot || step->slot > SCENARIO_MAX_SLOT)
		return complain(complaint, "a memslot number from 1 to %u", SCENARIO_MAX_SLOT);
	if (mapping_model_slot(model, step->slot))
		return complain(complaint, "a number that no memslot has, %u is in use",
				step->slot);
	if (!range_is_legal(step, complaint))
		return false;
	if (step->hva >= MAX_HVA)
		return complain(complaint, "an hva offset below 1G");
	if (!check_memory(model, step, complaint))
		return false;
	if (mapping_model_overlaps(model, step_gfn(step), step_pages(step), 0))
		return complain(complaint, "a range that no other memslot overlaps");
	return true;
}

void apply_memslot(struct mapping_model *model, const struct step *step)
{
	mapping_model_add_slot(model, step);
	mapping_model_log(model, step->slot, step->on);
}

bool check_delete(const struct mapping_model *model, const struct step *step,
		  const struct complaint *complaint)
{
	return slot_named(model, step, complaint);
}

void apply_delete(struct mapping_model *model, const struct step *step)
{
	mapping_model_delete_slot(model, step->slot);
}

bool check_move(const struct mapping_model *model, const struct step *step,
		const struct complaint *complaint)
{
	const struct model_slot *slot = slot_changeable(model, step, complaint);
	struct step moved = *step;

	if (!slot)
		return false;

	moved.size = slot->npages << GFN_SHIFT;
	if (!range_is_legal(&moved, complaint))
		return false;
	if (mapping_model_overlaps(model, step_gfn(&moved), slot->npages, slot->id))
		return complain(complaint, "a range that no other memslot overlaps");
	return true;
}

void apply_move(struct mapping_model *model, const struct step *step)
{
	mapping_model_move_slot(model, step->slot, step_gfn(step));
}
