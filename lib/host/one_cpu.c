// SPDX-License-Identifier: GPL-2.0-only
#include "host/one_cpu.h"
#include "test_util.h"

cpu_set_t one_cpu_stay(void)
{
	cpu_set_t before, one;

	TEST_ASSERT(!sched_getaffinity(0, sizeof(before), &before), "No CPUs to choose from");
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	TEST_ASSERT(!sched_setaffinity(0, sizeof(one), &one), "Cannot stay on one CPU");
	return before;
}

void one_cpu_leave(const cpu_set_t *before)
{
	/* Where they are gone meanwhile (cpusets), one is left. */
	sched_setaffinity(0, sizeof(*before), before);
}
