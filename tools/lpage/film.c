// SPDX-License-Identifier: GPL-2.0-only
/* Step by step what the model holds, as JSON: tools/report draws it. */
#include <stdio.h>

#include "lpage.h"
#include "model/film.h"

enum verdict command_film(const struct options *options)
{
	const struct kernel_traits traits = usual_traits(options);
	struct scenario scenario = { };

	if (!load_scenario(&scenario, options->file[0]))
		return VERDICT_UNUSABLE;

	printf("{\n");
	film_print(&scenario, &traits, stdout);
	printf("\n}\n");
	scenario_free(&scenario);
	return fflush(stdout) ? VERDICT_UNUSABLE : VERDICT_RIGHT;
}
