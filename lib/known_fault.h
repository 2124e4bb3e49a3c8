/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults of released kernels that this suite found or knows of.  Where a fault is known
 * its scenario is expected to fail (XFAIL); on every other release it must pass.  For
 * each there is a report, tools/known-faults/NAME, ready to be posted.
 */
#ifndef LPAGE_KNOWN_FAULT_H
#define LPAGE_KNOWN_FAULT_H

#include <stdbool.h>

enum known_fault_id {
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
	PREFAULT_SPINS,
	EMULATOR_MISSES_PRIVATE,
	NR_KNOWN_FAULTS,
};

struct known_fault {
	const char *name;
	const char *reason;		/* for XFAIL: short and constant */
	const char *scenario;		/* the smallest that shows it, NULL if no scenario can */
	const char *wanted;		/* how the scenario's failure begins */
	const char *log;		/* how it shows in the kernel's log, NULL if it does not */
	bool by_chance;			/* so may other faults: see kernel_log_tolerate() */
	unsigned int first_release;	/* e.g. RELEASE(6, 8) */
	unsigned int last_release;
};

const struct known_fault *known_fault(enum known_fault_id id);

/* True if the running kernel is one of the releases that have the fault. */
bool known_fault_expected(enum known_fault_id id);

/*
 * True if @failure of the fault's scenario is the one that the fault accounts for on the
 * running kernel, and not another one.
 */
bool known_fault_explains(enum known_fault_id id, const char *failure);

#endif /* LPAGE_KNOWN_FAULT_H */
