/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failing allocations, for nobody but the calling thread: of slabs by FAILSLAB, which
 * injects failures, of all that is charged to it by the limit of a memory cgroup.
 */
#ifndef LPAGE_PRESSURE_H
#define LPAGE_PRESSURE_H

#include <stdbool.h>

#include "scenario/scenario.h"

/*
 * Make ready for the one or the other, and all be as before when this process ends.  To be
 * called once, before cases are forked off.  Return a constant reason if that is not
 * possible here, or NULL.
 */
const char *pressure_prepare_slab(void);
const char *pressure_prepare_cgroup(void);

/* What the functions above found, for later; asked for what was not prepared it is missing. */
const char *pressure_missing_slab(void);
const char *pressure_missing_cgroup(void);

/*
 * Bytes of page tables of VMs that are charged to the memory cgroup, which this process is in from
 * now on.  What changed in the last two seconds may be missing (FLUSH_TIME, mm/memcontrol.c).
 */
u64 pressure_charged_page_tables(void);

/* All bytes that are charged to it, exact but for what this process itself has meanwhile. */
u64 pressure_charged(void);

/*
 * Ask for @pressure on what this thread does between pressure_begin() and pressure_end(),
 * any number of times, until pressure_release().  The memory cgroup then stays that of the
 * process until it ends.  Without having been asked both do nothing.  errno is kept.
 */
void pressure_ask(const struct pressure *pressure);
bool pressure_is_asked(void);
void pressure_begin(void);
void pressure_end(void);
void pressure_release(void);

/* True if any allocation failed since pressure_ask(), be it released or not. */
bool pressure_was_felt(void);

#endif /* LPAGE_PRESSURE_H */
