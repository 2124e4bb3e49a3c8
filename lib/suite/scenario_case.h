/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Harness fixtures whose cases are scenarios, as a table: SCENARIO_FIXTURE() once, a
 * SCENARIO_CASE() for each row, and a TEST_F() for each way to run them.
 */
#ifndef LPAGE_SCENARIO_CASE_H
#define LPAGE_SCENARIO_CASE_H

#include "suite/suite.h"
#include "suite/suite_harness.h"

/* Skip a case that needs a @kind of memory which is missing. */
static inline void scenario_case_skip(struct __test_metadata *_metadata, enum backing_kind kind)
{
	if (suite_missing(kind))
		SKIP(return, "%s", suite_missing(kind));
}

/* The last suite_run() has had no @failure, and has looked at all that is written down. */
static inline void scenario_case_passed(struct __test_metadata *_metadata, char *failure,
					const char *name)
{
	ASSERT_TRUE(suite_passed(failure, name));
	if (suite_left_out())
		SKIP(return, "%s", suite_left_out());
}

/* The same of the scenario @text, see suite_run(). */
static inline void scenario_case_run(struct __test_metadata *_metadata, const char *text,
				     const char *name, bool read_out)
{
	scenario_case_passed(_metadata, suite_run(text, name, read_out), name);
}

/* In its tests self->name is the name of the sub-test. */
#define SCENARIO_FIXTURE(_fixture)							\
	FIXTURE(_fixture) {								\
		char name[SUITE_NAME_MAX];						\
	};										\
	FIXTURE_VARIANT(_fixture) {							\
		const char *name;							\
		enum backing_kind backing;						\
		const char *scenario;							\
	};										\
	FIXTURE_SETUP(_fixture) {							\
		scenario_case_skip(_metadata, variant->backing);			\
		suite_name(self->name, #_fixture, variant->name, _metadata->name);	\
	}										\
	FIXTURE_TEARDOWN(_fixture) {							\
	}										\
	struct scenario_fixture_ends

/* The text of the scenario is in one piece or in several. */
#define SCENARIO_CASE(_fixture, _name, _backing, ...)					\
	FIXTURE_VARIANT_ADD(_fixture, _name) {						\
		.name = #_name, .backing = _backing, .scenario = __VA_ARGS__		\
	}

#endif /* LPAGE_SCENARIO_CASE_H */
