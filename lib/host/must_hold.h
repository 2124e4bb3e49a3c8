/* SPDX-License-Identifier: GPL-2.0-only */
/* TEST_ASSERT() for what a caller without rights is no excuse for. */
#ifndef LPAGE_MUST_HOLD_H
#define LPAGE_MUST_HOLD_H

#include <errno.h>
#include <stdbool.h>

#include "test_util.h"

/*
 * An assertion that finds EACCES in errno skips the test, whatever it was about (test_assert()),
 * and a library call may leave that behind where all is well.
 */
#define MUST_HOLD(condition, fmt, ...) do {		\
	bool holds = (condition);			\
							\
	errno = 0;					\
	TEST_ASSERT(holds, fmt, ##__VA_ARGS__);		\
} while (0)

#endif /* LPAGE_MUST_HOLD_H */
