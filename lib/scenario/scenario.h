/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario: steps that change memslots, attributes and mappings of one VM.  It
 * carries no expected result; the mapping model computes what each step must do.
 * The fixed programs, the random generator, the shrinker and replay all speak it.
 */
#ifndef LPAGE_SCENARIO_H
#define LPAGE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/backing_kind.h"
#include "scenario/level.h"

enum step_op {
	STEP_MEMSLOT,		/* create a memslot */
	STEP_DELETE,		/* delete a memslot */
	STEP_MOVE,		/* give a memslot another gpa */
	STEP_CONVERT,		/* make a range private or shared */
	STEP_TOUCH,		/* the guest accesses every page of a range */
	STEP_PREFAULT,		/* KVM_PRE_FAULT_MEMORY */
	STEP_PUNCH,		/* punch a hole in the guest_memfd behind a range */
	STEP_ALLOCATE,		/* fallocate the guest_memfd behind a range */
	STEP_LOG,		/* switch dirty logging of a memslot */
	STEP_DONTNEED,		/* the host's madvise(MADV_DONTNEED) on a range */
	STEP_DISCARD,		/* punch a hole in the shared backing behind a range */
	STEP_FORK,		/* a child of the host process writes a page, then exits */
	STEP_PROTECT,		/* how logs are cleared: KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 */
	STEP_DIRTY,		/* KVM_GET_DIRTY_LOG of a memslot */
	STEP_CLEAR,		/* KVM_CLEAR_DIRTY_LOG of a range */
	STEP_EAGER_SPLIT,	/* the module parameter kvm.eager_page_split */
	STEP_NX_HUGEPAGES,	/* the module parameter kvm.nx_huge_pages */
	STEP_NX_RECOVER,	/* KVM recovers all hugepages that were split for execution */
	STEP_SPLIT,		/* split the transparent hugepages that begin or end in a range */
	STEP_COLLAPSE,		/* make a range of small host pages transparent hugepages */
	STEP_PLACE,		/* which NUMA nodes new memory is to lie on */
	STEP_MIGRATE,		/* the host moves the memory behind a range to a NUMA node */
	STEP_EVACUATE,		/* the host moves all of the process's memory off a NUMA node */
	NR_STEP_OPS,
};

/* What the host does to part of a hugepage, and then undoes. */
enum split_way {
	SPLIT_MPROTECT,		/* makes it read-only */
	SPLIT_NOHUGEPAGE,	/* wants no hugepage there */
	NR_SPLIT_WAYS,
};

/* NUMA nodes are the first two with memory, whatever their numbers are. */
#define SCENARIO_NODES	2

/* Where the memory comes to lie that memslots are created with, unless they share a file. */
enum node_placement {
	PLACE_ANYWHERE,
	PLACE_NODE_0,		/* bound to it */
	PLACE_NODE_1,
	PLACE_INTERLEAVED,	/* a page on one node, the next one on the other */
	PLACE_TOUCHED_ON_0,	/* as no policy says, but touched first by a CPU of that node */
	PLACE_TOUCHED_ON_1,
	NR_PLACEMENTS,
};

enum migrate_way {
	MIGRATE_MOVE_PAGES,
	MIGRATE_MBIND,		/* a policy that moves what is there already */
	MIGRATE_OTHER_PROCESS,	/* move_pages(), but by a process that has not got this memory */
	NR_MIGRATE_WAYS,
};

enum access {
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_EXECUTE,
	NR_ACCESSES,
};

/* What becomes of dirty bits and write protection when a dirty log is got. */
enum manual_protect {
	PROTECT_AUTOMATIC,	/* getting the log clears it and protects its pages again */
	PROTECT_MANUAL,		/* KVM_CLEAR_DIRTY_LOG does that (MANUAL_PROTECT_ENABLE) */
	PROTECT_INITIALLY_SET,	/* and all is dirty at first, nothing protected (INITIALLY_SET) */
	NR_MANUAL_PROTECTS,
};

/* How scarce memory is while a step is carried out. */
struct pressure {
	u32 first;	/* the first allocation that fails, counted from 1; 0: none */
	u32 times;	/* how many fail from then on; 0: all */
	u64 room;	/* bytes left in the memory cgroup; 0: no limit */
};

static inline bool pressure_is_any(const struct pressure *pressure)
{
	return pressure->first || pressure->room;
}

/*
 * One step.  Addresses and sizes are bytes, multiples of 4K.
 *
 *   op                          uses
 *   MEMSLOT                     slot, gpa, size, hva, backing, gmem, on (logged from the start)
 *   DELETE                      slot
 *   MOVE                        slot, gpa
 *   CONVERT                     private, gpa, size, by_guest
 *   TOUCH                       access, gpa, size
 *   PREFAULT, PUNCH, ALLOCATE, DONTNEED, DISCARD    gpa, size
 *   LOG                         slot, on
 *   FORK                        gpa
 *   PROTECT                     protect
 *   DIRTY                       slot
 *   CLEAR                       gpa, size
 *   EAGER_SPLIT, NX_HUGEPAGES   on
 *   NX_RECOVER                  nothing
 *   SPLIT                       gpa, size, split
 *   COLLAPSE                    gpa, size
 *   PLACE                       placement
 *   MIGRATE                     gpa, size, node, migrate
 *   EVACUATE                    node
 *
 * Memory may be made scarce (pressure) for MEMSLOT, DELETE, MOVE, CONVERT, TOUCH, PREFAULT,
 * PUNCH and ALLOCATE.  The step is then done or, as long as nothing of it is, refused; a
 * pre-fault stops where it is refused, and a touch goes on with enough memory.
 */
struct step {
	enum step_op op;
	u32 slot;		/* 1 to SCENARIO_MAX_SLOT: KVM's slot 0 holds the guest's code */
	u64 gpa;
	u64 size;
	u64 hva;		/* offset of the host address from a 1G boundary */
	enum backing_kind backing;
	bool gmem;		/* the memslot has a guest_memfd */
	bool private;
	bool by_guest;		/* converted on request of the guest (KVM_HC_MAP_GPA_RANGE) */
	bool on;
	enum access access;
	enum manual_protect protect;
	enum split_way split;
	enum node_placement placement;
	unsigned int node;	/* 0 or 1 */
	enum migrate_way migrate;
	struct pressure pressure;
	unsigned int line;	/* in the file it was read from; 0 if none */
};

#define SCENARIO_MAX_SLOT	31

/* Scenarios use gpas in [4G, 512G): above what libkvm takes, within every CPU's reach. */
#define SCENARIO_MIN_GPA	(4ull << 30)
#define SCENARIO_MAX_GPA	(512ull << 30)

struct scenario {
	struct step *step;
	size_t nr;
	size_t max;
};

/* Append a copy of @step. Aborts when memory runs out. */
void scenario_add(struct scenario *scenario, const struct step *step);

/* Make @copy, which must be initialised, hold the steps of @scenario. */
void scenario_copy(struct scenario *copy, const struct scenario *scenario);

/* Release the steps; the scenario is then empty and may be used again. */
void scenario_free(struct scenario *scenario);

#endif /* LPAGE_SCENARIO_H */
