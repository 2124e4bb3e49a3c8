/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether the steps of a scenario make sense one after the other. */
#ifndef LPAGE_SCENARIO_CHECK_H
#define LPAGE_SCENARIO_CHECK_H

#include "model/mapping_model.h"

/* Limits that keep a scenario's memory and time within what a small VM has. */
#define SCENARIO_MAX_CONVERTED	(8ull << 30)	/* bytes, all conversions of a scenario */
#define SCENARIO_MAX_TOUCH	(64ull << 20)	/* bytes, one touch */
#define SCENARIO_MAX_SMALL	(64ull << 20)	/* bytes, a memslot that hugetlb does not back */
#define SCENARIO_MAX_PERIODS	32		/* one recovery of hugepages */
#define SCENARIO_MAX_OWN_2M	24	/* hugetlb pages, all memslots that have their own */

/* A scenario in progress: follows it step by step. */
struct checker {
	struct mapping_model *model;
	u64 converted;			/* bytes so far */
};

void checker_init(struct checker *checker, const struct kernel_traits *traits);
void checker_free(struct checker *checker);

/*
 * True if @step is possible now. If not, @error says "expected WHAT". The answer depends
 * on memslots and attributes, never on leaves.
 */
bool checker_allows(const struct checker *checker, const struct step *step, char *error,
		    size_t error_size);

/* As checker_allows(); if the step is possible, it is also done. */
bool checker_step(struct checker *checker, const struct step *step, char *error,
		  size_t error_size);

/*
 * The same for who follows the steps with a @model of their own, since what a refused step
 * leaves undone (see struct step) is not known before: here none is ever refused.
 */
bool step_is_possible(const struct mapping_model *model, const struct step *step);

/*
 * True if all of @scenario is possible, from an empty VM on.  If not, @error says
 * "NAME:LINE:1: expected WHAT" for the first step that is not; LINE is the step's number
 * if it has no line.
 */
bool scenario_check(const struct scenario *scenario, const char *name, char *error,
		    size_t error_size);

#endif /* LPAGE_SCENARIO_CHECK_H */
