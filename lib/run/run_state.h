/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a scenario that is being carried out, by all that take part in it. */
#ifndef LPAGE_RUN_STATE_H
#define LPAGE_RUN_STATE_H

#include "host/backing.h"
#include "model/mapping_model.h"

struct vm_driver;

/* Memory behind one memslot. */
struct run_memory {
	struct backing_view view;
	void *hva;
	u64 size;
	int gmem_fd;
	u64 offset;		/* of the memory in there */
};

struct scenario_run {
	const char *name;		/* of the case, for messages */
	struct vm_driver *vmd;
	struct mapping_model *model;
	struct run_memory memory[SCENARIO_MAX_SLOT + 1];
	struct scenario done;		/* the steps so far */
	u64 next_tag;
	bool bare;			/* only carry out, neither follow nor compare */
	bool tolerant;			/* go on where a known bug of this kernel shows */
	u64 nr_tolerated;
	bool nx_recovered;		/* what was split for execution, at least once */
	bool recovered_more;		/* for more periods than a step said, as time went by */
	bool reads_out;			/* between the steps, which adds leaves to theirs */
	bool lacks_hugepages;		/* the host did not map huge what it should have */
	const char *left_out;		/* a constant reason why something was not looked at */
	struct step_outcome outcome;		/* KVM's, but for the leaves */
	struct attr_map *mmio_seen;	/* gfns that KVM may remember as MMIO */
	enum node_placement placement;	/* of new memory */
	bool misplaced;			/* some of that, as a node had none left */
	bool felt;			/* an allocation failed during the last step */
	bool refused;			/* the last step met ENOMEM, as it may then */
	u64 nr_refused;
	char *failure;			/* what went wrong, NULL so far */
};

/* Where the host has @gfn, which lies in memslot @slot. */
static inline void *scenario_run_hva(const struct scenario_run *run, const struct model_slot *slot,
				     u64 gfn)
{
	return run->memory[slot->id].hva + ((gfn - slot->base_gfn) << GFN_SHIFT);
}

#endif /* LPAGE_RUN_STATE_H */
