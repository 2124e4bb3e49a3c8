/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second statement of the mapping rules, to hold the mapping model against: plain
 * arrays with one entry for each gfn of a tiny address space, and a loop over gfns for
 * each rule.  Slow and simple on purpose; it shares no code with the model but the names
 * of levels and backings.
 */
#ifndef LPAGE_REFERENCE_H
#define LPAGE_REFERENCE_H

#include "model/mapping_model.h"

#define REF_GFNS	80
#define REF_SLOTS	4
#define REF_PAGES	512	/* of a memory object */

struct ref_slot {
	bool used;
	unsigned int base;
	unsigned int npages;
	unsigned int hva;
	unsigned int offset;		/* page of the guest_memfd at which the memslot begins */
	enum backing_kind backing;
	bool gmem;
	bool logged;
	bool dirty[REF_PAGES];		/* by page of the slot */
	bool host_huge[REF_PAGES];	/* by host page: part of a transparent hugepage */
	u64 own[REF_PAGES];		/* contents of a shared side of its own, by host page */
	u64 gmem_page[REF_PAGES];	/* contents of the guest_memfd, by page of the slot */
	int folio[REF_PAGES];		/* level of the folio there, 0: nothing there */
	bool was_mixed[NR_LEVELS][REF_GFNS];	/* by gfn: at any time since the slot is there */
};

struct ref {
	struct kernel_traits traits;
	unsigned int nr_gfns;		/* in use, REF_GFNS at most */
	unsigned int pages[NR_LEVELS];	/* of a leaf of each level */
	bool private[REF_GFNS];
	int leaf[REF_GFNS];		/* level of the leaf that maps the gfn; 0: none */
	bool read_only[REF_GFNS];	/* the leaf that maps the gfn is */
	bool stubborn[REF_GFNS];	/* and takes a whole new fault to be writable again */
	struct ref_table {
		bool used;
		bool small;		/* no hugepage in its place: it was executed in */
		unsigned int split;	/* when only that came to prevent one; 0: it does not */
	} table[NR_LEVELS][REF_GFNS];	/* by number of the range of the level */
	enum manual_protect protect;
	bool eager;
	bool nx;
	unsigned int nr_splits;		/* ever */
	struct ref_slot slot[REF_SLOTS];	/* number n is slot[n - 1] */
	u64 file[NR_BACKING_KINDS][REF_PAGES];	/* contents of the files that slots share */
};

void ref_init(struct ref *ref, const struct kernel_traits *traits, unsigned int nr_gfns);

/* The memslot with @gfn in it; NULL if there is none. */
struct ref_slot *ref_slot_at(struct ref *ref, unsigned int gfn);

int ref_max_level(struct ref *ref, unsigned int gfn);
unsigned int ref_count(struct ref *ref, int level);

enum access_end ref_access(struct ref *ref, unsigned int gfn, enum access access);
int ref_prefault(struct ref *ref, unsigned int gfn, unsigned int npages, unsigned int *stopped);

void ref_add_slot(struct ref *ref, const struct step *step);
void ref_delete_slot(struct ref *ref, unsigned int id);
void ref_move_slot(struct ref *ref, unsigned int id, unsigned int gfn);
void ref_convert(struct ref *ref, unsigned int start, unsigned int end, bool private);
void ref_zap(struct ref *ref, unsigned int start, unsigned int end);
void ref_log(struct ref *ref, unsigned int id, bool on);
bool ref_is_dirty(struct ref *ref, unsigned int gfn);
void ref_get_log(struct ref *ref, unsigned int id);
void ref_clear_log(struct ref *ref, unsigned int start, unsigned int end);

void ref_set_nx(struct ref *ref, bool on);
void ref_recover_nx(struct ref *ref, unsigned int ratio);
unsigned int ref_nr_split(struct ref *ref);

void ref_punch(struct ref *ref, unsigned int start, unsigned int end);
void ref_allocate(struct ref *ref, unsigned int start, unsigned int end);
void ref_dontneed(struct ref *ref, unsigned int start, unsigned int end);
void ref_discard(struct ref *ref, unsigned int start, unsigned int end);
void ref_fork(struct ref *ref, unsigned int gfn, u64 tag);
void ref_split(struct ref *ref, unsigned int start, unsigned int end, enum split_way way);
void ref_migrate(struct ref *ref, unsigned int start, unsigned int end);
void ref_evacuate(struct ref *ref);
void ref_collapse(struct ref *ref, unsigned int start, unsigned int end);

/* Where the page is kept that the guest sees at @gfn, which lies in a memslot. */
u64 *ref_page(struct ref *ref, unsigned int gfn);

#endif /* LPAGE_REFERENCE_H */
