// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include <linux/kernel.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/mapping_model.h"

const char *access_end_name(enum access_end end)
{
	static const char * const name[] = {
		[ACCESS_DONE]		= "no exit",
		[ACCESS_MEMORY_FAULT]	= "KVM_EXIT_MEMORY_FAULT",
		[ACCESS_MMIO]		= "KVM_EXIT_MMIO",
		[ACCESS_INTERNAL_ERROR]	= "KVM_EXIT_INTERNAL_ERROR",
		[ACCESS_VM_DEAD]	= "a dead VM (EIO)",
		[ACCESS_EFAULT]		= "EFAULT",
		[ACCESS_HWPOISON]	= "EHWPOISON",
	};

	return name[end];
}

struct mapping_model *mapping_model_alloc(const struct kernel_traits *traits)
{
	struct mapping_model *model = calloc(1, sizeof(*model));

	TEST_ASSERT(model, "out of memory");
	model->traits = *traits;
	model->attrs = attr_map_alloc();
	model->tables = page_tables_alloc();
	model->eager_split = traits->log_splits_eagerly;
	model->nx_hugepages = traits->nx_hugepages;

	/* Objects below this number are the backings that all memslots share. */
	model->nr_objects = NR_BACKING_KINDS;
	return model;
}

static void slot_free(struct model_slot *slot)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		sparsebit_free(&slot->leaves[level]);
		sparsebit_free(&slot->was_mixed[level]);
	}
	gmem_file_free(slot->file);
	sparsebit_free(&slot->dirty);
	sparsebit_free(&slot->protected);
	sparsebit_free(&slot->locked);
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
	page_tables_free(model->tables);
	page_tags_free(&model->tags);
	free(model);
}

struct model_slot *mapping_model_slot_at(const struct mapping_model *model, u64 gfn)
{
	struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (gfn >= slot->base_gfn && gfn < model_slot_end(slot))
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
		if (slot->id != but && gfn < model_slot_end(slot) && slot->base_gfn < gfn + npages)
			return true;
	}
	return false;
}

/* kvm_alloc_memslot_metadata(): the range lies in the memslot, gfn and host address agree. */
static bool fits_in_slot(const struct model_slot *slot, u64 start, enum level level)
{
	u64 offset = level_pages(level) - 1;

	return start >= slot->base_gfn && start + level_pages(level) <= model_slot_end(slot) &&
	       !((slot->base_gfn ^ slot->hva_page) & offset);
}

/* The same for gfn and page in the guest_memfd, whose folios are aligned to their size there. */
static bool fits_in_file(const struct model_slot *slot, u64 gfn, enum level level)
{
	return !((gfn ^ model_slot_private_page(slot, gfn)) & (level_pages(level) - 1));
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

	return min(next - slot->hva_page + slot->base_gfn, model_slot_end(slot));
}

enum level model_slot_moves_at(const struct model_slot *slot)
{
	return backing_kind_splits(slot->backing) ? LEVEL_2M : backing_kind_unit(slot->backing);
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
static bool is_in_file(const struct mapping_model *model, const struct model_slot *slot, u64 gfn)
{
	return attr_map_is_private(model->attrs, gfn) || model_slot_is_gmem_only(slot);
}

/*
 * kvm_gmem_get_pfn() tells the order of the folio if that agrees with the gfns and is all bound
 * to the memslot, which are all or none of the hugepage's gfns if they agree.
 */
static enum level file_level(const struct model_slot *slot, u64 gfn)
{
	enum level level;

	if (!slot->file)
		return LEVEL_4K;

	level = gmem_file_level(slot->file, model_slot_private_page(slot, gfn));
	while (level > LEVEL_4K && !fits_in_file(slot, gfn, level))
		level--;
	return level;
}

static bool may_be_huge(const struct mapping_model *model, const struct model_slot *slot, u64 gfn,
			enum level level)
{
	return fits_in_slot(slot, level_round(gfn, level), level) &&
	       !attr_map_is_mixed(model->attrs, gfn, level) &&
	       !sparsebit_is_set(slot->was_mixed[level], gfn >> level_shift(level));
}

enum level mapping_model_max_level(const struct mapping_model *model,
				   const struct model_slot *slot, u64 gfn)
{
	enum level level = is_in_file(model, slot, gfn) ? file_level(slot, gfn) :
							  host_level(slot, gfn);

	/* kvm_mmu_hugepage_adjust(): writes must be seen page by page. */
	if (slot->logged)
		return LEVEL_4K;

	while (level > LEVEL_4K && !may_be_huge(model, slot, gfn, level))
		level--;
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
	end = min(end, model_slot_end(slot));
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

/* The leaf, or the leaves, on these pages let writes through: make_spte(). */
static void make_writable(struct model_slot *slot, u64 gfn, u64 npages)
{
	sparsebit_clear_num(slot->protected, gfn - slot->base_gfn, npages);
	sparsebit_clear_num(slot->locked, gfn - slot->base_gfn, npages);
	if (slot->logged)
		sparsebit_set_num(slot->dirty, gfn - slot->base_gfn, npages);
}

/* A new leaf takes the place of the page table that was there. */
static void place_leaf(struct mapping_model *model, struct model_slot *slot, u64 gfn,
		       enum level level)
{
	u64 start = level_round(gfn, level);

	zap_slot(slot, start, start + level_pages(level));
	if (level > LEVEL_4K)
		page_tables_remove(model->tables, start, level);
	sparsebit_set(slot->leaves[level], gfn >> level_shift(level));
}

/* One leaf becomes a table full of smaller ones, as writable as it was: make_small_spte(). */
static void split_leaf(struct model_slot *slot, u64 gfn, enum level from)
{
	u64 start = level_round(gfn, from);
	enum level to = from - 1;

	sparsebit_clear(slot->leaves[from], start >> level_shift(from));
	sparsebit_set_num(slot->leaves[to], start >> level_shift(to),
			  level_pages(from) >> level_shift(to));
}

/*
 * Walk down to @level at @gfn, making the tables that are missing on the way; @slot is NULL if
 * there is no memslot.  A hugepage that only its execution prevents is tracked.
 */
static void walk_to(struct mapping_model *model, struct model_slot *slot, u64 gfn,
		    enum level level, bool execute)
{
	enum level wanted = execute ? mapping_model_max_level(model, slot, gfn) : LEVEL_4K;
	enum level from;

	for (from = LEVEL_1G; from > level; from--) {
		if (page_tables_has(model->tables, gfn, from))
			continue;
		if (slot && slot_leaf(slot, gfn) == from)
			split_leaf(slot, gfn, from);
		page_tables_add(model->tables, gfn, from, execute, execute && wanted >= from);
	}
}

/* disallowed_hugepage_adjust(): no hugepage takes the place of a table that was executed in. */
static enum level fault_level(const struct mapping_model *model, const struct model_slot *slot,
			      u64 gfn)
{
	enum level level = mapping_model_max_level(model, slot, gfn);

	while (model->nx_hugepages && level > LEVEL_4K &&
	       page_tables_disallows(model->tables, gfn, level))
		level--;
	return level;
}

/*
 * kvm_tdp_mmu_map(): install what is to map @gfn, or make writable what does.  An instruction
 * that is fetched under the NX mitigation needs a 4K leaf.
 */
static void map_page(struct mapping_model *model, struct model_slot *slot, u64 gfn,
		     enum access access)
{
	bool execute = access == ACCESS_EXECUTE && model->nx_hugepages;
	enum level level = execute ? LEVEL_4K : fault_level(model, slot, gfn);

	if (is_in_file(model, slot, gfn))
		gmem_file_touch(slot->file, model_slot_private_page(slot, gfn));
	walk_to(model, slot, gfn, level, execute);
	if (slot_leaf(slot, gfn) != level)
		place_leaf(model, slot, gfn, level);
	else if (access != ACCESS_WRITE && !model->traits.fault_remaps)
		return;
	make_writable(slot, level_round(gfn, level), level_pages(level));
}

/*
 * A write to a page whose leaf is protected.  fast_page_fault() makes just this leaf writable,
 * but not while only 4K leaves will do, nor if kvm_mmu_slot_gfn_write_protect() has locked it.
 */
static void write_protected_page(struct mapping_model *model, struct model_slot *slot, u64 gfn)
{
	enum level level = slot_leaf(slot, gfn);

	if (sparsebit_is_set(slot->locked, gfn - slot->base_gfn) ||
	    (slot->logged && level > LEVEL_4K))
		map_page(model, slot, gfn, ACCESS_WRITE);
	else
		make_writable(slot, level_round(gfn, level), level_pages(level));
}

/* Returns how an access ends before anything is mapped. */
static enum access_end access_end(const struct mapping_model *model,
				  const struct model_slot *slot, u64 gfn)
{
	if (attr_map_is_private(model->attrs, gfn) && !(slot && slot->gmem))
		return ACCESS_MEMORY_FAULT;

	return slot ? ACCESS_DONE : ACCESS_MMIO;
}

bool mapping_model_guest_stores_code(const struct mapping_model *model, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);

	return slot ? is_in_file(model, slot, gfn) : attr_map_is_private(model->attrs, gfn);
}

enum access_end mapping_model_access(struct mapping_model *model, u64 gfn, enum access access)
{
	struct model_slot *slot = mapping_model_slot_at(model, gfn);
	enum access_end end = access_end(model, slot, gfn);
	enum level level;

	/* MMIO has an entry, too, of 4K. */
	if (end == ACCESS_MMIO)
		walk_to(model, NULL, gfn, LEVEL_4K, false);
	if (end != ACCESS_DONE)
		return end;

	if (access == ACCESS_EXECUTE && mapping_model_guest_stores_code(model, gfn))
		mapping_model_access(model, gfn, ACCESS_WRITE);

	level = slot_leaf(slot, gfn);
	if (level == LEVEL_NONE ||
	    (access == ACCESS_EXECUTE && model->nx_hugepages && level > LEVEL_4K))
		map_page(model, slot, gfn, access);
	else if (access == ACCESS_WRITE && sparsebit_is_set(slot->protected, gfn - slot->base_gfn))
		write_protected_page(model, slot, gfn);

	return ACCESS_DONE;
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
			walk_to(model, NULL, gfn, LEVEL_4K, false);
			return ENOENT;
		default:
			/* Unlike an access, it does all that a fault does even if mapped. */
			map_page(model, mapping_model_slot_at(model, gfn), gfn, ACCESS_READ);
			level = mapping_model_leaf(model, gfn);
			gfn = level_round(gfn, level) + level_pages(level);
		}
	}
	return 0;
}

/* Note the hugepages of @slot that are mixed and overlap [@start, @end), which is not empty. */
static void note_mixed(struct mapping_model *model, struct model_slot *slot, u64 start, u64 end)
{
	enum level level;
	u64 gfn;

	if (!model->traits.mixed_stays_small)
		return;

	start = max(start, slot->base_gfn);
	end = min(end, model_slot_end(slot));
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		for (gfn = level_round(start, level); gfn < end; gfn += level_pages(level)) {
			if (attr_map_is_mixed(model->attrs, gfn, level))
				sparsebit_set(slot->was_mixed[level], gfn >> level_shift(level));
		}
	}
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
	slot->gmem_page = step->offset >> GFN_SHIFT;
	slot->gmem = step->gmem || model_slot_is_gmem_only(slot);
	slot->shared_object = backing_kind_pages(step->backing) ? step->backing :
								  model->nr_objects++;
	slot->private_object = model->nr_objects++;
	/* Converted or not, it is the same page. */
	if (model_slot_is_gmem_only(slot))
		slot->shared_object = slot->private_object;
	if (slot->gmem)
		slot->file = gmem_file_alloc(&model->traits, slot->gmem_page + slot->npages);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		slot->leaves[level] = sparsebit_alloc();
		slot->was_mixed[level] = sparsebit_alloc();
	}
	slot->dirty = sparsebit_alloc();
	slot->protected = sparsebit_alloc();
	slot->locked = sparsebit_alloc();
	slot->host_huge = sparsebit_alloc();
	if (backing_kind_splits(slot->backing))
		model_slot_set_host(slot, slot->base_gfn, model_slot_end(slot),
				    backing_kind_level(slot->backing) == LEVEL_2M);
	note_mixed(model, slot, slot->base_gfn, model_slot_end(slot));

	slot->next = model->slots;
	model->slots = slot;
	return slot;
}

/* kvm_mmu_zap_all_fast(): new roots, with nothing below them. */
static void zap_all(struct mapping_model *model)
{
	mapping_model_zap(model, 0, GFN_END);
	page_tables_remove_all(model->tables);
}

/* The leaves that go with a memslot: kvm_arch_flush_shadow_memslot(). */
static void zap_deleted(struct mapping_model *model, struct model_slot *slot)
{
	if (model->traits.delete_zaps_all)
		zap_all(model);
	else
		zap_slot(slot, slot->base_gfn, model_slot_end(slot));
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
	enum level level;

	TEST_ASSERT(slot, "No memslot %u to move", id);
	/* kvm_set_memory_region(): nothing to change, so nothing is zapped either. */
	if (slot->base_gfn == gfn)
		return;

	zap_deleted(model, slot);
	slot->base_gfn = gfn;
	/* What KVM has noted of it is made anew: kvm_alloc_memslot_metadata(). */
	for (level = LEVEL_4K; level < NR_LEVELS; level++)
		sparsebit_clear_all(slot->was_mixed[level]);
	note_mixed(model, slot, gfn, model_slot_end(slot));
}

void mapping_model_convert(struct mapping_model *model, u64 start, u64 end, bool private)
{
	struct model_slot *slot;

	/* kvm_vm_set_mem_attributes(): nothing to do, so nothing is zapped either. */
	if (attr_map_has(model->attrs, start, end, private))
		return;

	mapping_model_zap(model, start, end);
	attr_map_set(model->attrs, start, end, private);
	for (slot = model->slots; slot; slot = slot->next)
		note_mixed(model, slot, start, end);
}

/* kvm_mmu_slot_try_split_huge_pages() */
static void split_slot(struct mapping_model *model, struct model_slot *slot)
{
	enum level level;
	u64 gfn;

	for (level = LEVEL_1G; level > LEVEL_4K; level--) {
		while (sparsebit_any_set(slot->leaves[level])) {
			gfn = sparsebit_first_set(slot->leaves[level]) << level_shift(level);
			split_leaf(slot, gfn, level);
			page_tables_add(model->tables, gfn, level, false, false);
		}
	}
}

/* The first bit that is set in @bits from @bit on; false if there is none. */
static bool next_set(const struct sparsebit *bits, u64 *bit)
{
	if (sparsebit_is_set(bits, *bit))
		return true;

	/* None is the number 0. */
	*bit = sparsebit_any_set(bits) ? sparsebit_next_set(bits, *bit) : 0;
	return *bit;
}

/* The first page from @gfn on, but before @end, that a leaf maps; @end if there is none. */
static u64 first_mapped(const struct model_slot *slot, u64 gfn, u64 end)
{
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 bit = gfn >> level_shift(level);

		if (next_set(slot->leaves[level], &bit))
			end = min(end, bit << level_shift(level));
	}
	return end;
}

static void copy_protection(struct sparsebit *bits, u64 from, u64 to, u64 npages)
{
	if (sparsebit_is_set(bits, from))
		sparsebit_set_num(bits, to, npages);
	else
		sparsebit_clear_num(bits, to, npages);
}

/* A table becomes a huge leaf, as writable as the first leaf in it: tdp_mmu_make_huge_spte(). */
static void promote(struct mapping_model *model, struct model_slot *slot, u64 gfn,
		    enum level level)
{
	u64 npages = level_pages(level);
	u64 first = first_mapped(slot, gfn, gfn + npages);

	if (first == gfn + npages)
		return;

	copy_protection(slot->protected, first - slot->base_gfn, gfn - slot->base_gfn, npages);
	copy_protection(slot->locked, first - slot->base_gfn, gfn - slot->base_gfn, npages);
	place_leaf(model, slot, gfn, level);
}

/*
 * What happens to a memslot's leaves when dirty logging ends.  They were 4K while it
 * lasted; now tables for ranges that may be huge again are either zapped, so that the ranges
 * are faulted in huge (up to 6.12), or become huge at once (kvm_tdp_mmu_recover_huge_pages()).
 */
static void recover_slot(struct mapping_model *model, struct model_slot *slot)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		u64 gfn = level_round(slot->base_gfn + level_pages(level) - 1, level);
		u64 npages = level_pages(level);

		for (; gfn + npages <= model_slot_end(slot); gfn += npages) {
			if (!page_tables_has(model->tables, gfn, level) ||
			    mapping_model_max_level(model, slot, gfn) < level)
				continue;
			if (model->traits.unlog_promotes) {
				promote(model, slot, gfn, level);
				continue;
			}
			zap_slot(slot, gfn, gfn + level_pages(level));
			page_tables_remove(model->tables, gfn, level);
		}
	}
}

/* kvm_mmu_slot_apply_flags(), and the bitmap of kvm_prepare_memory_region(). */
static void start_log(struct mapping_model *model, struct model_slot *slot)
{
	if (model->protect == PROTECT_INITIALLY_SET) {
		sparsebit_set_num(slot->dirty, 0, slot->npages);
		return;
	}
	if (model->eager_split)
		split_slot(model, slot);
	sparsebit_set_num(slot->protected, 0, slot->npages);
}

void mapping_model_log(struct mapping_model *model, u32 id, bool on)
{
	struct model_slot *slot = mapping_model_slot(model, id);

	TEST_ASSERT(slot, "No memslot %u to log", id);
	if (slot->logged == on)
		return;

	slot->logged = on;
	sparsebit_clear_all(slot->dirty);
	if (on)
		start_log(model, slot);
	else
		recover_slot(model, slot);
}

bool mapping_model_is_dirty(const struct model_slot *slot, u64 gfn)
{
	return sparsebit_is_set(slot->dirty, gfn - slot->base_gfn);
}

/*
 * kvm_arch_mmu_enable_log_dirty_pt_masked() for a page that was dirty: its next write must be
 * noticed.  Only a log that began with all pages dirty has left huge leaves writable till then.
 */
static void protect_page(struct mapping_model *model, struct model_slot *slot, u64 gfn)
{
	enum level level = slot_leaf(slot, gfn);
	u64 start;

	if (level > LEVEL_4K && model->protect == PROTECT_INITIALLY_SET && model->eager_split) {
		walk_to(model, slot, gfn, LEVEL_4K, false);
		level = LEVEL_4K;
	}
	if (level == LEVEL_4K) {
		sparsebit_set(slot->protected, gfn - slot->base_gfn);
	} else if (level > LEVEL_4K && model->protect == PROTECT_INITIALLY_SET) {
		start = level_round(gfn, level) - slot->base_gfn;
		sparsebit_set_num(slot->protected, start, level_pages(level));
		sparsebit_set_num(slot->locked, start, level_pages(level));
	}
}

static void clear_log(struct mapping_model *model, struct model_slot *slot, u64 gfn, u64 npages)
{
	u64 page = gfn - slot->base_gfn;
	u64 end = page + npages;

	for (; page < end && next_set(slot->dirty, &page) && page < end; page++) {
		sparsebit_clear(slot->dirty, page);
		protect_page(model, slot, slot->base_gfn + page);
	}
}

void mapping_model_get_log(struct mapping_model *model, u32 id)
{
	struct model_slot *slot = mapping_model_slot(model, id);

	TEST_ASSERT(slot, "No memslot %u with a log", id);
	if (model->protect == PROTECT_AUTOMATIC)
		clear_log(model, slot, slot->base_gfn, slot->npages);
}

void mapping_model_clear_log(struct mapping_model *model, u64 gfn, u64 npages)
{
	clear_log(model, mapping_model_slot_at(model, gfn), gfn, npages);
}

void mapping_model_set_nx(struct mapping_model *model, bool on)
{
	if (model->nx_hugepages != on)
		zap_all(model);
	model->nx_hugepages = on;
}

u64 mapping_model_nx_share(const struct mapping_model *model, u32 ratio)
{
	u64 nr = page_tables_nr_tracked(model->tables);

	return ratio ? (nr + ratio - 1) / ratio : nr;
}

static void recover_table(struct mapping_model *model, u64 gfn, enum level level)
{
	const struct model_slot *slot = mapping_model_slot_at(model, gfn);

	/* What is logged would be mapped small again anyway. */
	if (slot && slot->logged) {
		page_tables_allow(model->tables, gfn, level);
		return;
	}
	mapping_model_zap(model, gfn, gfn + level_pages(level));
	page_tables_remove(model->tables, gfn, level);
}

u64 mapping_model_recover_nx(struct mapping_model *model, u64 nr)
{
	enum level level;
	u64 gfn, taken;

	for (taken = 0; taken < nr; taken++) {
		if (!page_tables_find_tracked(model->tables, &gfn, &level))
			break;
		recover_table(model, gfn, level);
	}
	return taken;
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
	return slot->gmem_page + gfn - slot->base_gfn;
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
