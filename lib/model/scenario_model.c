// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "test_util.h"

#include "model/scenario_model.h"
#include "model/step_rules.h"

static struct model_slot *slot_at(struct mapping_model *model, u64 gfn)
{
	struct model_slot *slot = mapping_model_slot_at(model, gfn);

	TEST_ASSERT(slot, "No memslot at gfn 0x%llx", (unsigned long long)gfn);
	return slot;
}

static void zap(struct mapping_model *model, u64 gfn, u64 npages)
{
	mapping_model_zap(model, gfn, gfn + npages);
}

/*
 * Before folios are split the hugepage around them is unmapped from the host's addresses, whether
 * anything is mapped there or not, and KVM zaps what a memslot has at these.  @gfn is in it.
 */
static void zap_unmapped(struct mapping_model *model, const struct model_slot *slot, u64 gfn)
{
	enum level level = model->traits.gmem_level;
	u64 first = level_round(model_slot_private_page(slot, gfn), level);
	u64 start = max(first, slot->gmem_page) - slot->gmem_page;
	u64 end = min(first + level_pages(level) - slot->gmem_page, slot->npages);

	zap(model, slot->base_gfn + start, end - start);
}

void scenario_model_punch(struct mapping_model *model, u64 gfn, u64 npages)
{
	const struct model_slot *slot = slot_at(model, gfn);
	u64 page = model_slot_private_page(slot, gfn);
	u64 last = page + npages - 1;

	zap(model, gfn, npages);
	/* No other memslots have the file's own pages at the host's addresses. */
	if (model_slot_is_gmem_only(slot)) {
		if (gmem_file_hole_unmaps(slot->file, page, page, last + 1))
			zap_unmapped(model, slot, gfn);
		if (gmem_file_hole_unmaps(slot->file, last, page, last + 1))
			zap_unmapped(model, slot, gfn + npages - 1);
	}
	gmem_file_punch(slot->file, page, page + npages);
	page_tags_clear(&model->tags, slot->private_object, page, page + npages);
}

void scenario_model_allocate(struct mapping_model *model, u64 gfn, u64 npages)
{
	const struct model_slot *slot = slot_at(model, gfn);
	u64 page = model_slot_private_page(slot, gfn);

	gmem_file_allocate(slot->file, page, page + npages);
}

/* Forget what the pages of the shared side hold; the last page may come before the first. */
static void forget_shared(struct mapping_model *model, const struct model_slot *slot, u64 gfn,
			  u64 npages)
{
	u64 real = backing_kind_pages(slot->backing);
	u64 page = model_slot_shared_page(slot, gfn);
	u32 object = slot->shared_object;

	if (real && npages >= real) {
		page_tags_clear(&model->tags, object, 0, real);
		return;
	}
	page_tags_clear(&model->tags, object, page, page + npages);
	if (real && page + npages > real)
		page_tags_clear(&model->tags, object, 0, page + npages - real);
}

/* Zap what @slot maps of the 2M of the host's addresses around @gfn. */
static void zap_host_2m(struct mapping_model *model, const struct model_slot *slot, u64 gfn)
{
	u64 page = slot->hva_page + gfn - slot->base_gfn;
	u64 before = min(page - level_round(page, LEVEL_2M), gfn - slot->base_gfn);

	mapping_model_zap(model, gfn - before, model_slot_next_host(slot, gfn));
}

/* The host splits the hugepage around @gfn, if there is one. */
static void split_host(struct mapping_model *model, struct model_slot *slot, u64 gfn)
{
	if (!backing_kind_splits(slot->backing) || !model_slot_host_huge(slot, gfn))
		return;

	zap_host_2m(model, slot, gfn);
	model_slot_set_host(slot, gfn, gfn + 1, false);
}

/* The host splits the hugepage that has @gfn in it, but does not begin with it. */
static void split_host_before(struct mapping_model *model, struct model_slot *slot, u64 gfn)
{
	u64 page = slot->hva_page + gfn - slot->base_gfn;

	if (page != level_round(page, LEVEL_2M))
		split_host(model, slot, gfn);
}

/* What of [@gfn, @gfn + @npages) lies in a hugepage in part only: the ends of the range. */
static void split_host_ends(struct mapping_model *model, struct model_slot *slot, u64 gfn,
			    u64 npages)
{
	u64 end = slot->hva_page + gfn + npages - slot->base_gfn;

	split_host_before(model, slot, gfn);
	if (end != level_round(end, LEVEL_2M))
		split_host(model, slot, gfn + npages - 1);
}

/* Memory that is lost comes back in small pages. */
static void lose_host(struct mapping_model *model, struct model_slot *slot, u64 gfn, u64 npages)
{
	split_host_ends(model, slot, gfn, npages);
	zap(model, gfn, npages);
	if (backing_kind_splits(slot->backing))
		model_slot_set_host(slot, gfn, gfn + npages, false);
}

void scenario_model_dontneed(struct mapping_model *model, u64 gfn, u64 npages)
{
	struct model_slot *slot = slot_at(model, gfn);

	lose_host(model, slot, gfn, npages);
	if (backing_kind_is_anonymous(slot->backing))
		forget_shared(model, slot, gfn, npages);
}

/*
 * A mapping of the host begins at @gfn of @slot, or ends before it: where that is inside 2M,
 * the host announces all of the 2M, huge or not (split_huge_pmd_address()).
 */
static void announce_edge(struct mapping_model *model, const struct model_slot *slot, u64 gfn)
{
	u64 page = slot->hva_page + gfn - slot->base_gfn;

	/* The page before lies in the same 2M, and in the memslot even where @gfn is its end. */
	if (page != level_round(page, LEVEL_2M))
		zap_host_2m(model, slot, max(gfn, slot->base_gfn + 1) - 1);
}

void scenario_model_split(struct mapping_model *model, u64 gfn, u64 npages, enum split_way way)
{
	struct model_slot *slot = slot_at(model, gfn);

	announce_edge(model, slot, gfn);
	announce_edge(model, slot, gfn + npages);
	split_host_ends(model, slot, gfn, npages);
	if (way == SPLIT_MPROTECT)
		zap(model, gfn, npages);
}

void scenario_model_collapse(struct mapping_model *model, u64 gfn, u64 npages)
{
	struct model_slot *slot = slot_at(model, gfn);
	u64 end = gfn + npages;

	model->collapsed |= 1u << slot->backing;
	for (; gfn < end; gfn = model_slot_next_host(slot, gfn))
		scenario_model_host_changed(model, slot, gfn, true);
}

void scenario_model_host_changed(struct mapping_model *model, struct model_slot *slot, u64 gfn,
				 bool huge)
{
	if (model_slot_host_huge(slot, gfn) == huge)
		return;

	zap_host_2m(model, slot, gfn);
	model_slot_set_host(slot, gfn, gfn + 1, huge);
}

/*
 * Zap what @slot maps of the @npages file pages from @page on, in a file of @real pages
 * that is mapped again and again.
 */
static void zap_repeated(struct mapping_model *model, const struct model_slot *slot, u64 page,
			 u64 npages, u64 real)
{
	/* Count from one repetition before, which may reach into the memslot, too. */
	u64 first = slot->hva_page + real;
	u64 last = first + slot->npages;
	u64 offset;

	for (offset = page; offset < last; offset += real) {
		u64 start = max(offset, first);
		u64 end = min(offset + npages, last);

		if (start < end)
			zap(model, slot->base_gfn + start - first, end - start);
	}
}

/* Zap leaves wherever the pages are mapped that @origin has at [@gfn, @gfn + @npages). */
static void zap_host_pages(struct mapping_model *model, const struct model_slot *origin, u64 gfn,
			   u64 npages)
{
	u64 real = backing_kind_pages(origin->backing);
	u64 page = model_slot_shared_page(origin, gfn);
	const struct model_slot *slot;

	if (!real)
		zap(model, gfn, npages);

	for (slot = real ? model->slots : NULL; slot; slot = slot->next) {
		if (slot->backing == origin->backing)
			zap_repeated(model, slot, page, min(npages, real), real);
	}
}

void scenario_model_discard(struct mapping_model *model, u64 gfn, u64 npages)
{
	struct model_slot *origin = slot_at(model, gfn);

	/* A file that is not repeated belongs to one memslot. */
	if (!backing_kind_pages(origin->backing))
		lose_host(model, origin, gfn, npages);

	zap_host_pages(model, origin, gfn, npages);
	forget_shared(model, origin, gfn, npages);
}

void scenario_model_migrate(struct mapping_model *model, u64 gfn, u64 npages)
{
	zap_host_pages(model, slot_at(model, gfn), gfn, npages);
}

void scenario_model_evacuate(struct mapping_model *model)
{
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (!model_slot_is_gmem_only(slot))
			scenario_model_migrate(model, slot->base_gfn, slot->npages);
	}
}

void scenario_model_fork(struct mapping_model *model, u64 gfn, u64 tag)
{
	const struct model_slot *slot = slot_at(model, gfn);

	if (!backing_kind_is_anonymous(slot->backing))
		page_tags_set(&model->tags, slot->shared_object,
			      model_slot_shared_page(slot, gfn), tag);

	/* Not only the memslot of @gfn: fork() copies them all. */
	for (slot = model->slots; slot; slot = slot->next) {
		if (backing_kind_is_anonymous(slot->backing))
			zap(model, slot->base_gfn, slot->npages);
	}
}

static bool all_mapped(const struct mapping_model *model, u64 gfn, u64 end)
{
	for (; gfn < end; gfn++) {
		if (mapping_model_leaf(model, gfn) == LEVEL_NONE)
			return false;
	}
	return true;
}

bool scenario_model_takes_memory(const struct mapping_model *model, const struct step *step)
{
	u64 gfn = step_gfn(step);
	u64 end = gfn + step_pages(step);

	switch (step->op) {
	case STEP_CONVERT:
		return step->private && !attr_map_has(model->attrs, gfn, end, true);
	case STEP_PUNCH:
		return false;
	case STEP_TOUCH:
		return step->access != ACCESS_READ || !all_mapped(model, gfn, end);
	default:
		return true;
	}
}

void scenario_model_step(struct mapping_model *model, const struct step *step)
{
	step_rules(step->op)->apply(model, step);
}
