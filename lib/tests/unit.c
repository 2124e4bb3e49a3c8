// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>

#include "unit.h"

/* A case that fails in a loop says so a few times, not a million. */
#define MAX_MESSAGES	10

static unsigned int nr_failed;

bool unit_check(bool condition, const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (condition)
		return true;
	if (nr_failed++ >= MAX_MESSAGES)
		return false;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ksft_print_msg("%s:%d: %s\n", file, line, text);
	return false;
}

bool unit_check_text(const char *got, const char *want, const char *file, int line)
{
	return unit_check(!strcmp(got, want), file, line, "got \"%s\", want \"%s\"", got, want);
}

int unit_main(const struct unit_case *unit, size_t nr)
{
	size_t i;

	ksft_print_header();
	ksft_set_plan(nr);
	for (i = 0; i < nr; i++) {
		nr_failed = 0;
		unit[i].run();
		if (nr_failed > MAX_MESSAGES)
			ksft_print_msg("... %u checks failed in all\n", nr_failed);
		ksft_test_result(!nr_failed, "%s\n", unit[i].name);
	}
	/* Not ksft_finished(), which exits: what still has memory returns to main() first. */
	ksft_print_cnts();
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
