// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>

#include <linux/falloc.h>

#include "host/pressure.h"
#include "model/scenario_model.h"
#include "run/run_compare.h"
#include "run/run_step.h"

static bool change_gmem(struct scenario_run *run, const struct step *step, int mode)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, step_gfn(step));
	const struct run_memory *memory = &run->memory[slot->id];
	u64 offset = memory->offset + step->gpa - (slot->base_gfn << GFN_SHIFT);
	int r;

	pressure_begin();
	r = fallocate(memory->gmem_fd, mode | FALLOC_FL_KEEP_SIZE, offset,
		      step->size);
	pressure_end();
	return run_expect_done(run, step->gpa, r ? errno : 0);
}

bool run_punch(struct scenario_run *run, const struct step *step)
{
	return change_gmem(run, step, FALLOC_FL_PUNCH_HOLE);
}

/*
 * What was made before memory ran out stays, and decides which pages can come in large folios: so
 * the rest is made as well.
 */
bool run_allocate(struct scenario_run *run, const struct step *step)
{
	bool good = change_gmem(run, step, 0);

	if (!run->refused)
		return good;

	pressure_release();
	good = change_gmem(run, step, 0);
	scenario_model_step(run->model, step);
	return good;
}
