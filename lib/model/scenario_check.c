// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include <linux/kernel.h>

#include "model/scenario_check.h"
#include "model/scenario_model.h"
#include "model/step_rules.h"

static bool pressure_is_legal(const struct pressure *pressure, const struct complaint *complaint)
{
	if (pressure->times && !pressure->first)
		return complain(complaint, "failing before times");
	if (pressure->first && pressure->room)
		return complain(complaint, "failing or limited, not both");
	return true;
}

static bool is_possible(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	if ((step->gpa | step->size | step->hva | step->pressure.room) & (GFN_BYTES - 1))
		return complain(complaint, "multiples of 4K");

	return step_rules(step->op)->check(model, step, complaint) &&
	       pressure_is_legal(&step->pressure, complaint);
}

bool step_is_possible(const struct mapping_model *model, const struct step *step)
{
	char error[128];
	const struct complaint complaint = { error, sizeof(error) };

	return is_possible(model, step, &complaint);
}

void checker_init(struct checker *checker, const struct kernel_traits *traits)
{
	*checker = (struct checker) { .model = mapping_model_alloc(traits) };
}

void checker_free(struct checker *checker)
{
	mapping_model_free(checker->model);
	*checker = (struct checker) { };
}

bool checker_allows(const struct checker *checker, const struct step *step, char *error,
		    size_t error_size)
{
	const struct complaint complaint = { error, error_size };

	if (!is_possible(checker->model, step, &complaint))
		return false;
	if (step->op == STEP_CONVERT && step->size > SCENARIO_MAX_CONVERTED - checker->converted)
		return complain(&complaint, "at most %lluG of conversions in all",
				SCENARIO_MAX_CONVERTED >> 30);
	return true;
}

static void count_converted(struct checker *checker, const struct step *step)
{
	if (step->op == STEP_CONVERT)
		checker->converted += step->size;
}

bool checker_step(struct checker *checker, const struct step *step, char *error,
		  size_t error_size)
{
	if (!checker_allows(checker, step, error, error_size))
		return false;

	count_converted(checker, step);
	scenario_model_step(checker->model, step);
	return true;
}

/* Put where the step is before what was expected. */
static void locate(const char *name, const struct scenario *scenario, size_t nr, char *error,
		   size_t error_size, const char *expected)
{
	unsigned int line = scenario->step[nr].line;

	snprintf(error, error_size, "%s:%zu:1: %s", name, line ? line : nr + 1, expected);
}

bool scenario_check(const struct scenario *scenario, const char *name, char *error,
		    size_t error_size)
{
	const struct kernel_traits traits = { .gmem_level = LEVEL_4K };
	struct checker checker;
	char expected[128];
	size_t i;

	checker_init(&checker, &traits);
	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (!checker_allows(&checker, step, expected, sizeof(expected))) {
			locate(name, scenario, i, error, error_size, expected);
			break;
		}
		count_converted(&checker, step);
		/* On leaves no later step's legality depends. */
		if (!step_is(step->op, STEP_ONLY_MAPS))
			scenario_model_step(checker.model, step);
	}
	checker_free(&checker);
	return i == scenario->nr;
}
