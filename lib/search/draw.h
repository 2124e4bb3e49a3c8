/* SPDX-License-Identifier: GPL-2.0-only */
/* What the generator draws; a state gives the same on every machine. */
#ifndef LPAGE_DRAW_H
#define LPAGE_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct draw {
	u64 state[4];
};

/* Begin with random_next() of *@seed, which goes on. */
void draw_init(struct draw *draw, u64 *seed);

/* A number below @nr, which is small, so that the unevenness of a remainder is, too. */
u64 draw_below(struct draw *draw, u64 nr);

/* True in @percent of a hundred. */
bool draw_chance(struct draw *draw, unsigned int percent);

/* The index of one of the @nr entries of @weight, by weight; not all of them may be 0. */
size_t draw_weighted(struct draw *draw, const unsigned int *weight, size_t nr);

#endif /* LPAGE_DRAW_H */
