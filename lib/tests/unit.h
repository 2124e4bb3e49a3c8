/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame of a unit test program: a table of cases, reported in TAP by kselftest.h. */
#ifndef LPAGE_UNIT_H
#define LPAGE_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "kselftest.h"

struct unit_case {
	const char *name;
	void (*run)(void);
};

/* Run @nr cases one after the other. Returns the exit status of the program. */
int unit_main(const struct unit_case *unit, size_t nr);

/*
 * Let the present case fail unless @condition holds, and say where and what; the case
 * goes on.  Returns @condition.  Use it through CHECK().
 */
bool __printf(4, 5) unit_check(bool condition, const char *file, int line, const char *fmt, ...);

#define CHECK(condition, fmt, ...) \
	unit_check(condition, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

/* Let the case fail unless the texts are equal. */
#define CHECK_TEXT(got, want) unit_check_text(got, want, __FILE__, __LINE__)

bool unit_check_text(const char *got, const char *want, const char *file, int line);

#endif /* LPAGE_UNIT_H */
