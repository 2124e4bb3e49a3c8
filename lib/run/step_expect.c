// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "kvm/vm_driver.h"
#include "model/outcome.h"
#include "run/run_report.h"
#include "run/run_step.h"

/* Where the last step was that said so. */
static u64 last_gpa(const struct scenario_run *run)
{
	size_t i = run->done.nr;

	while (i-- && !run->done.step[i].gpa)
		;
	return i < run->done.nr ? run->done.step[i].gpa : SCENARIO_MIN_GPA;
}

static bool expect_outcome(struct scenario_run *run, const struct step *step,
			   const struct step_outcome *outcome, const char *whose)
{
	char wanted[OUTCOME_TEXT_MAX], found[OUTCOME_TEXT_MAX], got[2 * OUTCOME_TEXT_MAX];

	if (outcome_meets(outcome, step))
		return true;

	outcome_expected(step, wanted);
	outcome_found(outcome, step, found);
	snprintf(got, sizeof(got), "%s %s", found, whose);
	run_report(run, last_gpa(run), wanted, got);
	return false;
}

/* What is written down is for a host with hugepages, for the steps alone, and just for these. */
static bool leaves_are_its_own(const struct scenario_run *run)
{
	return !run->reads_out && !run->lacks_hugepages && !run->recovered_more;
}

/* Model and KVM agree by now: here both have to agree with what somebody has written down. */
bool run_expect(struct scenario_run *run, const struct step *step)
{
	struct step_outcome model = outcome_of_model(run->model), kvm = run->outcome;

	if (run->bare || (!step->expect.exit && !step->expect.dirty && !leaves_are_its_own(run)))
		return true;

	vm_driver_leaves(run->vmd, kvm.leaves);
	return expect_outcome(run, step, &model, "in the model") &&
	       expect_outcome(run, step, &kvm, "in KVM");
}
