/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers that are the same everywhere. */
#ifndef LPAGE_RANDOM_H
#define LPAGE_RANDOM_H

#include <linux/types.h>

/* The next number after *@state, which may begin anywhere: splitmix64. */
static inline u64 random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* A number below @limit, which is small, so that the unevenness of a remainder is, too. */
static inline u64 random_below(u64 *state, u64 limit)
{
	return random_next(state) % limit;
}

#endif /* LPAGE_RANDOM_H */
