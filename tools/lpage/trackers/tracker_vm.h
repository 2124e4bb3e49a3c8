/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tracker at work: a VM that consists of attributes, memslots and one tracker, driven by
 * the steps of a scenario, and what the tracker gets wrong there.
 */
#ifndef LPAGE_TRACKER_VM_H
#define LPAGE_TRACKER_VM_H

#include <stdio.h>

#include "model/attr_map.h"
#include "scenario/scenario.h"
#include "tracker.h"

struct tracker_vm {
	struct attr_map *attrs;
	struct tracker_store store;
	struct tracker *tracker;
	u64 compared;		/* flags of hugepages compared with the definition so far */
};

/* From bad to worse. */
enum tracker_wrong {
	TRACKER_RIGHT,
	TRACKER_STRAY_ATTR,	/* looked at an attribute outside the memslot */
	TRACKER_WRONG_FLAG,	/* another answer than the definition gives */
	TRACKER_STRAY_INFO,	/* looked at a word outside the memslot's array */
	NR_TRACKER_WRONGS,
};

struct tracker_diff {
	enum tracker_wrong wrong;

	/* For TRACKER_WRONG_FLAG: which hugepage, and what the definition says. */
	u32 slot;
	u64 gfn;
	enum level level;
	bool mixed;
};

void tracker_vm_init(struct tracker_vm *vm, const struct tracker_ops *ops);
void tracker_vm_free(struct tracker_vm *vm);

/* Do @step, which is legal, if it concerns memslots or attributes; others do nothing. */
void tracker_vm_step(struct tracker_vm *vm, const struct step *step);

/*
 * Compare the flags of the hugepages of memslot @slot that overlap [@start, @end) with the
 * definition, attr_map_is_mixed(). Returns false, with the first difference in @diff, if
 * there is one.
 */
bool tracker_vm_slot_is_right(struct tracker_vm *vm, struct tracker_slot *slot, u64 start,
			      u64 end, struct tracker_diff *diff);

/*
 * The same for all memslots; a look outside a memslot so far is a difference, too. Of
 * several kinds of difference the worst is reported.
 */
bool tracker_vm_is_right(struct tracker_vm *vm, struct tracker_diff *diff);

/* Print @diff as the end of a sentence that starts with the tracker's name. */
void tracker_diff_print(const struct tracker_diff *diff, FILE *out);

/*
 * Run @scenario with a tracker @ops. Returns the number of the step, from 1, after which
 * the worst difference first showed, which is then in @diff; 0 if there is none.
 */
size_t tracker_vm_run(const struct tracker_ops *ops, const struct scenario *scenario,
		      struct tracker_diff *diff);

#endif /* LPAGE_TRACKER_VM_H */
