// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "host/host_node.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_memory.h"
#include "run/run_step.h"

/* New memory, placed as the scenario says. */
static void map_placed(struct scenario_run *run, const struct step *step, struct run_memory *memory)
{
	long foreign;

	if (!run->placement) {
		backing_map(&memory->view, step->backing, step->hva, step->size);
		return;
	}
	foreign = host_node_foreign_pages();
	host_node_place(run->placement);
	backing_map(&memory->view, step->backing, step->hva, step->size);
	host_node_place(PLACE_ANYWHERE);
	run->misplaced = host_node_foreign_pages() != foreign;
}

static void allocate(struct scenario_run *run, const struct step *step, struct run_memory *memory)
{
	if (step->backing == BACKING_GUEST_MEMFD) {
		memory->gmem_fd = vm_driver_create_gmem_only(run->vmd, step->size);
		backing_map_gmem(&memory->view, memory->gmem_fd, step->hva, step->size);
		return;
	}
	memory->gmem_fd = step->gmem ?
			  vm_driver_create_gmem(run->vmd, step->offset + step->size) : -1;
	map_placed(run, step, memory);
}

bool run_memslot(struct scenario_run *run, const struct step *step)
{
	struct run_memory *memory = &run->memory[step->slot];
	int r;

	memory->size = step->size;
	memory->offset = step->offset;
	allocate(run, step, memory);
	memory->hva = memory->view.base + step->hva;

	if (memory->gmem_fd == -ENOMEM)
		r = ENOMEM;
	else if (step->offset)
		r = vm_driver_bind_memslot(run->vmd, step->slot, step->gpa, step->size,
					   memory->hva, memory->gmem_fd, step->offset);
	else
		r = vm_driver_set_memslot(run->vmd, step->slot, step->gpa, step->size, memory->hva,
					  memory->gmem_fd, step->on);
	if (r)
		run_memory_free(memory);
	return run_expect_done(run, step->gpa, r);
}

bool run_delete(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(run->model, step->slot);
	int r = vm_driver_set_memslot(run->vmd, step->slot, 0, 0, NULL, -1, false);

	if (!r)
		run_memory_free(&run->memory[step->slot]);
	/* The model of a scenario that is only carried out has none. */
	return run_expect_done(run, slot ? slot->base_gfn * GFN_BYTES : 0, r);
}

/* KVM may have zapped what it was about to move when it finds that there is no memory. */
static void follow_refused_move(struct scenario_run *run, const struct model_slot *slot)
{
	u64 end = model_slot_end(slot);

	if (run_leaves_agree(run))
		return;
	if (run->model->traits.delete_zaps_all)
		mapping_model_zap(run->model, 0, SCENARIO_MAX_GPA >> GFN_SHIFT);
	else
		mapping_model_zap(run->model, slot->base_gfn, end);
}

bool run_move(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(run->model, step->slot);
	bool good = run_memory_set_slot(run, slot, step->gpa, slot->logged);

	if (run->refused)
		follow_refused_move(run, slot);
	return good;
}
