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

struct kernel_traits usual_traits(const struct options *options)
{
	return (struct kernel_traits) {
		.gmem_level = LEVEL_4K,
		.log_splits_eagerly = true,
		.unlog_promotes = !options->old_unlog,
	};
}
