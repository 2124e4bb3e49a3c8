/* SPDX-License-Identifier: GPL-2.0-only */
/* Measures what the verification of steps costs, beside the steps alone. */
#ifndef LPAGE_SCENARIO_BENCH_H
#define LPAGE_SCENARIO_BENCH_H

#include "search/generator.h"

/*
 * Run random scenarios within @limits, seeds 1 to @nr_seeds, @rounds times verified and
 * as often without model and comparisons; print medians as TAP comments.  Generating
 * them, and making VMs, is not counted.  Returns NULL if all went well, else the failure,
 * for the caller to free.
 */
char *scenario_bench(const struct generator_limits *limits, unsigned int nr_seeds,
		     unsigned int rounds);

#endif /* LPAGE_SCENARIO_BENCH_H */
