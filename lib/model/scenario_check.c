// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include <linux/kernel.h>

#include "model/scenario_check.h"
#include "model/scenario_model.h"

#define MAX_HVA		(1024ull << 20)
#define MAX_GUEST_GPA	(256ull << 40)	/* what the guest can name in KVM_HC_MAP_GPA_RANGE */

/* Where the message goes. */
struct complaint {
	char *text;
	size_t size;
};

/* Note what was expected. Returns false. */
static bool __printf(2, 3) expect(const struct complaint *complaint, const char *fmt, ...)
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

static u64 first_gfn(const struct step *step)
{
	return step->gpa >> GFN_SHIFT;
}

static u64 nr_pages(const struct step *step)
{
	return step->size >> GFN_SHIFT;
}

/* The step's range is not empty and lies where memslots may be. */
static bool check_range(const struct step *step, const struct complaint *complaint)
{
	if (!step->size)
		return expect(complaint, "a size above 0");

	if (step->gpa < SCENARIO_MIN_GPA || step->gpa >= SCENARIO_MAX_GPA ||
	    step->size > SCENARIO_MAX_GPA - step->gpa)
		return expect(complaint, "a range between %lluG and %lluG",
			      SCENARIO_MIN_GPA >> 30, SCENARIO_MAX_GPA >> 30);
	return true;
}

static const struct model_slot *check_slot(const struct mapping_model *model,
					   const struct step *step,
					   const struct complaint *complaint)
{
	const struct model_slot *slot = mapping_model_slot(model, step->slot);

	if (!slot)
		expect(complaint, "a memslot %u to be there", step->slot);
	return slot;
}

/* The memslot that holds the whole range of @step; NULL if none does. */
static const struct model_slot *check_inside(const struct mapping_model *model,
					     const struct step *step,
					     const struct complaint *complaint)
{
	const struct model_slot *slot;

	if (!check_range(step, complaint))
		return NULL;

	slot = mapping_model_slot_at(model, first_gfn(step));
	if (slot && first_gfn(step) + nr_pages(step) <= slot->base_gfn + slot->npages)
		return slot;

	expect(complaint, "a range inside one memslot");
	return NULL;
}

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
	u64 nr = own_hugepages(step->hva >> GFN_SHIFT, nr_pages(step), level);
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->backing == step->backing)
			nr += own_hugepages(slot->hva_page, slot->npages, level);
	}
	return nr <= max ? true : expect(complaint, "at most %llu pages of %s memory at a time",
					 (unsigned long long)max,
					 backing_kind_name(step->backing));
}

/* There is enough of the memory that the memslot asks for. */
static bool check_memory(const struct mapping_model *model, const struct step *step,
			 const struct complaint *complaint)
{
	if (step->backing == BACKING_GUEST_MEMFD && step->gmem)
		return expect(complaint, "guest_memfd to be named once");
	if (step->on && (step->backing == BACKING_GUEST_MEMFD || step->gmem))
		return expect(complaint, "no guest_memfd in a memslot that is logged");
	if (backing_kind_unit(step->backing) == LEVEL_4K && step->size > SCENARIO_MAX_SMALL)
		return expect(complaint, "a size of at most %lluM for %s memory",
			      SCENARIO_MAX_SMALL >> 20, backing_kind_name(step->backing));
	if (backing_kind_unit(step->backing) > LEVEL_4K && !backing_kind_pages(step->backing))
		return check_own_hugepages(model, step, complaint);

	return true;
}

static bool check_memslot(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	if (!step->slot || step->slot > SCENARIO_MAX_SLOT)
		return expect(complaint, "a memslot number from 1 to %u", SCENARIO_MAX_SLOT);
	if (mapping_model_slot(model, step->slot))
		return expect(complaint, "a number that no memslot has, %u is in use", step->slot);
	if (!check_range(step, complaint))
		return false;
	if (step->hva >= MAX_HVA)
		return expect(complaint, "an hva offset below 1G");
	if (!check_memory(model, step, complaint))
		return false;
	if (mapping_model_overlaps(model, first_gfn(step), nr_pages(step), 0))
		return expect(complaint, "a range that no other memslot overlaps");
	return true;
}

static bool check_delete(const struct mapping_model *model, const struct step *step,
			 const struct complaint *complaint)
{
	return check_slot(model, step, complaint);
}

/*
 * A memslot with guest_memfd can be deleted, but neither moved nor logged, see check_memory():
 * __kvm_set_memory_region() (6.12), kvm_set_memory_region() (7.3) and
 * check_memory_region_flags() refuse it.
 */
static const struct model_slot *check_changeable(const struct mapping_model *model,
						 const struct step *step,
						 const struct complaint *complaint)
{
	const struct model_slot *slot = check_slot(model, step, complaint);

	if (!slot || !slot->gmem)
		return slot;

	expect(complaint, "a memslot without guest_memfd");
	return NULL;
}

static bool check_move(const struct mapping_model *model, const struct step *step,
		       const struct complaint *complaint)
{
	const struct model_slot *slot = check_changeable(model, step, complaint);
	struct step moved = *step;

	if (!slot)
		return false;

	moved.size = slot->npages << GFN_SHIFT;
	if (!check_range(&moved, complaint))
		return false;
	if (mapping_model_overlaps(model, first_gfn(&moved), slot->npages, slot->id))
		return expect(complaint, "a range that no other memslot overlaps");
	return true;
}

static bool check_convert(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	/* Below lies the memory that the guest runs from. */
	if (step->gpa < SCENARIO_MIN_GPA)
		return expect(complaint, "a range above %lluG", SCENARIO_MIN_GPA >> 30);
	if (!step->size)
		return expect(complaint, "a size above 0");
	if (step->gpa + step->size < step->gpa)
		return expect(complaint, "a range that ends below 2^64");
	if (step->by_guest && step->gpa + step->size > MAX_GUEST_GPA)
		return expect(complaint, "a range below 2^48 for the guest to name");
	return true;
}

/* The first gfn of [@gfn, @end) that belongs to no memslot; @end if there is none. */
static u64 first_hole(const struct mapping_model *model, u64 gfn, u64 end)
{
	const struct model_slot *slot;

	while (gfn < end) {
		slot = mapping_model_slot_at(model, gfn);
		if (!slot)
			return gfn;
		gfn = slot->base_gfn + slot->npages;
	}
	return end;
}

/* KVM cannot emulate an instruction that it cannot read, so MMIO must not be executed. */
static bool check_execute(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	u64 end = first_gfn(step) + nr_pages(step);
	u64 gfn;

	for (gfn = first_hole(model, first_gfn(step), end); gfn < end;
	     gfn = first_hole(model, gfn + 1, end)) {
		if (!attr_map_is_private(model->attrs, gfn))
			return expect(complaint, "a memslot, or private memory, to execute from");
	}
	return true;
}

static bool check_touch(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	if (!check_range(step, complaint))
		return false;
	if (step->size > SCENARIO_MAX_TOUCH)
		return expect(complaint, "a size of at most %lluM", SCENARIO_MAX_TOUCH >> 20);

	return step->access != ACCESS_EXECUTE || check_execute(model, step, complaint);
}

static bool check_prefault(const struct mapping_model *model, const struct step *step,
			   const struct complaint *complaint)
{
	return check_range(step, complaint);
}

static bool check_gmem(const struct mapping_model *model, const struct step *step,
		       const struct complaint *complaint)
{
	const struct model_slot *slot = check_inside(model, step, complaint);

	if (!slot)
		return false;

	return slot->gmem ? true : expect(complaint, "a memslot with guest_memfd");
}

static bool check_log(const struct mapping_model *model, const struct step *step,
		      const struct complaint *complaint)
{
	return check_changeable(model, step, complaint);
}

/* The memslot that holds the whole range of @step, if the host has a way to its memory. */
static const struct model_slot *check_reachable(const struct mapping_model *model,
						const struct step *step,
						const struct complaint *complaint)
{
	const struct model_slot *slot = check_inside(model, step, complaint);

	if (!slot || !model_slot_is_gmem_only(slot))
		return slot;

	expect(complaint, "a memslot with memory that the host can reach");
	return NULL;
}

/* The host does some things to whole pages of its own only. */
static bool check_host_pages(const struct model_slot *slot, const struct step *step,
			     enum level level, const struct complaint *complaint)
{
	u64 page = slot->hva_page + first_gfn(step) - slot->base_gfn;

	if ((page | nr_pages(step)) & (level_pages(level) - 1))
		return expect(complaint, "whole %s pages of the host", level_name(level));
	return true;
}

static bool check_dontneed(const struct mapping_model *model, const struct step *step,
			   const struct complaint *complaint)
{
	const struct model_slot *slot = check_reachable(model, step, complaint);

	return slot && check_host_pages(slot, step, backing_kind_unit(slot->backing), complaint);
}

/*
 * A hole in a part of a hugepage of the page cache splits that, and so takes all of it away,
 * however it is mapped (truncate_inode_partial_folio()); where there is one nobody can tell.
 */
static enum level discard_unit(const struct mapping_model *model, enum backing_kind kind)
{
	return model->collapsed >> kind & 1 ? LEVEL_2M : backing_kind_unit(kind);
}

static bool check_discard(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	const struct model_slot *slot = check_reachable(model, step, complaint);

	if (!slot)
		return false;
	if (backing_kind_is_anonymous(slot->backing))
		return expect(complaint, "a memslot with a file behind it");
	return check_host_pages(slot, step, discard_unit(model, slot->backing), complaint);
}

static bool check_fork(const struct mapping_model *model, const struct step *step,
		       const struct complaint *complaint)
{
	struct step page = *step;

	page.size = GFN_BYTES;
	return check_reachable(model, &page, complaint);
}

/* The memslot that holds the whole range of @step, if there are transparent hugepages. */
static const struct model_slot *check_splits(const struct mapping_model *model,
					     const struct step *step,
					     const struct complaint *complaint)
{
	const struct model_slot *slot = check_inside(model, step, complaint);

	if (!slot || backing_kind_splits(slot->backing))
		return slot;

	expect(complaint, "a memslot with memory that may be split and collapsed");
	return NULL;
}

static bool check_split(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	return check_splits(model, step, complaint);
}

static bool check_collapse(const struct mapping_model *model, const struct step *step,
			   const struct complaint *complaint)
{
	const struct model_slot *slot = check_splits(model, step, complaint);

	return slot && check_host_pages(slot, step, LEVEL_2M, complaint);
}

/*
 * Another process is a child, from which anonymous memory is kept for as long as it lives.  With
 * hugetlb that cannot be undone: MADV_DOFORK refuses it.
 */
static bool check_kept_from_children(const struct mapping_model *model,
				     const struct complaint *complaint)
{
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (backing_kind_is_anonymous(slot->backing) &&
		    backing_kind_unit(slot->backing) > LEVEL_4K)
			return expect(complaint, "no %s memory to be there",
				      backing_kind_name(slot->backing));
	}
	return true;
}

/*
 * Of transparent hugepages, all of it moves that the host has ever made one of.  A policy that
 * begins or ends inside 2M would announce all of the 2M, see scenario_model_split().
 */
static bool check_migrate(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	const struct model_slot *slot = check_reachable(model, step, complaint);

	if (!slot || !check_host_pages(slot, step, model_slot_moves_at(slot), complaint))
		return false;
	if (step->migrate == MIGRATE_MBIND && !check_host_pages(slot, step, LEVEL_2M, complaint))
		return false;
	return step->migrate != MIGRATE_OTHER_PROCESS ||
	       check_kept_from_children(model, complaint);
}

/* So that what was protected in one way never has to be told from the other. */
static bool check_protect(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	const struct model_slot *slot;

	for (slot = model->slots; slot; slot = slot->next) {
		if (slot->logged)
			return expect(complaint, "no memslot to be logged, %u is", slot->id);
	}
	return true;
}

static bool check_logged(const struct model_slot *slot, const struct complaint *complaint)
{
	if (!slot)
		return false;

	return slot->logged ? true : expect(complaint, "a memslot that is logged");
}

static bool check_dirty(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	return check_logged(check_slot(model, step, complaint), complaint);
}

static bool check_clear(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	return check_logged(check_inside(model, step, complaint), complaint);
}

static bool check_nothing(const struct mapping_model *model, const struct step *step,
			  const struct complaint *complaint)
{
	return true;
}

static bool (* const check[NR_STEP_OPS])(const struct mapping_model *model,
					 const struct step *step,
					 const struct complaint *complaint) = {
	[STEP_MEMSLOT]	= check_memslot,
	[STEP_DELETE]	= check_delete,
	[STEP_MOVE]	= check_move,
	[STEP_CONVERT]	= check_convert,
	[STEP_TOUCH]	= check_touch,
	[STEP_PREFAULT]	= check_prefault,
	[STEP_PUNCH]	= check_gmem,
	[STEP_ALLOCATE]	= check_gmem,
	[STEP_LOG]	= check_log,
	[STEP_DONTNEED]	= check_dontneed,
	[STEP_DISCARD]	= check_discard,
	[STEP_FORK]	= check_fork,
	[STEP_PROTECT]	= check_protect,
	[STEP_DIRTY]	= check_dirty,
	[STEP_CLEAR]	= check_clear,
	[STEP_EAGER_SPLIT]	= check_nothing,
	[STEP_NX_HUGEPAGES]	= check_nothing,
	[STEP_NX_RECOVER]	= check_nothing,
	[STEP_SPLIT]	= check_split,
	[STEP_COLLAPSE]	= check_collapse,
	[STEP_PLACE]	= check_nothing,
	[STEP_MIGRATE]	= check_migrate,
	[STEP_EVACUATE]	= check_nothing,
};

static bool check_pressure(const struct pressure *pressure, const struct complaint *complaint)
{
	if (pressure->times && !pressure->first)
		return expect(complaint, "failing before times");
	if (pressure->first && pressure->room)
		return expect(complaint, "failing or limited, not both");
	return true;
}

static bool is_possible(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	if ((step->gpa | step->size | step->hva | step->pressure.room) & (GFN_BYTES - 1))
		return expect(complaint, "multiples of 4K");

	return check[step->op](model, step, complaint) &&
	       check_pressure(&step->pressure, complaint);
}

bool step_is_possible(const struct mapping_model *model, const struct step *step)
{
	char error[128];
	const struct complaint complaint = { error, sizeof(error) };

	return is_possible(model, step, &complaint);
}

void checker_init(struct checker *checker, const struct kernel_traits *traits)
{
	*checker = (struct checker) { .model = mapping_model_alloc(traits) };
}

void checker_free(struct checker *checker)
{
	mapping_model_free(checker->model);
	*checker = (struct checker) { };
}

bool checker_allows(const struct checker *checker, const struct step *step, char *error,
		    size_t error_size)
{
	const struct complaint complaint = { error, error_size };

	if (!is_possible(checker->model, step, &complaint))
		return false;
	if (step->op == STEP_CONVERT && step->size > SCENARIO_MAX_CONVERTED - checker->converted)
		return expect(&complaint, "at most %lluG of conversions in all",
			      SCENARIO_MAX_CONVERTED >> 30);
	return true;
}

static void count(struct checker *checker, const struct step *step)
{
	if (step->op == STEP_CONVERT)
		checker->converted += step->size;
}

bool checker_step(struct checker *checker, const struct step *step, char *error,
		  size_t error_size)
{
	if (!checker_allows(checker, step, error, error_size))
		return false;

	count(checker, step);
	scenario_model_step(checker->model, step);
	return true;
}

/* True if @step does nothing but install leaves, on which no later step's legality depends. */
static bool only_maps(const struct step *step)
{
	return step->op == STEP_TOUCH || step->op == STEP_PREFAULT;
}

/* Put where the fault is before what was expected. */
static void locate(const char *name, const struct scenario *scenario, size_t nr, char *error,
		   size_t error_size, const char *expected)
{
	unsigned int line = scenario->step[nr].line;

	snprintf(error, error_size, "%s:%zu:1: %s", name, line ? line : nr + 1, expected);
}

bool scenario_check(const struct scenario *scenario, const char *name, char *error,
		    size_t error_size)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct checker checker;
	char expected[128];
	size_t i;

	checker_init(&checker, &traits);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (!checker_allows(&checker, step, expected, sizeof(expected))) {
			locate(name, scenario, i, error, error_size, expected);
			break;
		}
		count(&checker, step);
		if (!only_maps(step))
			scenario_model_step(checker.model, step);
	}
	checker_free(&checker);
	return i == scenario->nr;
}
