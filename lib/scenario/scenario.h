/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scenario: steps that change memslots, attributes and mappings of one VM.  What each must do
 * is computed by the mapping model; what is expected beside that is a step as well.
 * The fixed programs, the random generator, the shrinker and replay all speak it.
 */
#ifndef LPAGE_SCENARIO_H
#define LPAGE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/backing_kind.h"
#include "scenario/level.h"
#include "scenario/step_kind.h"

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

/* How each access of a touch is expected to end. */
enum expected_exit {
	EXPECT_ANY_EXIT,
	EXPECT_NO_EXIT,
	EXPECT_MEMORY_FAULT,
	EXPECT_MMIO,
	NR_EXPECTED_EXITS,
};

/* What is claimed by a STEP_EXPECT: one of the three. */
struct expectation {
	bool no_leaf;		/* nothing is mapped */
	u32 leaves[NR_LEVELS];	/* just these leaves are there, in the whole VM */
	enum expected_exit exit;	/* of the last touch: of all its pages, or ... */
	u32 pages;			/* ... of so many of them */
	u32 dirty;		/* pages of the last dirty log that was got */
	bool huge;		/* leaves where guest_memfd has large folios, not single pages */
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

/* How much KVM recovers of what was split for execution: kvm.nx_huge_pages_recovery_*. */
struct recovery {
	u32 ratio;	/* the share of each period: a half, a third ...; 0: all, as with 1 */
	u32 periods;	/* that go by; 0: one */
	bool early;	/* none does: KVM is stopped before the first one is over */
};

static inline u32 recovery_periods(const struct recovery *recovery)
{
	if (recovery->early)
		return 0;

	return recovery->periods ? recovery->periods : 1;
}

/*
 * One step.  Addresses and sizes are bytes, multiples of 4K.  What a kind uses of it are the fields
 * of its line, see step_fields.c.
 *
 * Where memory is made scarce (pressure) the step is done or, as long as nothing of it is, refused;
 * a pre-fault stops where it is refused, and a touch goes on with enough memory.
 */
struct step {
	enum step_op op;
	u32 slot;		/* 1 to SCENARIO_MAX_SLOT: KVM's slot 0 holds the guest's code */
	u64 gpa;
	u64 size;
	u64 hva;		/* offset of the host address from a 1G boundary */
	enum backing_kind backing;
	bool gmem;		/* the memslot has a guest_memfd */
	u64 offset;		/* and begins there in it */
	bool private;
	bool by_guest;		/* converted on request of the guest (KVM_HC_MAP_GPA_RANGE) */
	bool on;		/* of a memslot: logged from the start */
	enum access access;
	enum manual_protect protect;
	enum split_way split;
	enum node_placement placement;
	unsigned int node;	/* 0 or 1 */
	enum migrate_way migrate;
	struct recovery recovery;
	struct pressure pressure;
	struct expectation expect;
	unsigned int line;	/* in the file it was read from; 0 if none */
};

/* Its range in pages. */
static inline u64 step_gfn(const struct step *step)
{
	return step->gpa >> GFN_SHIFT;
}

static inline u64 step_pages(const struct step *step)
{
	return step->size >> GFN_SHIFT;
}

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
