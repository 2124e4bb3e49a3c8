// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "lpage.h"
#include "model/scenario_file.h"

bool load_scenario(struct scenario *scenario, const char *name)
{
	char error[512];

	if (scenario_load(scenario, name, error, sizeof(error)))
		return true;

	fprintf(stderr, "%s\n", error);
	return false;
}
