/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenarios in files. */
#ifndef LPAGE_SCENARIO_FILE_H
#define LPAGE_SCENARIO_FILE_H

#include "scenario/scenario.h"

/*
 * Read the scenario in the file @name, "-" for standard input, into @scenario, which must
 * be initialised, and check it.  Returns false if there is none in it: @error is then one
 * line that says why, as scenario_parse() and scenario_check() do.
 */
bool scenario_load(struct scenario *scenario, const char *name, char *error, size_t error_size);

#endif /* LPAGE_SCENARIO_FILE_H */
