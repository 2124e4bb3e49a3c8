// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include <linux/kernel.h>

#include "test_util.h"
#include "sparsebit.h"

#include "mapping_model.h"

struct mapping_model *mapping_model_alloc(const struct kernel_traits *traits)
{
	struct mapping_model *model = calloc(1, sizeof(*model));

	TEST_ASSERT(model, "out of memory");
	model->traits = *traits;
	model->attrs = attr_map_alloc();

	/* Objects below this number are the backings that all memslots share. */
	model->nr_objects = NR_BACKING_KINDS;
	return model;
}

static void slot_free(struct model_slot *slot)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		sparsebit_free(&slot->leaves[level]);
	sparsebit_free(&slot->host_huge);
	free(slot);
}

void mapping_model_free(struct mapping_model *model)
{
	if (!model)
		return;

	while (model->slots) {
		struct model_slot *slot = model->slots;

		model->slots = slot->next;
		slot_free(slot);
	}
	attr_map_free(model->attrs);
	page_tags_free(&model->tags);
	free(model);
}

static u64 slot_end(const struct model_slot *slot)
{
	return slot->base_gfn + slot->npages;
}

struct model_slot *mapping_model_slot_at(const struct mapping_model *model, u64 gfn)
{
	struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (gfn >= slot->base_gfn && gfn < slot_end(slot))
			return slot;
	}
	return NULL;
}

struct model_slot *mapping_model_slot(const struct mapping_model *model, u32 id)
{
	struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->id == id)
			return slot;
	}
	return NULL;
}

bool mapping_model_overlaps(const struct mapping_model *model, u64 gfn, u64 npages, u32 but)
{
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->id != but && gfn < slot_end(slot) && slot->base_gfn < gfn + npages)
			return true;
	}
	return false;
}

/* kvm_alloc_memslot_metadata(): the range lies in the memslot, gfn and host address agree. */
static bool fits_in_slot(const struct model_slot *slot, u64 start, enum level level)
{
	u64 offset = level_pages(level) - 1;

	return start >= slot->base_gfn && start + level_pages(level) <= slot_end(slot) &&
	       !((slot->base_gfn ^ slot->hva_page) & offset);
}

bool model_slot_is_gmem_only(const struct model_slot *slot)
{
	return slot->backing == BACKING_GUEST_MEMFD;
}

/* Which 2M of the host's addresses @gfn of @slot lies in. */
static u64 host_2m(const struct model_slot *slot, u64 gfn)
{
	return (slot->hva_page + gfn - slot->base_gfn) >> level_shift(LEVEL_2M);
}

bool model_slot_host_huge(const struct model_slot *slot, u64 gfn)
{
	return sparsebit_is_set(slot->host_huge, host_2m(slot, gfn));
}

void model_slot_set_host(struct model_slot *slot, u64 start, u64 end, bool huge)
{
	u64 first = host_2m(slot, start);
	u64 nr = host_2m(slot, end - 1) - first + 1;

	if (huge)
		sparsebit_set_num(slot->host_huge, first, nr);
	else
		sparsebit_clear_num(slot->host_huge, first, nr);
}

u64 model_slot_next_host(const struct model_slot *slot, u64 gfn)
{
	u64 next = (host_2m(slot, gfn) + 1) << level_shift(LEVEL_2M);

	return min(next - slot->hva_page + slot->base_gfn, slot_end(slot));
}

/* host_pfn_mapping_level(): what the host's page tables say of the address of @gfn. */
static enum level host_level(const struct model_slot *slot, u64 gfn)
{
	if (!backing_kind_splits(slot->backing))
		return backing_kind_level(slot->backing);

	return model_slot_host_huge(slot, gfn) ? LEVEL_2M : LEVEL_4K;
}

/*
 * guest_memfd backs what is private, and the shared side, too, of a memslot that has
 * nothing else: kvm_memslot_is_gmem_only() in kvm_mmu_max_mapping_level().
 */
static enum level backing_level(const struct mapping_model *model, const struct model_slot *slot,
				u64 gfn)
{
	if (!attr_map_is_private(model->attrs, gfn) && !model_slot_is_gmem_only(slot))
		return host_level(slot, gfn);

	return slot->gmem ? model->traits.gmem_level : LEVEL_4K;
}

enum level mapping_model_max_level(const struct mapping_model *model,
				   const struct model_slot *slot, u64 gfn)
{
	enum level level = backing_level(model, slot, gfn);

	/* kvm_mmu_hugepage_adjust(): writes must be seen page by page. */
	if (slot->logged)
		return LEVEL_4K;

	for (; level > LEVEL_4K; level--) {
		if (fits_in_slot(slot, level_round(gfn, level), level) &&
		    !attr_map_is_mixed(model->attrs, gfn, level))
			break;
	}
	return level;
}

static enum level slot_leaf(const struct model_slot *slot, u64 gfn)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (sparsebit_is_set(slot->leaves[level], gfn >> level_shift(level)))
			return level;
	}
	return LEVEL_NONE;
}

enum level mapping_model_leaf(const struct mapping_model *model, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);

	return slot ? slot_leaf(slot, gfn) : LEVEL_NONE;
}

u64 mapping_model_count(const struct mapping_model *model, enum level level)
{
	const struct model_slot *slot;
	u64 nr = 0;

	for (slot = model->slots; slot; slot = slot->next)
		nr += sparsebit_num_set(slot->leaves[level]);
	return nr;
}

/* Remove the leaves of @level that overlap [@start, @end), which is not empty. */
static void zap_level(struct model_slot *slot, u64 start, u64 end, enum level level)
{
	u64 first = start >> level_shift(level);
	u64 last = (end - 1) >> level_shift(level);

	sparsebit_clear_num(slot->leaves[level], first, last - first + 1);
}

static void zap_slot(struct model_slot *slot, u64 start, u64 end)
{
	enum level level;

	start = max(start, slot->base_gfn);
	end = min(end, slot_end(slot));
	if (start >= end)
		return;

	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		zap_level(slot, start, end, level);
}

void mapping_model_zap(struct mapping_model *model, u64 start, u64 end)
{
	struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next)
		zap_slot(slot, start, end);
}

/* kvm_tdp_mmu_map(): a new leaf takes the place of the page table that was there. */
static void install(struct model_slot *slot, u64 gfn, enum level level)
{
	u64 start = level_round(gfn, level);

	zap_slot(slot, start, start + level_pages(level));
	sparsebit_set(slot->leaves[level], gfn >> level_shift(level));
}

/* kvm_tdp_mmu_try_split_huge_pages(): one leaf becomes a table full of smaller ones. */
static void split_leaf(struct model_slot *slot, u64 gfn, enum level from)
{
	u64 start = level_round(gfn, from);
	enum level to = from - 1;

	sparsebit_clear(slot->leaves[from], start >> level_shift(from));
	sparsebit_set_num(slot->leaves[to], start >> level_shift(to),
			  level_pages(from) >> level_shift(to));
}

/* Returns how an access ends before anything is mapped. */
static enum access_end access_end(const struct mapping_model *model,
				  const struct model_slot *slot, u64 gfn)
{
	if (attr_map_is_private(model->attrs, gfn) && !(slot && slot->gmem))
		return ACCESS_MEMORY_FAULT;

	return slot ? ACCESS_DONE : ACCESS_MMIO;
}

enum access_end mapping_model_access(struct mapping_model *model, u64 gfn, enum access access)
{
	struct model_slot *slot = mapping_model_slot_at(model, gfn);
	enum access_end end = access_end(model, slot, gfn);
	enum level level;

	if (end != ACCESS_DONE)
		return end;

	level = slot_leaf(slot, gfn);
	if (level == LEVEL_NONE)
		install(slot, gfn, mapping_model_max_level(model, slot, gfn));
	else if (slot->logged && access == ACCESS_WRITE)
		for (; level > LEVEL_4K; level--)
			split_leaf(slot, gfn, level);

	return ACCESS_DONE;
}

/*
 * kvm_tdp_map_page() does all that a fault does even if the page is mapped: other than an
 * access, it makes small leaves huge where that has become possible.
 */
static void prefault_page(struct mapping_model *model, u64 gfn)
{
	struct model_slot *slot = mapping_model_slot_at(model, gfn);
	enum level level = mapping_model_max_level(model, slot, gfn);

	if (slot_leaf(slot, gfn) < level)
		install(slot, gfn, level);
	while (slot_leaf(slot, gfn) > level)
		split_leaf(slot, gfn, slot_leaf(slot, gfn));
}

int mapping_model_prefault(struct mapping_model *model, u64 gfn, u64 npages, u64 *stopped)
{
	u64 end = gfn + npages;
	enum level level;

	while (gfn < end) {
		*stopped = gfn;
		switch (access_end(model, mapping_model_slot_at(model, gfn), gfn)) {
		case ACCESS_MEMORY_FAULT:
			return EFAULT;
		case ACCESS_MMIO:
			return ENOENT;
		default:
			prefault_page(model, gfn);
			level = mapping_model_leaf(model, gfn);
			gfn = level_round(gfn, level) + level_pages(level);
		}
	}
	return 0;
}

struct model_slot *mapping_model_add_slot(struct mapping_model *model, const struct step *step)
{
	struct model_slot *slot = calloc(1, sizeof(*slot));
	enum level level;

	TEST_ASSERT(slot, "out of memory");
	slot->id = step->slot;
	slot->base_gfn = step->gpa >> GFN_SHIFT;
	slot->npages = step->size >> GFN_SHIFT;
	slot->hva_page = step->hva >> GFN_SHIFT;
	slot->backing = step->backing;
	slot->gmem = step->gmem || model_slot_is_gmem_only(slot);
	slot->shared_object = backing_kind_pages(step->backing) ? step->backing :
								  model->nr_objects++;
	slot->private_object = model->nr_objects++;
	/* Converted or not, it is the same page. */
	if (model_slot_is_gmem_only(slot))
		slot->shared_object = slot->private_object;
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		slot->leaves[level] = sparsebit_alloc();
	slot->host_huge = sparsebit_alloc();
	if (backing_kind_splits(slot->backing))
		model_slot_set_host(slot, slot->base_gfn, slot_end(slot),
				    backing_kind_level(slot->backing) == LEVEL_2M);

	slot->next = model->slots;
	model->slots = slot;
	return slot;
}

/* The leaves that go with a memslot: kvm_arch_flush_shadow_memslot(). */
static void zap_deleted(struct mapping_model *model, struct model_slot *slot)
{
	if (model->traits.delete_zaps_all)
		mapping_model_zap(model, 0, GFN_END);
	else
		zap_slot(slot, slot->base_gfn, slot_end(slot));
}

void mapping_model_delete_slot(struct mapping_model *model, u32 id)
{
	struct model_slot **link = &model->slots;
	struct model_slot *slot;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	slot = *link;
	TEST_ASSERT(slot, "No memslot %u to delete", id);

	zap_deleted(model, slot);
	*link = slot->next;
	slot_free(slot);
}

void mapping_model_move_slot(struct mapping_model *model, u32 id, u64 gfn)
{
	struct model_slot *slot = mapping_model_slot(model, id);

	TEST_ASSERT(slot, "No memslot %u to move", id);
	/* kvm_set_memory_region(): nothing to change, so nothing is zapped either. */
	if (slot->base_gfn == gfn)
		return;

	zap_deleted(model, slot);
	slot->base_gfn = gfn;
}

void mapping_model_convert(struct mapping_model *model, u64 start, u64 end, bool private)
{
	/* kvm_vm_set_mem_attributes(): nothing to do, so nothing is zapped either. */
	if (attr_map_has(model->attrs, start, end, private))
		return;

	mapping_model_zap(model, start, end);
	attr_map_set(model->attrs, start, end, private);
}

static void split_slot(struct model_slot *slot)
{
	enum level level;

	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		while (sparsebit_any_set(slot->leaves[level]))
			split_leaf(slot, sparsebit_first_set(slot->leaves[level]) <<
				   level_shift(level), level);
	}
}

/*
 * What happens to a memslot's leaves when dirty logging ends.  They were 4K while it
 * lasted; now ranges that may be huge again are either zapped, to be faulted in huge
 * (up to 6.12), or become huge at once (kvm_tdp_mmu_recover_huge_pages()).
 */
static void recover_slot(struct mapping_model *model, struct model_slot *slot)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		u64 gfn = level_round(slot->base_gfn + level_pages(level) - 1, level);

		for (; gfn + level_pages(level) <= slot_end(slot); gfn += level_pages(level)) {
			u64 first = gfn >> level_shift(level - 1);
			u64 nr = level_pages(level) >> level_shift(level - 1);

			if (mapping_model_max_level(model, slot, gfn) < level ||
			    sparsebit_is_clear_num(slot->leaves[level - 1], first, nr))
				continue;
			if (model->traits.unlog_promotes)
				install(slot, gfn, level);
			else
				zap_slot(slot, gfn, gfn + level_pages(level));
		}
	}
}

void mapping_model_log(struct mapping_model *model, u32 id, bool on)
{
	struct model_slot *slot = mapping_model_slot(model, id);

	TEST_ASSERT(slot, "No memslot %u to log", id);
	if (slot->logged == on)
		return;

	slot->logged = on;
	if (!on)
		recover_slot(model, slot);
	else if (model->traits.log_splits_eagerly)
		split_slot(slot);
}

u64 model_slot_shared_page(const struct model_slot *slot, u64 gfn)
{
	u64 page = slot->hva_page + gfn - slot->base_gfn;
	u64 real = backing_kind_pages(slot->backing);

	if (model_slot_is_gmem_only(slot))
		return model_slot_private_page(slot, gfn);

	return real ? page % real : page;
}

u64 model_slot_private_page(const struct model_slot *slot, u64 gfn)
{
	return gfn - slot->base_gfn;
}

u64 mapping_model_tag(const struct mapping_model *model, const struct model_slot *slot, u64 gfn)
{
	if (attr_map_is_private(model->attrs, gfn))
		return page_tags_get(&model->tags, slot->private_object,
				     model_slot_private_page(slot, gfn));

	return page_tags_get(&model->tags, slot->shared_object, model_slot_shared_page(slot, gfn));
}

void mapping_model_set_tag(struct mapping_model *model, const struct model_slot *slot, u64 gfn,
			   u64 tag)
{
	if (attr_map_is_private(model->attrs, gfn))
		page_tags_set(&model->tags, slot->private_object,
			      model_slot_private_page(slot, gfn), tag);
	else
		page_tags_set(&model->tags, slot->shared_object,
			      model_slot_shared_page(slot, gfn), tag);
}
