/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CPU that another thread wants all the time: a long walk of the kernel's has to let go of its
 * locks on the way (cond_resched()), and to go on where it was.
 */
#ifndef LPAGE_BUSY_CPU_H
#define LPAGE_BUSY_CPU_H

#include "host/background.h"
#include "host/one_cpu.h"

struct busy_cpu {
	struct background other;
	cpu_set_t before;
	bool end;
};

/* Stay on one CPU and share it with another thread, until the end. */
void busy_cpu_begin(struct busy_cpu *busy);
void busy_cpu_end(struct busy_cpu *busy);

#endif /* LPAGE_BUSY_CPU_H */
