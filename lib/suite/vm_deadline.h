/* SPDX-License-Identifier: GPL-2.0-only */
/* For calls that must end, made in the background: a hang is a failure that says what hangs. */
#ifndef LPAGE_VM_DEADLINE_H
#define LPAGE_VM_DEADLINE_H

#include "suite/suite_harness.h"

#include "host/background.h"
#include "host/slow_machine.h"
#include "kvm/known_bug.h"

/* A correct kernel takes milliseconds. */
#define VM_DEADLINE_SECONDS	3

/*
 * The end of @what at @gpa comes in time; returns what it returned.  Else the test ends here: its
 * VM cannot be freed as long as a thread of it is busy, only with the process.
 */
static inline int vm_expect_end_in_time(struct __test_metadata *_metadata,
					struct background *background, const char *what,
					u64 gpa, const char *when)
{
	unsigned int seconds = slow_machine_seconds(VM_DEADLINE_SECONDS);

	if (background_ends_within(background, seconds * 1000))
		return background_join(background);

	TH_LOG("Wanted an end of %s at gpa 0x%llx (%s), got none in %u s", what,
	       (unsigned long long)gpa, when, seconds);
	_exit(KSFT_FAIL);
}

/*
 * Where the kernel has the bug @id that keeps a call from ending: if it does not end in time, the
 * test ends here as an expected failure.
 */
static inline void vm_may_never_end(struct __test_metadata *_metadata,
				    struct background *background, enum known_bug_id id)
{
	unsigned int seconds = slow_machine_seconds(VM_DEADLINE_SECONDS);

	if (!known_bug_expected(id) || background_ends_within(background, seconds * 1000))
		return;

	snprintf(_metadata->results->reason, sizeof(_metadata->results->reason), "%s",
		 known_bug(id)->reason);
	_exit(__test_passed(_metadata) ? KSFT_XFAIL : KSFT_FAIL);
}

#endif /* LPAGE_VM_DEADLINE_H */
