// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>

#include <linux/falloc.h>

#include "host/pressure.h"
#include "run/run_compare.h"
#include "run/run_step.h"

static bool change_gmem(struct scenario_run *run, const struct step *step, int mode)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, step_gfn(step));
	u64 offset = step->gpa - (slot->base_gfn << GFN_SHIFT);
	int r;

	pressure_begin();
	r = fallocate(run->memory[slot->id].gmem_fd, mode | FALLOC_FL_KEEP_SIZE, offset,
		      step->size);
	pressure_end();
	return run_expect_done(run, step->gpa, r ? errno : 0);
}

bool run_punch(struct scenario_run *run, const struct step *step)
{
	return change_gmem(run, step, FALLOC_FL_PUNCH_HOLE);
}

bool run_allocate(struct scenario_run *run, const struct step *step)
{
	return change_gmem(run, step, 0);
}
