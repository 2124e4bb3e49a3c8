/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many at once: vCPUs, each run by a thread of its own, touch the same hugepages and ask for
 * conversions of the pages in there that are theirs, while the host converts, punches holes,
 * takes away host memory, deletes and re-adds a memslot.  What happens depends on who comes
 * first; all that is checked is true of a correct KVM in any case.
 *
 * Everybody reads everything: whoever reads a page that did not change meanwhile must see
 * what its owner knows to be there, and whoever reads one that did, something of that page
 * and no older than what was there when he began (lib/model/owned_page.h).  An access must end
 * without an exit, but for
 *   - KVM_EXIT_MEMORY_FAULT of a page that is being converted: the kind of the access is
 *     settled before KVM takes note of invalidations (kvm_mmu_page_fault()), and compared
 *     with the attributes after that (kvm_mmu_faultin_pfn());
 *   - KVM_EXIT_MMIO of a shared page, KVM_EXIT_MEMORY_FAULT of a private one, while their
 *     memslot is away.
 * The host never finds what a guest wrote to a private page in shared memory.
 *
 * When all have stopped, the attributes are known exactly, and so is what KVM may have left:
 * leaves that the mapping model allows, and, read out, the levels that it asks for.
 */
#ifndef LPAGE_CONTENTION_H
#define LPAGE_CONTENTION_H

#include "model/mapping_model.h"
#include "scenario/backing_kind.h"

struct contention {
	const char *name;		/* for messages */
	unsigned int nr_vcpus;
	enum backing_kind backing;
	bool memslots;			/* the host deletes and re-adds one of them */
	bool other_vm;			/* another VM reads the same memory; needs pre-faulting */
	unsigned int rounds;		/* of each vCPU: an operation or a look */
	u64 seed;
};

/* Returns NULL if all went well, else the first failure, for the caller to free. */
char *contention_run(const struct contention *contention, const struct kernel_traits *traits);

#endif /* LPAGE_CONTENTION_H */
