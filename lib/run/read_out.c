// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/mman.h>

#include "host/host_huge.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/scenario_run.h"

/*
 * Zap the leaves of a memslot from below, where KVM cannot see what is mixed.  Memory that
 * would not come back as it is stays in place.
 */
static bool zap_from_below(struct scenario_run *run, struct model_slot *slot)
{
	struct run_memory *memory = &run->memory[slot->id];
	struct backing_view *view = &memory->view;
	int r;

	if (backing_kind_splits(slot->backing) || backing_kind_is_anonymous(slot->backing))
		r = host_huge_announce(view->mapped, view->mapped_size);
	else
		r = madvise(view->mapped, view->mapped_size, MADV_DONTNEED);
	if (!r)
		r = madvise(memory->hva, memory->size, MADV_POPULATE_WRITE);
	mapping_model_zap(run->model, slot->base_gfn, model_slot_end(slot));
	return run_expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r ? errno : 0);
}

/*
 * Of a long run of private pages both ends must do: a gigabyte of guest_memfd is more than small
 * machines have to spare.
 */
#define PRIVATE_END	(8 * level_pages(LEVEL_2M))

/*
 * The end of the run of pages from @gfn on that tell something, or do not, like @gfn
 * itself: a private page whose guest_memfd has small pages only is always mapped 4K.
 */
static u64 same_kind_end(const struct scenario_run *run, const struct model_slot *slot, u64 gfn,
			 bool *tells)
{
	const struct mapping_model *model = run->model;
	u64 end = model_slot_end(slot);
	bool private = attr_map_is_private(model->attrs, gfn);

	*tells = !private || (slot->gmem && model->traits.gmem_level > LEVEL_4K);
	return attr_map_find(model->attrs, gfn, end, !private);
}

/* Have [@gfn, @end) mapped, which is all private or all shared. */
static bool map_run(struct scenario_run *run, u64 gfn, u64 end)
{
	const struct step step = {
		.op = vm_driver_has_prefault() ? STEP_PREFAULT : STEP_TOUCH,
		.gpa = gfn << GFN_SHIFT,
		.size = (end - gfn) << GFN_SHIFT,
	};

	if (attr_map_is_private(run->model->attrs, gfn) && end - gfn > 2 * PRIVATE_END)
		return map_run(run, gfn, gfn + PRIVATE_END) && map_run(run, end - PRIVATE_END, end);

	return scenario_run_step(run, &step);
}

static bool prefault_slot(struct scenario_run *run, const struct model_slot *slot)
{
	u64 end = model_slot_end(slot);
	u64 gfn, next;
	bool tells;

	for (gfn = slot->base_gfn; gfn < end; gfn = next) {
		next = same_kind_end(run, slot, gfn, &tells);
		if (tells && !map_run(run, gfn, next))
			return false;
	}
	return true;
}

bool scenario_run_read_out(struct scenario_run *run)
{
	struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		/* The host has no way to its pages. */
		if (model_slot_is_gmem_only(slot))
			continue;
		if (!zap_from_below(run, slot) || !prefault_slot(run, slot))
			return false;
	}
	return true;
}

char *scenario_run_all(const struct scenario *scenario, const char *name,
		       const struct kernel_traits *traits, bool read_out, const char **left_out)
{
	struct scenario_run *run = scenario_run_start(name, traits);
	char *failure;
	size_t i;

	run->reads_out = read_out;
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (!scenario_run_step(run, step))
			break;
		if (read_out && step_is(step->op, STEP_CHANGES_LEVELS) &&
		    !scenario_run_read_out(run))
			break;
	}
	failure = scenario_run_end(run);
	*left_out = run->left_out;
	scenario_run_free(run);
	return failure;
}
