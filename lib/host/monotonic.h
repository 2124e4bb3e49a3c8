/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock for waits and durations, which nobody sets. */
#ifndef LPAGE_MONOTONIC_H
#define LPAGE_MONOTONIC_H

#include <time.h>

#include <linux/types.h>

/* Milliseconds since some moment before the program began. */
static inline u64 monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

#endif /* LPAGE_MONOTONIC_H */
