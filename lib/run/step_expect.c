// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "kvm/vm_driver.h"
#include "model/outcome.h"
#include "model/scenario_check.h"
#include "model/scenario_model.h"
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

/* What is written down is for a host with hugepages, and a recovery that stops when it should. */
static const char *missing_for_leaves(const struct scenario_run *run)
{
	if (run->lacks_hugepages)
		return "transparent hugepages that are free";
	return run->recovered_more ? "CPU to stop the recovery of NX hugepages in time" : NULL;
}

/* It is for the steps alone, without what reads out between them. */
static bool leaves_left_out(struct scenario_run *run)
{
	const char *missing = missing_for_leaves(run);

	if (run->reads_out)
		return true;

	if (missing)
		run->left_out = missing;
	return missing;
}

/* The kernel that leaves are written down for; other traits are as they are here. */
static struct kernel_traits written_for(const struct scenario_run *run, const struct step *step)
{
	struct kernel_traits traits = run->model->traits;

	traits.gmem_level = step->expect.huge ? LEVEL_2M : LEVEL_4K;
	traits.gmem_reserves_exactly = step->expect.huge;
	traits.gmem_hole_splits = false;
	traits.mixed_stays_small = false;
	return traits;
}

static bool have_same_folios(const struct kernel_traits *a, const struct kernel_traits *b)
{
	return a->gmem_level == b->gmem_level && a->gmem_hole_splits == b->gmem_hole_splits &&
	       a->gmem_reserves_exactly == b->gmem_reserves_exactly &&
	       a->mixed_stays_small == b->mixed_stays_small;
}

/* What all steps so far would have come to on a kernel with @traits. */
static struct step_outcome outcome_with(const struct scenario_run *run,
					const struct kernel_traits *traits)
{
	struct mapping_model *model = mapping_model_alloc(traits);
	struct step_outcome outcome;
	size_t i;

	for (i = 0; i < run->done.nr; i++) {
		if (step_is_possible(model, &run->done.step[i]))
			scenario_model_step(model, &run->done.step[i]);
	}
	outcome = outcome_of_model(model);
	mapping_model_free(model);
	return outcome;
}

static bool expect_leaves_elsewhere(struct scenario_run *run, const struct step *step,
				    const struct kernel_traits *traits)
{
	struct step_outcome outcome = outcome_with(run, traits);

	/* What was refused here is no part of that. */
	return run->nr_refused || expect_outcome(run, step, &outcome, "in the model");
}

/* Model and KVM agree by now: here both have to agree with what somebody has written down. */
bool run_expect(struct scenario_run *run, const struct step *step)
{
	struct step_outcome model = outcome_of_model(run->model), kvm = run->outcome;
	const struct kernel_traits traits = written_for(run, step);
	const bool of_leaves = !step->expect.exit && !step->expect.dirty;

	if (run->bare || (of_leaves && leaves_left_out(run)))
		return true;
	if (of_leaves && !have_same_folios(&traits, &run->model->traits))
		return expect_leaves_elsewhere(run, step, &traits);

	vm_driver_leaves(run->vmd, kvm.leaves);
	return expect_outcome(run, step, &model, "in the model") &&
	       expect_outcome(run, step, &kvm, "in KVM");
}
