/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Staying on one CPU.  Each has lists of its own, of pages that were just given back and of new
 * ones (mm/swap.c), and only what happens on it takes them from there.
 */
#ifndef LPAGE_ONE_CPU_H
#define LPAGE_ONE_CPU_H

#include <sched.h>

/* Keep this thread on the CPU that it is on. Returns where it might run before. */
cpu_set_t one_cpu_stay(void);

/* Let it run there again. */
void one_cpu_leave(const cpu_set_t *before);

#endif /* LPAGE_ONE_CPU_H */
