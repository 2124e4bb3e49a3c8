// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "test_util.h"

#include "scenario/scenario.h"

void scenario_add(struct scenario *scenario, const struct step *step)
{
	if (scenario->nr == scenario->max) {
		scenario->max = scenario->max ? 2 * scenario->max : 16;
		scenario->step = realloc(scenario->step, scenario->max * sizeof(*scenario->step));
		TEST_ASSERT(scenario->step, "out of memory");
	}
	scenario->step[scenario->nr++] = *step;
}

void scenario_copy(struct scenario *copy, const struct scenario *scenario)
{
	size_t i;

	copy->nr = 0;
	for (i = 0; i < scenario->nr; i++)
		scenario_add(copy, &scenario->step[i]);
}

void scenario_free(struct scenario *scenario)
{
	free(scenario->step);
	*scenario = (struct scenario) { };
}
