// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "test_util.h"

#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_dirty_log.h"

static bool has_bit(const u64 *bitmap, u64 nr)
{
	return bitmap[nr / 64] >> nr % 64 & 1;
}

u64 *run_alloc_bitmap(const struct model_slot *slot)
{
	u64 *bitmap = calloc((slot->npages + 63) / 64, sizeof(*bitmap));

	TEST_ASSERT(bitmap, "out of memory");
	return bitmap;
}

/* KVM fills whole words, the last of which has bits of no page. */
static u64 bits_behind(const struct model_slot *slot, const u64 *bitmap)
{
	return slot->npages % 64 ? bitmap[slot->npages / 64] >> slot->npages % 64 : 0;
}

static bool expect_bitmap(struct scenario_run *run, const struct model_slot *slot,
			  const u64 *bitmap)
{
	u64 page;

	for (page = 0; page < slot->npages; page++) {
		u64 gfn = slot->base_gfn + page;

		if (!run_expect_number(run, gfn << GFN_SHIFT, "dirty bit",
				       mapping_model_is_dirty(slot, gfn), has_bit(bitmap, page)))
			return false;
	}
	return run_expect_number(run, (slot->base_gfn + slot->npages) << GFN_SHIFT,
				 "dirty bits behind the memslot", 0, bits_behind(slot, bitmap));
}

/* Returns 0 or the errno. */
static int get_log(struct scenario_run *run, const struct model_slot *slot, u64 *bitmap)
{
	if (!run->model->rings)
		return vm_driver_get_log(run->vmd, slot->id, bitmap);

	vm_driver_get_ring_log(run->vmd, slot->id, bitmap, slot->npages);
	return 0;
}

bool run_expect_log(struct scenario_run *run, const struct model_slot *slot, u64 *dirty)
{
	u64 *bitmap = run_alloc_bitmap(slot);
	int r = get_log(run, slot, bitmap);
	bool good = run_expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r) &&
		    (run->bare || expect_bitmap(run, slot, bitmap));
	u64 page;

	*dirty = 0;
	for (page = 0; page < slot->npages; page++)
		*dirty += has_bit(bitmap, page);
	free(bitmap);
	return good;
}

bool run_expect_logs(struct scenario_run *run)
{
	const struct model_slot *slot;
	u64 dirty;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (slot->logged && run->model->protect != PROTECT_AUTOMATIC &&
		    !run_expect_log(run, slot, &dirty))
			return false;
	}
	return true;
}
