/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenarios from and to strings, for tests. */
#ifndef LPAGE_TEXT_H
#define LPAGE_TEXT_H

#include "scenario/scenario_text.h"

/* Parse @text into @scenario; the present case fails if it does not parse. */
void text_parse(struct scenario *scenario, const char *text);

/* @scenario as text, to be freed. */
char *text_print(const struct scenario *scenario);

#endif /* LPAGE_TEXT_H */
