/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the model holds, and what it held after each step of a scenario, as JSON for whoever
 * draws it (tools/report).  Addresses and sizes are bytes.  A state is
 *
 *	{"slots": [{"id", "gpa", "size", "backing", "guest_memfd", "logged", "leaves": {...}}],
 *	 "private": [[GPA, SIZE]...]}
 *
 * where leaves has a list [[GPA, NUMBER]...] of neighbours for each of "4K", "2M" and "1G".
 */
#ifndef LPAGE_FILM_H
#define LPAGE_FILM_H

#include <stdio.h>

#include "model/mapping_model.h"

/* Steps of which a film has states: the last ones. */
#define FILM_STATES_MAX	200

/* Print the state of @model as a JSON object. */
void film_print_state(const struct mapping_model *model, FILE *out);

/*
 * Print @scenario, which scenario_check() allows, as two members of a JSON object: "steps", a
 * list of {"text", "gpa", "size"}, and "states" after the last FILM_STATES_MAX of them, as a
 * kernel with @traits has them that refuses no step.
 */
void film_print(const struct scenario *scenario, const struct kernel_traits *traits, FILE *out);

/* Print @text as a JSON string. */
void film_print_string(const char *text, FILE *out);

#endif /* LPAGE_FILM_H */
