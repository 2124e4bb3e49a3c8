/* SPDX-License-Identifier: GPL-2.0-only */
/* What every test program does before and after its cases. */
#ifndef LPAGE_SUITE_H
#define LPAGE_SUITE_H

#include "kselftest.h"

#include "model/mapping_model.h"
#include "scenario/backing_kind.h"

/*
 * Skip the whole program, with the reason, where something that every case needs is
 * missing; otherwise prepare the @backings (bit n: enum backing_kind n), and measure the
 * kernel.  To be called before any case is forked off.
 */
void suite_start(unsigned int backings);

/*
 * The same for a program whose cases need attributes of guest_memfd, and no kind of memory: they
 * skip themselves where vm_driver_missing_in_place() says so.
 */
void suite_start_in_place(void);

/*
 * In a child of the program that runs beside others: prepare hugepages of its own.  There
 * may be too few, see suite_missing().
 */
void suite_own_backings(void);

/* What suite_start() measured. */
const struct kernel_traits *suite_traits(void);

/* A constant reason why there is no @kind of memory, which was asked for; NULL if there is. */
const char *suite_missing(enum backing_kind kind);

/* A constant reason why no hugepage that was mixed is huge again here; NULL if it is. */
const char *suite_missing_huge_again(void);

/* A constant reason why the mode that @step sets cannot be had; NULL if it can, or sets none. */
const char *suite_missing_mode(const struct step *step);

/*
 * A constant reason why @text cannot be run here, for the modes of KVM, or the NUMA nodes,
 * that its steps call for; NULL if it can.
 */
const char *suite_missing_modes(const char *text);

/* Where KVM cannot pre-fault (up to 6.10), let the guest of @scenario touch instead. */
void suite_touch_where_no_prefault(struct scenario *scenario);

/*
 * Run the scenario that @text describes, under the name @test; @read_out as for
 * scenario_run_all().  Where KVM cannot pre-fault, the guest touches instead.  Returns
 * NULL if all went well, else the failure, for suite_passed().
 */
char *suite_run(const char *text, const char *test, bool read_out);

/*
 * A constant reason why leaves that the scenario of the last suite_run() has written down were not
 * looked at, or NULL: the test has not shown what it is there for.
 */
const char *suite_left_out(void);

/* Room for the name of a sub-test. */
#define SUITE_NAME_MAX	128

/* The name of a sub-test as the harness prints it, and as -r takes it. */
void suite_name(char name[SUITE_NAME_MAX], const char *fixture, const char *variant,
		const char *test);

/*
 * True if @failure is NULL.  Otherwise prints it as TAP comments, with the command that
 * runs just this case, @test of the program, again, and frees it.
 */
bool suite_passed(char *failure, const char *test);

/*
 * Print the command that runs this program again with these arguments, as a TAP comment: make if
 * `make run` has started it, else just the program, as in a kernel tree.
 */
void __printf(1, 2) suite_print_replay(const char *format, ...);

/* The same for the scenario in the file @path, which a user of make finds as @found. */
void suite_print_scenario_replay(const char *found, const char *path);

/* Print every line of @text, which is changed, as a TAP comment. */
void suite_print_comment(char *text);

/*
 * End a harness test as an expected failure (KSFT_XFAIL), or as one that was expected and did
 * not come (KSFT_XPASS), with @_reason, as the harness's own SKIP() ends a skipped one;
 * @_statement leaves the test function.  A test that has failed before remains failed.
 */
#define SUITE_EXPECTED(_statement, _code, _reason) do {					\
	if (__test_passed(_metadata)) {							\
		snprintf(_metadata->results->reason, sizeof(_metadata->results->reason),	\
			 "%s", _reason);						\
		_metadata->exit_code = (_code);						\
		_metadata->trigger = 0;							\
	}										\
	_statement;									\
} while (0)

#define SUITE_XFAIL(_statement, _reason) SUITE_EXPECTED(_statement, KSFT_XFAIL, _reason)
#define SUITE_XPASS(_statement, _reason) SUITE_EXPECTED(_statement, KSFT_XPASS, _reason)

#endif /* LPAGE_SUITE_H */
