/* SPDX-License-Identifier: GPL-2.0-only */
/* kselftest_harness.h for our programs: its limit of 30 s a test is longer on a slow machine. */
#ifndef LPAGE_SUITE_HARNESS_H
#define LPAGE_SUITE_HARNESS_H

#include "kselftest_harness.h"

#include "host/slow_machine.h"

/* test_harness_run() with the limits of all tests as slow_machine_seconds() wants them. */
static inline int suite_harness_run(int argc, char **argv)
{
	struct __fixture_metadata *fixture;
	struct __test_metadata *test;

	for (fixture = __fixture_list; fixture; fixture = fixture->next) {
		for (test = fixture->tests; test; test = test->next)
			test->timeout = slow_machine_seconds(test->timeout);
	}
	return test_harness_run(argc, argv);
}

static const char *suite_skip_reason;

static inline void suite_skipped(struct __test_metadata *_metadata,
				 struct __fixture_variant_metadata *variant)
{
	SKIP(return, "%s", suite_skip_reason);
}

/*
 * Skip every test for @reason, and save what each would do to find the same out, such as a second
 * process of its own.
 */
static inline void suite_skip_all(const char *reason)
{
	struct __fixture_metadata *fixture;
	struct __test_metadata *test;

	suite_skip_reason = reason;
	for (fixture = __fixture_list; fixture; fixture = fixture->next) {
		for (test = fixture->tests; test; test = test->next)
			test->fn = suite_skipped;
	}
}

#endif /* LPAGE_SUITE_HARNESS_H */
