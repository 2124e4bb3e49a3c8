// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/sizes.h>

#include "kvm/known_bug.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_dirty_log.h"
#include "run/run_memory.h"
#include "run/run_step.h"

bool run_log(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(run->model, step->slot);

	return run_memory_set_slot(run, slot, slot->base_gfn << GFN_SHIFT, step->on);
}

bool run_manual_protect(struct scenario_run *run, const struct step *step)
{
	return run_expect_errno(run, 0, 0, vm_driver_manual_protect(run->vmd, step->protect));
}

bool run_dirty(struct scenario_run *run, const struct step *step)
{
	return run_expect_log(run, mapping_model_slot(run->model, step->slot),
			      &run->outcome.dirty);
}

/* KVM takes whole words of the bitmap, but only clears what is set in them. Returns the errno. */
static int clear_pages(struct scenario_run *run, const struct model_slot *slot, u64 page, u64 end)
{
	u64 first = page & ~63ull;
	u64 npages = min((end + 63) & ~(u64)63, slot->npages) - first;
	u64 *bitmap = run_alloc_bitmap(slot);
	int r;

	for (; page < end; page++)
		bitmap[page / 64] |= 1ull << page % 64;
	r = vm_driver_clear_log(run->vmd, slot->id, first, npages, bitmap + first / 64);
	free(bitmap);
	return r;
}

static bool any_dirty(const struct model_slot *slot, u64 page, u64 end)
{
	for (; page < end; page++) {
		if (mapping_model_is_dirty(slot, slot->base_gfn + page))
			return true;
	}
	return false;
}

/*
 * Of @slot's pages [@page, @end), which are to be cleared at once, the first that would stay
 * writable by the known bug CLEARED_PAGE_STAYS_WRITABLE; @end if there is none.
 */
static u64 stays_writable(const struct scenario_run *run, const struct model_slot *slot,
			  u64 page, u64 end)
{
	u64 start = page;

	if (run->model->protect != PROTECT_INITIALLY_SET ||
	    !known_bug_expected(CLEARED_PAGE_STAYS_WRITABLE))
		return end;

	for (page++; page < end; page++) {
		u64 gfn = slot->base_gfn + page;
		u64 word = page & ~63ull;

		if (gfn == level_round(gfn, LEVEL_2M) &&
		    mapping_model_leaf(run->model, gfn) == LEVEL_2M &&
		    any_dirty(slot, max(start, word), page) && any_dirty(slot, page, page + 1) &&
		    !any_dirty(slot, page + 1, min(end, word + 64)))
			break;
	}
	return page;
}

/* Where the known bug would show, each hugepage is cleared by a call of its own. */
bool run_clear(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 page = gfn - slot->base_gfn;
	u64 end = page + step_pages(step);
	u64 next;
	int r = 0;

	for (; page < end && !r; page = next) {
		next = run->tolerant ? stays_writable(run, slot, page, end) : end;
		run->nr_tolerated += next < end;
		r = clear_pages(run, slot, page, next);
	}
	return run_expect_errno(run, step->gpa, 0, r);
}

/* Room for all that is written between two looks at the log, but for very long scenarios. */
#define RING_BYTES	SZ_1M

bool run_dirty_ring(struct scenario_run *run, const struct step *step)
{
	vm_driver_use_rings(run->vmd, RING_BYTES);
	attr_map_free(run->mmio_seen);
	run->mmio_seen = attr_map_alloc();
	return true;
}
