/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random scenarios: legal steps, most of them where mapping levels are decided, i.e. at
 * the edges of hugepages and memslots, and where something happened before.  The same
 * seed and limits give the same steps on every machine.
 */
#ifndef LPAGE_GENERATOR_H
#define LPAGE_GENERATOR_H

#include "model/scenario_check.h"

#define GENERATOR_PLACES	16
#define GENERATOR_QUEUE		16

struct generator_limits {
	size_t steps;			/* how many steps at most */
	unsigned int backings;		/* bit n: memory of enum backing_kind n is there */
	bool prefault;			/* KVM_PRE_FAULT_MEMORY is there */
	bool failing;			/* slab allocations can be made to fail */
	bool modes;			/* modes of KVM and the host's hugepages change */
	bool nodes;			/* with modes: memory can be moved between NUMA nodes */
	struct kernel_traits traits;
};

/* For the functions below only. */
struct generator {
	struct generator_limits limits;
	u64 random[4];
	u64 aside;			/* random, too: what decides about no other step */
	size_t nr_steps;
	size_t nr_first_slots;		/* memslots to begin with */
	struct checker checker;
	u64 place[GENERATOR_PLACES];	/* gfns where something happened, as a ring */
	size_t nr_places;		/* noted so far, also those that were overwritten */
	struct step queue[GENERATOR_QUEUE];	/* steps that belong together */
	size_t nr_queued;
	size_t next_queued;
};

/* At least one kind of backing must be there. */
void generator_init(struct generator *generator, u64 seed, const struct generator_limits *limits);
void generator_free(struct generator *generator);

/* Make the next @step. Returns false, and no step, after the last one. */
bool generator_next(struct generator *generator, struct step *step);

#endif /* LPAGE_GENERATOR_H */
