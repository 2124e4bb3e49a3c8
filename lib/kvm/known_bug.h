/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bugs of released kernels that this suite found or knows of.  Where a bug is known
 * its scenario is expected to fail (XFAIL); on every other release it must pass.  For
 * each there is a report, tools/known-bugs/NAME, ready to be posted.
 */
#ifndef LPAGE_KNOWN_BUG_H
#define LPAGE_KNOWN_BUG_H

#include <stdbool.h>

enum known_bug_id {
	STALE_MMIO,
	UNLOG_WARNS,
	RESERVED_ENTRIES_COUNT,
	CLEARING_NEEDS_MEMORY,
	BINDING_LOST,
	ATTRIBUTES_NOT_CHARGED,
	PREFAULT_HANGS,
	NOSLOT_WARNS,
	CLEARED_PAGE_STAYS_WRITABLE,
	RECOVERY_WARNS,
	RECOVERY_TAKES_TOO_MUCH,
	PREFAULT_SPINS,
	EMULATOR_MISSES_PRIVATE,
	PREFAULT_SPINS_ON_OBSOLETE_ROOT,
	HYPERCALL_RESULT_NOT_CLEARED,
	RESET_FORGETS_PAGES,
	FAILURE_WITHOUT_ADDRESS,
	MMIO_OUTLIVES_SMM_MEMSLOTS,
	PREFAULT_OVERFLOWS_RING,
	PREFETCH_IGNORES_ATTRIBUTES,
	LIMIT_OF_TABLES_SINKS,
	NR_KNOWN_BUGS,
};

struct known_bug {
	const char *name;
	const char *reason;		/* for XFAIL: short and constant */
	const char *scenario;		/* the smallest that shows it, NULL if no scenario can */
	const char *wanted;		/* how the scenario's failure begins */
	const char *got;		/* what else is in it, NULL: nothing in particular */
	const char *log;		/* how it shows in the kernel's log, NULL if it does not */
	bool by_chance;			/* so may other bugs: see kernel_log_tolerate() */
	unsigned int first_release;	/* e.g. RELEASE(6, 8) */
	unsigned int last_release;
};

/* What is known of @id. */
const struct known_bug *known_bug(enum known_bug_id id);

/* True if the running kernel is one of the releases that have the bug. */
bool known_bug_expected(enum known_bug_id id);

/*
 * True if @failure of the bug's scenario is the one that the bug accounts for on the
 * running kernel, and not another one.
 */
bool known_bug_explains(enum known_bug_id id, const char *failure);

#endif /* LPAGE_KNOWN_BUG_H */
