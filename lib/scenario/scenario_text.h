/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenarios as text, one step a line:
 *
 *	memslot ID gpa ADDRESS size SIZE [hva OFFSET] backing NAME
 *	    [guest_memfd [offset OFFSET]|logged]
 *	delete ID
 *	move ID gpa ADDRESS
 *	convert private|shared ADDRESS SIZE [by guest]
 *	touch read|write|execute ADDRESS [SIZE]		SIZE is 4K if absent
 *	prefault ADDRESS SIZE
 *	punch ADDRESS SIZE
 *	allocate ADDRESS SIZE
 *	log ID on|off
 *	dontneed ADDRESS SIZE
 *	discard ADDRESS SIZE
 *	fork ADDRESS
 *	manual_protect off|on|initially_set
 *	dirty ID
 *	clear ADDRESS SIZE
 *	eager_split on|off
 *	nx_hugepages on|off
 *	nx_recover [ratio N] [periods N|early]
 *	split ADDRESS SIZE by mprotect|nohugepage
 *	collapse ADDRESS SIZE
 *	place anywhere|node_0|node_1|interleaved|touched_on_node_0|touched_on_node_1
 *	migrate ADDRESS SIZE to node_0|node_1 by move_pages|mbind|other_process
 *	evacuate node_0|node_1
 *	dirty_ring
 *	expect no leaf [if huge]
 *	expect [4K xN] [2M xN] [1G xN] [if huge]
 *	expect exit none|memory_fault|mmio [xN]
 *	expect dirty xN
 *
 * What is expected is what there is just then: all leaves of the VM; how the last touch ended, each
 * page of it or N pages; how many pages the last dirty log had.  Leaves are meant for a kernel
 * whose guest_memfd has single pages, as all that are released, or with `if huge` for one that has
 * large folios; on the other kind it is only asked what the model says of the one.
 *
 * What was split for execution is recovered by a share of 1/N, rounded up, in each period, and all
 * of it without a ratio; `early`: nothing, since the period is not over.
 *
 * With dirty_ring, to be written before memslots and conversions, KVM logs into rings: dirty takes
 * from them what they have, and has it protected again (KVM_RESET_DIRTY_RINGS).
 *
 * To memslot, delete, move, convert, touch, prefault, punch and allocate can be added
 *
 *	failing N [times M]	slab allocations fail from the N-th on, M of them or all
 *	limited SIZE		the memory cgroup has so much left
 *
 * Addresses and sizes are sums and differences of terms such as 16G, 2M, 4K or
 * 0x400000000, evaluated from left to right.  `#` starts a comment.
 */
#ifndef LPAGE_SCENARIO_TEXT_H
#define LPAGE_SCENARIO_TEXT_H

#include <stdio.h>

#include "scenario/scenario.h"

#define SCENARIO_MAX_STEPS	10000

/* Room for the text of any size, as format_size() writes it. */
#define SIZE_TEXT_MAX		40

/*
 * Read the @len bytes at @text, which came from the file @name, into @scenario, which
 * must be initialised.  Returns 0, or -EINVAL with "NAME:LINE:COLUMN: expected WHAT" for
 * the first mistake in @error; the scenario is then empty.  Lines and columns count from 1,
 * a column is a byte.  Whether the steps make sense one after the other is not asked
 * here: see scenario_check().
 */
int scenario_parse(struct scenario *scenario, const char *name, const char *text, size_t len,
		   char *error, size_t error_size);

/* Print @step as scenario_parse() reads it, without a newline. */
void step_print(const struct step *step, FILE *out);

/* Print every step on a line of its own. */
void scenario_print(const struct scenario *scenario, FILE *out);

/*
 * Write @bytes, a multiple of 4K, as the shortest sum or difference of G, M and K terms
 * into @text, which holds SIZE_TEXT_MAX. Returns @text.
 */
const char *format_size(u64 bytes, char *text);

#endif /* LPAGE_SCENARIO_TEXT_H */
