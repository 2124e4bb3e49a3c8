/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of steps: a row for each, with all about it that can be said in a word.  What takes
 * more is found under its name in
 *
 *	scenario/step_fields.c		NAME_fields	what its line of text has
 *	model/step_*.c			check_NAME()	whether it is possible
 *					apply_NAME()	what it does to the model
 *	run/step_*.c			run_NAME()	how it is carried out
 *
 * and a row that lacks one of them does not build.  A step is described where it is written:
 * scenario_text.h has the grammar, scenario.h what each field of struct step means.
 */
#ifndef LPAGE_STEP_KIND_H
#define LPAGE_STEP_KIND_H

#include <stdbool.h>

/* When the generator may choose it, see struct generator_limits. */
enum step_when {
	STEP_NEVER,
	STEP_ALWAYS,
	STEP_WITH_MODES,
	STEP_WITH_NODES,	/* and with modes */
	NR_STEP_WHENS,
};

/* What the bench counts its time as. */
enum step_cost {
	STEP_COST_NONE,
	STEP_COST_MEMSLOTS,
	STEP_COST_CONVERSIONS,
	STEP_COST_TOUCHES,
	STEP_COST_PREFAULTS,
	STEP_COST_HOST,
	NR_STEP_COSTS,
};

#define STEP_TAKES_MEMORY	1	/* memory may be made scarce for it: struct pressure */
#define STEP_CHANGES_LEVELS	2	/* it changes memslots or attributes */
#define STEP_ONLY_MAPS		4	/* it does nothing but install leaves */
#define STEP_FOLLOWED		8	/* who runs it brings the model on meanwhile */

/*
 * ROW(ID, name, weight, when, cost, traits): STEP_ID is the kind, @name the word in a text and in
 * the functions above, @weight how often the generator chooses it beside others.
 */
#define STEP_KINDS(ROW)									\
	/* create, delete a memslot, give it another gpa */					\
	ROW(MEMSLOT, memslot, 4, ALWAYS, MEMSLOTS, STEP_TAKES_MEMORY | STEP_CHANGES_LEVELS)	\
	ROW(DELETE, delete, 2, ALWAYS, MEMSLOTS, STEP_TAKES_MEMORY | STEP_CHANGES_LEVELS)	\
	ROW(MOVE, move, 7, ALWAYS, MEMSLOTS, STEP_TAKES_MEMORY | STEP_CHANGES_LEVELS)		\
	/* make a range private or shared */							\
	ROW(CONVERT, convert, 36, ALWAYS, CONVERSIONS,						\
	    STEP_TAKES_MEMORY | STEP_CHANGES_LEVELS)						\
	/* the guest accesses every page of a range; KVM_PRE_FAULT_MEMORY */			\
	ROW(TOUCH, touch, 22, ALWAYS, TOUCHES,							\
	    STEP_TAKES_MEMORY | STEP_ONLY_MAPS | STEP_FOLLOWED)					\
	ROW(PREFAULT, prefault, 14, ALWAYS, PREFAULTS,						\
	    STEP_TAKES_MEMORY | STEP_ONLY_MAPS | STEP_FOLLOWED)					\
	/* punch a hole in the guest_memfd behind a range, or allocate it */			\
	ROW(PUNCH, punch, 5, ALWAYS, HOST, STEP_TAKES_MEMORY)					\
	ROW(ALLOCATE, allocate, 2, ALWAYS, HOST, STEP_TAKES_MEMORY)				\
	/* switch dirty logging of a memslot */							\
	ROW(LOG, log, 5, ALWAYS, MEMSLOTS, 0)							\
	/* the host's MADV_DONTNEED on a range, or a hole in the shared backing behind it */	\
	ROW(DONTNEED, dontneed, 4, ALWAYS, HOST, 0)						\
	ROW(DISCARD, discard, 2, ALWAYS, HOST, 0)						\
	/* a child of the host process writes a page, then exits */				\
	ROW(FORK, fork, 2, ALWAYS, HOST, STEP_FOLLOWED)						\
	/* how logs are cleared: KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 */				\
	ROW(MANUAL_PROTECT, manual_protect, 3, WITH_MODES, MEMSLOTS, 0)				\
	/* KVM_GET_DIRTY_LOG of a memslot, KVM_CLEAR_DIRTY_LOG of a range */			\
	ROW(DIRTY, dirty, 30, WITH_MODES, MEMSLOTS, 0)						\
	ROW(CLEAR, clear, 30, WITH_MODES, MEMSLOTS, 0)						\
	/* the module parameters kvm.eager_page_split and kvm.nx_huge_pages */			\
	ROW(EAGER_SPLIT, eager_split, 2, WITH_MODES, HOST, 0)					\
	ROW(NX_HUGEPAGES, nx_hugepages, 2, WITH_MODES, HOST, 0)					\
	/* KVM recovers hugepages that were split for execution, all or a share */		\
	ROW(NX_RECOVER, nx_recover, 2, WITH_MODES, HOST, STEP_FOLLOWED)				\
	/* split the host's hugepages that begin or end in a range; make small pages huge */	\
	ROW(SPLIT, split, 12, WITH_MODES, HOST, 0)						\
	ROW(COLLAPSE, collapse, 12, WITH_MODES, HOST, STEP_FOLLOWED)				\
	/* which NUMA nodes new memory is to lie on; move it to one, or all of it off one */	\
	ROW(PLACE, place, 2, WITH_NODES, HOST, 0)						\
	ROW(MIGRATE, migrate, 10, WITH_NODES, HOST, STEP_FOLLOWED)				\
	ROW(EVACUATE, evacuate, 1, WITH_NODES, HOST, STEP_FOLLOWED)				\
	/* another VM in place of this one, still empty, that logs dirty pages into rings */	\
	ROW(DIRTY_RING, dirty_ring, 0, NEVER, NONE, 0)						\
	/* no step but a claim: what there must be by now, whatever the model says */		\
	ROW(EXPECT, expect, 0, NEVER, NONE, 0)

#define STEP_ENUMERATOR(id, name, weight, when, cost, traits) STEP_##id,

enum step_op {
	STEP_KINDS(STEP_ENUMERATOR)
	NR_STEP_OPS,
};

struct step_kind {
	const char *name;
	unsigned int weight;
	enum step_when when;
	enum step_cost cost;
	unsigned int traits;
};

/* The row of @op; aborts where there is none. */
const struct step_kind *step_kind(enum step_op op);

static inline bool step_is(enum step_op op, unsigned int trait)
{
	return step_kind(op)->traits & trait;
}

#endif /* LPAGE_STEP_KIND_H */
