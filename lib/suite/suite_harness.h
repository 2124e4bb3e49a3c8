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

#endif /* LPAGE_SUITE_HARNESS_H */
