// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "test_util.h"

#include "run/contention_access.h"
#include "run/contention_end.h"
#include "run/contention_threads.h"
#include "run/scenario_run.h"

/* A step on every memslot, that KVM must carry out as the model says. */
static bool on_all_slots(struct scenario_run *run, const struct contention_state *state,
			 struct step step)
{
	unsigned int slot;

	for (slot = 0; slot < state->nr_slots; slot++) {
		step.gpa = contention_page_gpa(contention_slot_page(state, slot));
		step.size = contention_slot_bytes(state);
		if (!scenario_run_step(run, &step))
			return false;
	}
	return true;
}

static struct step memslot_of(const struct contention_state *state, unsigned int slot)
{
	return (struct step) {
		.op = STEP_MEMSLOT,
		.slot = slot + 1,
		.gpa = contention_page_gpa(contention_slot_page(state, slot)),
		.size = contention_slot_bytes(state),
		.hva = contention_slot_page(state, slot) << GFN_SHIFT,
		.backing = state->what->backing,
		.gmem = true,
	};
}

bool contention_add_memslots(struct scenario_run *run, const struct contention_state *state)
{
	unsigned int slot;

	for (slot = 0; slot < state->nr_slots; slot++) {
		struct step step = memslot_of(state, slot);

		if (!scenario_run_step(run, &step))
			return false;
	}
	return true;
}

bool contention_map_all(struct scenario_run *run, const struct contention_state *state)
{
	return on_all_slots(run, state, (struct step) { .op = STEP_PREFAULT });
}

/* The model learns what has become of the attributes; leaves it does not know of any. */
static void tell_model(struct contention_state *state)
{
	u64 page;

	for (page = 0; page < NR_PAGES; page++)
		attr_map_set(state->run->model->attrs, BASE_GFN + page, BASE_GFN + page + 1,
			     state->page[page].side == SIDE_PRIVATE);
}

/* Hugepage ranges of @level in [@gfn, @end) of @slot that may be mapped by one leaf. */
static u64 possible_leaves(const struct contention_state *state, const struct model_slot *slot,
			   u64 gfn, u64 end, enum level level)
{
	u64 nr = 0;

	for (; gfn < end; gfn += level_pages(level))
		nr += mapping_model_max_level(state->run->model, slot, gfn) >= level;
	return nr;
}

/*
 * What was left in [@gfn, @gfn + @npages), one hugepage of host memory: leaves of a level at
 * which the model allows some, and no page mapped twice.
 */
static bool check_left(struct contention_state *state, const struct model_slot *slot, u64 gfn,
		       u64 npages,
		       const u64 left[NR_LEVELS])
{
	u64 mapped = 0;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 most = possible_leaves(state, slot, gfn, gfn + npages, level);

		mapped += left[level] * level_pages(level);
		if (left[level] <= most && mapped <= npages)
			continue;
		contention_fail(state, gfn - BASE_GFN,
				"Wanted %s x%llu at most to be left, got %llu",
				level_name(level), (unsigned long long)most,
				(unsigned long long)left[level]);
		return false;
	}
	return true;
}

/* Take away host memory hugepage by hugepage, and see which leaves go with it. */
static bool check_leaves_left(struct contention_state *state, const struct model_slot *slot)
{
	u64 npages = level_pages(backing_kind_level(slot->backing));
	u64 gfn = slot->base_gfn;

	for (; gfn < model_slot_end(slot); gfn += npages) {
		u64 before[NR_LEVELS], after[NR_LEVELS], left[NR_LEVELS];
		void *hva = scenario_run_hva(state->run, slot, gfn);
		enum level level;

		vm_driver_leaves(state->run->vmd, before);
		if (madvise(hva, npages << GFN_SHIFT, MADV_POPULATE_WRITE) ||
		    madvise(hva, npages << GFN_SHIFT, MADV_DONTNEED)) {
			contention_fail(state, gfn - BASE_GFN,
					"Wanted host memory to be dropped, got %s",
					strerror(errno));
			return false;
		}
		vm_driver_leaves(state->run->vmd, after);
		for (level = LEVEL_4K; level < NR_LEVELS; level++)
			left[level] = before[level] - after[level];
		if (!check_left(state, slot, gfn, npages, left))
			return false;
	}
	return true;
}

/* Everybody's pages hold what their owners know to be there, for every vCPU. */
static bool check_contents(struct contention_state *state)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	bool right = true;
	u64 page;

	TEST_ASSERT(worker, "out of memory");
	worker->state = state;
	for (page = 0; page < NR_PAGES && right; page += CHUNK_PAGES)
		right = contention_read_pages(worker, page / CHUNK_PAGES % state->what->nr_vcpus,
					      page,
					      CHUNK_PAGES);
	right = right && contention_check_shared_memory(worker);
	free(worker);
	return right;
}

/* After which no leaf is left in any memslot. */
static bool check_all_left(struct contention_state *state)
{
	const struct model_slot *slot;

	for (slot = state->run->model->slots; slot; slot = slot->next) {
		if (!check_leaves_left(state, slot))
			return false;
	}
	return true;
}

/*
 * On some kernels levels depend on what was mixed once, or on which folios a hole could split, and
 * so on who came first.  New memslots, each with a new guest_memfd, have no such past.
 */
static bool forget_the_past(struct contention_state *state)
{
	const struct kernel_traits *traits = &state->run->model->traits;
	unsigned int slot;
	u64 page;

	if (!traits->mixed_stays_small && !traits->gmem_hole_splits)
		return true;
	if (!check_contents(state) || !check_all_left(state))
		return false;

	for (slot = 0; slot < state->nr_slots; slot++) {
		const struct step step = { .op = STEP_DELETE, .slot = slot + 1 };

		if (!scenario_run_step(state->run, &step))
			return false;
	}
	for (page = 0; page < NR_PAGES; page++)
		owned_page_set(&state->page[page], SIDE_PRIVATE, 0, 0);
	return contention_add_memslots(state->run, state);
}

bool contention_check_end(struct contention_state *state)
{
	struct scenario_run *run = state->run;

	tell_model(state);
	if (!check_all_left(state) || !forget_the_past(state))
		return false;
	if (state->other &&
	    !(contention_check_other_leaves(state) && scenario_run_read_out(state->other)))
		return false;

	/* Where KVM cannot pre-fault, the guest's touches change contents. */
	if (!vm_driver_has_prefault() && !check_contents(state))
		return false;
	/* As it is; with private pages, too; and with all of it shared again. */
	return scenario_run_read_out(run) &&
	       (!vm_driver_has_prefault() ||
		(contention_map_all(run, state) && check_contents(state))) &&
	       on_all_slots(run, state, (struct step) { .op = STEP_CONVERT }) &&
	       scenario_run_read_out(run);
}
