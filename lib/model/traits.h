/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model has to be told of a kernel: kvm/kernel_traits.h measures it. */
#ifndef LPAGE_TRAITS_H
#define LPAGE_TRAITS_H

#include "scenario/level.h"

/* What a kernel does beyond the rules; measured on it at start-up, never assumed. */
struct kernel_traits {
	enum level gmem_level;		/* the size of guest_memfd's large folios; 4K: has none */
	bool gmem_hole_splits;		/* a hole in one of them leaves smaller ones, not zeroes */
	bool gmem_reserves_exactly;	/* fallocate() of a part of one makes single pages */
	bool mixed_stays_small;		/* what was mixed is never huge again in its memslot */
	bool delete_zaps_all;		/* deleting a memslot zaps the leaves of all of them */
	bool log_splits_eagerly;	/* dirty logging on: huge leaves become 4K leaves */
	bool nx_hugepages;		/* huge leaves cannot be executed: kvm.nx_huge_pages */
	bool fault_remaps;		/* a fault on a mapped page makes it writable, and dirty */
	bool unlog_promotes;		/* dirty logging off: tables become huge leaves in place */
};

#endif /* LPAGE_TRAITS_H */
