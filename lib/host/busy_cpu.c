// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compiler.h>

#include "host/busy_cpu.h"

static int keep_busy(void *arg)
{
	const bool *end = arg;

	while (!READ_ONCE(*end))
		;
	return 0;
}

void busy_cpu_begin(struct busy_cpu *busy)
{
	busy->end = false;
	busy->before = one_cpu_stay();
	background_start(&busy->other, keep_busy, &busy->end);
}

void busy_cpu_end(struct busy_cpu *busy)
{
	WRITE_ONCE(busy->end, true);
	background_join(&busy->other);
	one_cpu_leave(&busy->before);
}
