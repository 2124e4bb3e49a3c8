// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_assert() for programs without the rest of libkvm: TEST_ASSERT() ends up here.
 * It aborts, so that a sanitizer, a fuzzer or a debugger sees where.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "test_util.h"

void test_assert(bool exp, const char *exp_str, const char *file, unsigned int line,
		 const char *fmt, ...)
{
	va_list args;

	if (exp)
		return;

	fflush(stdout);
	fprintf(stderr, "%s:%u: %s\n\t", file, line, exp_str);
	if (fmt) {
		va_start(args, fmt);
		vfprintf(stderr, fmt, args);
		va_end(args);
	}
	fputc('\n', stderr);
	abort();
}
