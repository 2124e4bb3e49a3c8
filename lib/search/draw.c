// SPDX-License-Identifier: GPL-2.0-only
/* xoshiro256**, whose state random_next() spreads a seed over. */
#include <linux/kernel.h>

#include "scenario/random.h"
#include "search/draw.h"

static u64 rotate(u64 value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static u64 random64(struct draw *draw)
{
	u64 *s = draw->state;
	u64 result = rotate(s[1] * 5, 7) * 9;
	u64 shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

void draw_init(struct draw *draw, u64 *seed)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(draw->state); i++)
		draw->state[i] = random_next(seed);
}

u64 draw_below(struct draw *draw, u64 nr)
{
	return random64(draw) % nr;
}

bool draw_chance(struct draw *draw, unsigned int percent)
{
	return draw_below(draw, 100) < percent;
}

size_t draw_weighted(struct draw *draw, const unsigned int *weight, size_t nr)
{
	unsigned int sum = 0;
	size_t i;
	u64 left;

	for (i = 0; i < nr; i++)
		sum += weight[i];
	left = draw_below(draw, sum);
	for (i = 0; left >= weight[i]; i++)
		left -= weight[i];
	return i;
}
