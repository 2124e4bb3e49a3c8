// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/pressure.h"
#include "kvm/vm_driver.h"
#include "model/scenario_model.h"
#include "run/run_compare.h"
#include "run/run_report.h"

bool run_expect_number(struct scenario_run *run, u64 gpa, const char *what, u64 wanted, u64 got)
{
	char want_text[80], got_text[80];

	if (wanted == got)
		return true;

	snprintf(want_text, sizeof(want_text), "%s 0x%llx", what, (unsigned long long)wanted);
	snprintf(got_text, sizeof(got_text), "0x%llx", (unsigned long long)got);
	run_report(run, gpa, want_text, got_text);
	return false;
}

bool run_expect_errno(struct scenario_run *run, u64 gpa, int wanted, int got)
{
	if (wanted == got)
		return true;

	run_report(run, gpa, wanted ? strerror(wanted) : "success",
		   got ? strerror(got) : "success");
	return false;
}

bool run_leaves_agree(struct scenario_run *run)
{
	u64 leaves[NR_LEVELS];
	enum level level;

	vm_driver_leaves(run->vmd, leaves);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (leaves[level] != mapping_model_count(run->model, level))
			return false;
	}
	return true;
}

bool run_expect_leaves(struct scenario_run *run, const struct step *step)
{
	if (run_leaves_agree(run))
		return true;

	run_report_leaves(run, step);
	return false;
}

const struct step *run_last_step(const struct scenario_run *run)
{
	return &run->done.step[run->done.nr - 1];
}

bool run_expect_done(struct scenario_run *run, u64 gpa, int r)
{
	if (r == ENOMEM && pressure_was_felt() &&
	    scenario_model_takes_memory(run->model, run_last_step(run))) {
		run->refused = true;
		return true;
	}
	return run_expect_errno(run, gpa, 0, r);
}
