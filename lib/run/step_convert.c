// SPDX-License-Identifier: GPL-2.0-only
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_step.h"

bool run_convert(struct scenario_run *run, const struct step *step)
{
	struct guest_request request = {
		.op = GUEST_CONVERT,
		.gpa = step->gpa,
		.npages = step_pages(step),
		.private = step->private,
	};
	int r;

	if (step->by_guest)
		r = vm_driver_guest(run->vmd, 0, &request, NULL);
	else
		r = vm_driver_convert(run->vmd, step->gpa, step->size, step->private);
	return run_expect_done(run, step->gpa, r);
}
