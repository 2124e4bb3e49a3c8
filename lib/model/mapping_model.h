/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle: what a correct KVM does with memslots, attributes and leaves.  Every
 * answer is computed from the definition at the time of the question; nothing is
 * tracked incrementally but which leaves are installed.
 */
#ifndef LPAGE_MAPPING_MODEL_H
#define LPAGE_MAPPING_MODEL_H

#include "model/attr_map.h"
#include "model/gmem_file.h"
#include "model/page_tables.h"
#include "model/page_tags.h"
#include "model/traits.h"
#include "scenario/scenario.h"

struct sparsebit;

/* How an access by the guest ends. */
enum access_end {
	ACCESS_DONE,
	ACCESS_MEMORY_FAULT,	/* KVM_EXIT_MEMORY_FAULT, private, of one page */
	ACCESS_MMIO,		/* KVM_EXIT_MMIO */
	ACCESS_INTERNAL_ERROR,	/* KVM_EXIT_INTERNAL_ERROR: no correct KVM has a reason to */
	ACCESS_VM_DEAD,		/* KVM_RUN fails with EIO: nor for that */
	ACCESS_EFAULT,		/* KVM_RUN fails with EFAULT: the host's memory forbids it */
	ACCESS_HWPOISON,	/* KVM_EXIT_MEMORY_FAULT with EHWPOISON: the page has failed */
	NR_ACCESS_ENDS,
};

/* What the last steps came to, as far as a STEP_EXPECT may ask for it. */
struct step_outcome {
	u64 leaves[NR_LEVELS];		/* all there are: see outcome_of_model() */
	u64 ends[NR_ACCESS_ENDS];	/* pages of the last touch, by how that ended */
	u64 dirty;			/* pages that the last dirty log had */
};

struct model_slot {
	u32 id;
	u64 base_gfn;
	u64 npages;
	u64 hva_page;			/* host address: pages from a 1G boundary */
	enum backing_kind backing;
	bool gmem;
	u64 gmem_page;			/* page of the guest_memfd at which the memslot begins */
	struct gmem_file *file;		/* the guest_memfd, which ends with it; NULL: none */
	bool logged;
	u32 shared_object;		/* who owns the pages, for page_tags */
	u32 private_object;
	struct sparsebit *leaves[NR_LEVELS];	/* bit n: leaf at gfn n << level_shift() */
	struct sparsebit *was_mixed[NR_LEVELS];	/* the same for hugepages: mixed_stays_small */
	/* Bit n of each: page n of the memslot, while it is logged or its leaf lives. */
	struct sparsebit *dirty;
	struct sparsebit *protected;	/* its leaf faults on a write */
	struct sparsebit *locked;	/* and is not made writable but mapped anew then */
	struct sparsebit *host_huge;	/* bit n: the host maps 2M n of its addresses huge */
	struct model_slot *next;
};

/* The first gfn behind @slot. */
static inline u64 model_slot_end(const struct model_slot *slot)
{
	return slot->base_gfn + slot->npages;
}

struct mapping_model {
	struct kernel_traits traits;
	struct attr_map *attrs;
	struct model_slot *slots;
	struct page_tags tags;
	struct page_tables *tables;
	enum manual_protect protect;
	bool rings;			/* in place of bitmaps */
	bool eager_split;
	bool nx_hugepages;
	unsigned int collapsed;		/* bit n: file pages of enum backing_kind n may be huge */
	u32 nr_objects;
	struct step_outcome outcome;
};

/* What a failure calls it, e.g. "no exit". */
const char *access_end_name(enum access_end end);

/* A VM without memslots in which all memory is shared. */
struct mapping_model *mapping_model_alloc(const struct kernel_traits *traits);
void mapping_model_free(struct mapping_model *model);

/* The memslot that holds @gfn, or has number @id; NULL if there is none. */
struct model_slot *mapping_model_slot_at(const struct mapping_model *model, u64 gfn);
struct model_slot *mapping_model_slot(const struct mapping_model *model, u32 id);

/* True if [@gfn, @gfn + @npages) overlaps a memslot other than number @but (0: any). */
bool mapping_model_overlaps(const struct mapping_model *model, u64 gfn, u64 npages, u32 but);

/*
 * The highest level at which KVM may map @gfn of @slot now: kvm_mmu_max_mapping_level()
 * and the alignment rules of kvm_alloc_memslot_metadata().
 */
enum level mapping_model_max_level(const struct mapping_model *model,
				   const struct model_slot *slot, u64 gfn);

/* The level of the leaf that maps @gfn now, LEVEL_NONE if there is none. */
enum level mapping_model_leaf(const struct mapping_model *model, u64 gfn);

/* The number of leaves of @level in the whole VM. */
u64 mapping_model_count(const struct mapping_model *model, enum level level);

/*
 * True if only the guest can put code into the page at @gfn, of guest_memfd, to execute it: an
 * execution is a write first.
 */
bool mapping_model_guest_stores_code(const struct mapping_model *model, u64 gfn);

/* What an access to @gfn does, and install the leaf if it needs one. */
enum access_end mapping_model_access(struct mapping_model *model, u64 gfn, enum access access);

/*
 * Pre-fault [@gfn, @gfn + @npages). Returns 0 or the errno of the ioctl for the first
 * page that cannot be mapped, with that page in *@stopped.
 */
int mapping_model_prefault(struct mapping_model *model, u64 gfn, u64 npages, u64 *stopped);

/* Create, delete, move a memslot, as @step says; the caller made sure that it is possible. */
struct model_slot *mapping_model_add_slot(struct mapping_model *model, const struct step *step);
void mapping_model_delete_slot(struct mapping_model *model, u32 id);
void mapping_model_move_slot(struct mapping_model *model, u32 id, u64 gfn);

/* Give [@start, @end) the attribute @private. */
void mapping_model_convert(struct mapping_model *model, u64 start, u64 end, bool private);

/* Zap every leaf that overlaps [@start, @end). */
void mapping_model_zap(struct mapping_model *model, u64 start, u64 end);

/* Switch dirty logging of memslot @id. */
void mapping_model_log(struct mapping_model *model, u32 id, bool on);

/* True if @gfn, which lies in @slot, which is logged, is dirty. */
bool mapping_model_is_dirty(const struct model_slot *slot, u64 gfn);

/* Get the dirty log of memslot @id, which clears it unless that is done by hand. */
void mapping_model_get_log(struct mapping_model *model, u32 id);

/* Clear the dirty log of [@gfn, @gfn + @npages), which lies in one memslot. */
void mapping_model_clear_log(struct mapping_model *model, u64 gfn, u64 npages);

/* Switch the NX hugepage mitigation: a change zaps everything, set_nx_huge_pages(). */
void mapping_model_set_nx(struct mapping_model *model, bool on);

/* How many tracked tables KVM takes in a period: nx_huge_pages_recovery_ratio, 0 is taken for 1. */
u64 mapping_model_nx_share(const struct mapping_model *model, u32 ratio);

/*
 * kvm_recover_nx_huge_pages(): take @nr tables, those first that have been tracked longest; what
 * lies below one goes with it.  Returns how many there were to take.
 */
u64 mapping_model_recover_nx(struct mapping_model *model, u64 nr);

/* The page of the shared backing, or of the guest_memfd, behind @gfn of @slot. */
u64 model_slot_shared_page(const struct model_slot *slot, u64 gfn);
u64 model_slot_private_page(const struct model_slot *slot, u64 gfn);

/*
 * Whether the host maps the 2M of its addresses around @gfn of @slot with one entry.  Only
 * of interest, and only ever changed, where backing_kind_splits().
 */
bool model_slot_host_huge(const struct model_slot *slot, u64 gfn);

/* Note how the host maps each 2M of its addresses that overlaps [@start, @end) of @slot. */
void model_slot_set_host(struct model_slot *slot, u64 start, u64 end, bool huge);

/*
 * The level of the pieces that the host moves to another NUMA node: its pages, or where it
 * splits them, all that may once have been one.
 */
enum level model_slot_moves_at(const struct model_slot *slot);

/*
 * The first gfn of @slot after @gfn that lies in another 2M of the host's addresses, or the
 * memslot's end: where the answer of model_slot_host_huge() may change.
 */
u64 model_slot_next_host(const struct model_slot *slot, u64 gfn);

/* True if the host has no way to the pages of @slot, since guest_memfd is all there is. */
bool model_slot_is_gmem_only(const struct model_slot *slot);

/* What the guest reads at @gfn, which lies in @slot: the tag of the page it has there now. */
u64 mapping_model_tag(const struct mapping_model *model, const struct model_slot *slot, u64 gfn);

/* Note that the guest wrote @tag to @gfn. */
void mapping_model_set_tag(struct mapping_model *model, const struct model_slot *slot, u64 gfn,
			   u64 tag);

#endif /* LPAGE_MAPPING_MODEL_H */
