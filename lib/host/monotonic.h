/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock for waits and durations, which nobody sets. */
#ifndef LPAGE_MONOTONIC_H
#define LPAGE_MONOTONIC_H

#include <time.h>

#include <linux/types.h>

/* Nanoseconds since some moment before the program began. */
static inline u64 monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static inline u64 monotonic_ms(void)
{
	return monotonic_ns() / 1000000;
}

#endif /* LPAGE_MONOTONIC_H */
