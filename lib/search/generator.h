/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random scenarios: legal steps, most of them where mapping levels are decided, i.e. at
 * the edges of hugepages and memslots, and where something happened before.  The same
 * seed and limits give the same steps on every machine.
 */
#ifndef LPAGE_GENERATOR_H
#define LPAGE_GENERATOR_H

#include "model/scenario_check.h"

struct generator_limits {
	size_t steps;			/* how many steps at most */
	u64 converted;			/* bytes in big conversions at most, 0: usual */
	unsigned int backings;		/* bit n: memory of enum backing_kind n is there */
	bool prefault;			/* KVM_PRE_FAULT_MEMORY is there */
	bool failing;			/* slab allocations can be made to fail */
	bool modes;			/* modes of KVM and the host's hugepages change */
	bool rings;			/* with modes: KVM has dirty rings */
	bool nodes;			/* with modes: memory can be moved between NUMA nodes */
	struct kernel_traits traits;
};

/*
 * Make @scenario that of @seed, of limits->steps steps; what it held before is dropped.  At least
 * one kind of backing must be there.
 */
void generator_scenario(struct scenario *scenario, u64 seed, const struct generator_limits *limits);

#endif /* LPAGE_GENERATOR_H */
