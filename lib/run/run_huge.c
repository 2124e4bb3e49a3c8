// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "test_util.h"

#include "host/host_huge.h"
#include "model/scenario_model.h"
#include "run/run_compare.h"
#include "run/run_huge.h"
#include "run/run_report.h"

/* What to do about 2M that the host maps in another way than the model thinks. */
typedef bool (*host_fn)(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge);

static bool learn_host(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge)
{
	run->lacks_hugepages |= !huge;
	scenario_model_host_changed(run->model, slot, gfn, huge);
	return true;
}

static bool refuse_host(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge)
{
	run_report(run, gfn << GFN_SHIFT, huge ? "the host to map 4K" : "the host to map 2M",
		   huge ? "2M" : "4K");
	return false;
}

/* Compare what the model thinks that the host maps @slot with, with the host's page tables. */
static bool compare_host(struct scenario_run *run, struct model_slot *slot, host_fn on_difference)
{
	const struct backing_view *view = &run->memory[slot->id].view;
	size_t nr = view->mapped_size / level_bytes(LEVEL_2M);
	u64 gfn, end = model_slot_end(slot);
	bool *huge = calloc(nr, sizeof(*huge));
	bool good;
	size_t i;

	TEST_ASSERT(huge, "out of memory");
	good = run_expect_errno(run, slot->base_gfn << GFN_SHIFT, 0,
				host_huge_read(view->mapped, nr, huge));
	for (i = 0, gfn = slot->base_gfn; good && gfn < end; i++) {
		if (huge[i] != model_slot_host_huge(slot, gfn))
			good = on_difference(run, slot, gfn, huge[i]);
		gfn = model_slot_next_host(slot, gfn);
	}
	free(huge);
	return good;
}

static bool compare_hosts(struct scenario_run *run, host_fn on_difference)
{
	struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (backing_kind_splits(slot->backing) && !compare_host(run, slot, on_difference))
			return false;
	}
	return true;
}

bool run_huge_follow(struct scenario_run *run)
{
	return compare_hosts(run, learn_host);
}

bool run_huge_expect(struct scenario_run *run)
{
	return compare_hosts(run, refuse_host);
}
