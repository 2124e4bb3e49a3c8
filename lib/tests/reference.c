// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "reference.h"

void ref_init(struct ref *ref, const struct kernel_traits *traits, unsigned int nr_gfns)
{
	unsigned int i;

	memset(ref, 0, sizeof(*ref));
	ref->traits = *traits;
	ref->nr_gfns = nr_gfns;
	ref->pages[LEVEL_4K] = 1;
	ref->pages[LEVEL_2M] = 1;
	for (i = 0; i < level_bits; i++)
		ref->pages[LEVEL_2M] *= 2;
	ref->pages[LEVEL_1G] = ref->pages[LEVEL_2M] * ref->pages[LEVEL_2M];
}

static bool in_slot(const struct ref_slot *slot, unsigned int gfn)
{
	return slot->used && gfn >= slot->base && gfn - slot->base < slot->npages;
}

struct ref_slot *ref_slot_at(struct ref *ref, unsigned int gfn)
{
	int i;

	for (i = 0; i < REF_SLOTS; i++) {
		if (in_slot(&ref->slot[i], gfn))
			return &ref->slot[i];
	}
	return NULL;
}

static unsigned int host_page(const struct ref_slot *slot, unsigned int gfn)
{
	return slot->hva + (gfn - slot->base);
}

/* Highest level at which the memory behind this one gfn comes. */
static int memory_level(struct ref *ref, const struct ref_slot *slot, unsigned int gfn)
{
	if (ref->private[gfn] || slot->backing == BACKING_GUEST_MEMFD)
		return slot->gmem ? ref->traits.gmem_level : 1;

	switch (slot->backing) {
	case BACKING_HUGETLB_1GB:
	case BACKING_ANONYMOUS_HUGETLB_1GB:
		return 3;
	case BACKING_HUGETLB_2MB:
	case BACKING_ANONYMOUS_HUGETLB_2MB:
		return 2;
	case BACKING_SHMEM:
	case BACKING_ANONYMOUS_THP:
		return slot->host_huge[host_page(slot, gfn)] ? 2 : 1;
	default:
		return 1;
	}
}

static bool is_possible(struct ref *ref, unsigned int gfn, int level)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);
	unsigned int pages = ref->pages[level];
	unsigned int first = gfn - gfn % pages;
	unsigned int g;

	if (slot->logged)
		return false;

	for (g = first; g < first + pages; g++) {
		if (g >= ref->nr_gfns || !in_slot(slot, g))
			return false;
		if (host_page(slot, g) % pages != g % pages)
			return false;
		if (ref->private[g] != ref->private[gfn])
			return false;
		if (memory_level(ref, slot, g) < level)
			return false;
	}
	return true;
}

int ref_max_level(struct ref *ref, unsigned int gfn)
{
	if (is_possible(ref, gfn, 3))
		return 3;
	return is_possible(ref, gfn, 2) ? 2 : 1;
}

unsigned int ref_count(struct ref *ref, int level)
{
	unsigned int g, nr = 0;

	for (g = 0; g < ref->nr_gfns; g++)
		nr += ref->leaf[g] == level;
	return nr / ref->pages[level];
}

/* Let the whole range of @level around @gfn be mapped at level @value. */
static void set_leaves(struct ref *ref, unsigned int gfn, int level, int value)
{
	unsigned int first = gfn - gfn % ref->pages[level];
	unsigned int g;

	for (g = first; g < first + ref->pages[level] && g < ref->nr_gfns; g++)
		ref->leaf[g] = value;
}

/* Let the leaves around @gfn, which has one above @level, be split until it has one of @level. */
static void split_to(struct ref *ref, unsigned int gfn, int level)
{
	if (ref->leaf[gfn] == 3 && level < 3)
		set_leaves(ref, gfn, 3, 2);
	if (ref->leaf[gfn] == 2 && level < 2)
		set_leaves(ref, gfn, 2, 1);
}

enum access_end ref_access(struct ref *ref, unsigned int gfn, enum access access)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);

	if (ref->private[gfn] && (!slot || !slot->gmem))
		return ACCESS_MEMORY_FAULT;
	if (!slot)
		return ACCESS_MMIO;

	if (!ref->leaf[gfn]) {
		int level = ref_max_level(ref, gfn);

		set_leaves(ref, gfn, level, level);
	} else if (slot->logged && access == ACCESS_WRITE) {
		/* Dirty logging needs the page itself. */
		split_to(ref, gfn, 1);
	}
	return ACCESS_DONE;
}

/* A pre-fault does not care what is mapped already: afterwards it is the right level. */
static void map_again(struct ref *ref, unsigned int gfn)
{
	int level = ref_max_level(ref, gfn);

	split_to(ref, gfn, level);
	set_leaves(ref, gfn, level, level);
}

int ref_prefault(struct ref *ref, unsigned int gfn, unsigned int npages, unsigned int *stopped)
{
	for (; npages; gfn++, npages--) {
		enum access_end end = ref_access(ref, gfn, ACCESS_READ);

		*stopped = gfn;
		if (end != ACCESS_DONE)
			return end == ACCESS_MMIO ? ENOENT : EFAULT;
		map_again(ref, gfn);
	}
	return 0;
}

void ref_zap(struct ref *ref, unsigned int start, unsigned int end)
{
	unsigned int g;

	for (g = start; g < end && g < ref->nr_gfns; g++) {
		if (ref->leaf[g])
			set_leaves(ref, g, ref->leaf[g], 0);
	}
}

void ref_add_slot(struct ref *ref, const struct step *step)
{
	struct ref_slot *slot = &ref->slot[step->slot - 1];

	memset(slot, 0, sizeof(*slot));
	slot->used = true;
	slot->base = step->gpa / GFN_BYTES;
	slot->npages = step->size / GFN_BYTES;
	slot->hva = step->hva / GFN_BYTES;
	slot->backing = step->backing;
	slot->gmem = step->gmem || step->backing == BACKING_GUEST_MEMFD;
	memset(slot->host_huge, step->backing == BACKING_ANONYMOUS_THP, sizeof(slot->host_huge));
}

static void zap_old_place(struct ref *ref, struct ref_slot *slot)
{
	if (ref->traits.delete_zaps_all)
		ref_zap(ref, 0, ref->nr_gfns);
	else
		ref_zap(ref, slot->base, slot->base + slot->npages);
}

void ref_delete_slot(struct ref *ref, unsigned int id)
{
	zap_old_place(ref, &ref->slot[id - 1]);
	ref->slot[id - 1].used = false;
}

void ref_move_slot(struct ref *ref, unsigned int id, unsigned int gfn)
{
	struct ref_slot *slot = &ref->slot[id - 1];

	/* KVM takes a memslot that is already there for "no change". */
	if (slot->base == gfn)
		return;
	zap_old_place(ref, slot);
	slot->base = gfn;
}

void ref_convert(struct ref *ref, unsigned int start, unsigned int end, bool private)
{
	bool change = false;
	unsigned int g;

	for (g = start; g < end; g++)
		change = change || ref->private[g] != private;
	if (!change)
		return;

	ref_zap(ref, start, end);
	for (g = start; g < end; g++)
		ref->private[g] = private;
}

/* True if a leaf below @level lies in the range of @level at @first. */
static bool has_smaller_leaf(struct ref *ref, unsigned int first, int level)
{
	unsigned int g;

	for (g = first; g < first + ref->pages[level] && g < ref->nr_gfns; g++) {
		if (ref->leaf[g] && ref->leaf[g] < level)
			return true;
	}
	return false;
}

/* Logging is over: smaller leaves make way where a huge one may be. */
static void grow_again(struct ref *ref, struct ref_slot *slot)
{
	unsigned int g;
	int level;

	for (level = 3; level > 1; level--) {
		for (g = slot->base; g < slot->base + slot->npages; g++) {
			unsigned int first = g - g % ref->pages[level];

			if (is_possible(ref, g, level) && has_smaller_leaf(ref, first, level))
				set_leaves(ref, g, level, ref->traits.unlog_promotes ? level : 0);
		}
	}
}

void ref_log(struct ref *ref, unsigned int id, bool on)
{
	struct ref_slot *slot = &ref->slot[id - 1];
	bool was_on = slot->logged;
	unsigned int g;

	slot->logged = on;
	if (was_on && !on)
		grow_again(ref, slot);
	if (!was_on && on && ref->traits.log_splits_eagerly) {
		for (g = slot->base; g < slot->base + slot->npages; g++) {
			if (ref->leaf[g])
				ref->leaf[g] = 1;
		}
	}
}

/* Pages of the file that all memslots of this kind share; 0 if each has memory of its own. */
static unsigned int file_pages(struct ref *ref, enum backing_kind backing)
{
	if (backing == BACKING_HUGETLB_2MB)
		return 8 * ref->pages[LEVEL_2M];
	if (backing == BACKING_MEMFD)
		return 1024;
	return backing == BACKING_HUGETLB_1GB ? ref->pages[LEVEL_1G] : 0;
}

static u64 *shared_page(struct ref *ref, struct ref_slot *slot, unsigned int gfn)
{
	unsigned int pages = file_pages(ref, slot->backing);

	if (pages)
		return &ref->file[slot->backing][host_page(slot, gfn) % pages];
	return &slot->own[host_page(slot, gfn)];
}

u64 *ref_page(struct ref *ref, unsigned int gfn)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);

	if (ref->private[gfn] || slot->backing == BACKING_GUEST_MEMFD)
		return &slot->gmem_page[gfn - slot->base];
	return shared_page(ref, slot, gfn);
}

void ref_punch(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);
	unsigned int g;

	ref_zap(ref, start, end);
	for (g = start; g < end; g++)
		slot->gmem_page[g - slot->base] = 0;
}

static bool is_copied_by_fork(const struct ref_slot *slot)
{
	return slot->backing == BACKING_ANONYMOUS || slot->backing == BACKING_ANONYMOUS_THP ||
	       slot->backing == BACKING_ANONYMOUS_HUGETLB_2MB ||
	       slot->backing == BACKING_ANONYMOUS_HUGETLB_1GB;
}

/* True if the 2M of host pages that @page is part of reach beyond [@start, @end) of @slot. */
static bool sticks_out(struct ref *ref, struct ref_slot *slot, unsigned int page,
		       unsigned int start, unsigned int end)
{
	unsigned int first = page - page % ref->pages[LEVEL_2M];

	return first < host_page(slot, start) ||
	       first + ref->pages[LEVEL_2M] > host_page(slot, end - 1) + 1;
}

/* All pages of @slot that are in one 2M of host pages with @page. */
static void set_host(struct ref *ref, struct ref_slot *slot, unsigned int page, bool huge)
{
	unsigned int g;

	for (g = slot->base; g < slot->base + slot->npages; g++) {
		if (host_page(slot, g) / ref->pages[LEVEL_2M] != page / ref->pages[LEVEL_2M])
			continue;
		slot->host_huge[host_page(slot, g)] = huge;
		ref_zap(ref, g, g + 1);
	}
}

/* Hugepages that are only in part within the range are split. */
static void split_hugepages(struct ref *ref, struct ref_slot *slot, unsigned int start,
			    unsigned int end)
{
	unsigned int g;

	for (g = start; g < end; g++) {
		unsigned int page = host_page(slot, g);

		if (slot->host_huge[page] && sticks_out(ref, slot, page, start, end))
			set_host(ref, slot, page, false);
	}
}

/* Small or huge, what is only in part within the range is announced as a whole. */
static void announce_parts(struct ref *ref, struct ref_slot *slot, unsigned int start,
			   unsigned int end)
{
	unsigned int g;

	for (g = start; g < end; g++) {
		unsigned int page = host_page(slot, g);

		if (sticks_out(ref, slot, page, start, end))
			set_host(ref, slot, page, false);
	}
}

void ref_split(struct ref *ref, unsigned int start, unsigned int end, enum split_way way)
{
	announce_parts(ref, ref_slot_at(ref, start), start, end);
	if (way == SPLIT_MPROTECT)
		ref_zap(ref, start, end);
}

void ref_collapse(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);

	for (; start < end; start++) {
		if (!slot->host_huge[host_page(slot, start)])
			set_host(ref, slot, host_page(slot, start), true);
	}
}

/* The host's memory goes, and comes back as small pages. */
static void lose(struct ref *ref, struct ref_slot *slot, unsigned int start, unsigned int end)
{
	split_hugepages(ref, slot, start, end);
	ref_zap(ref, start, end);
	for (; start < end; start++)
		slot->host_huge[host_page(slot, start)] = false;
}

void ref_dontneed(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);
	unsigned int g;

	lose(ref, slot, start, end);
	for (g = start; g < end && is_copied_by_fork(slot); g++)
		*shared_page(ref, slot, g) = 0;
}

void ref_discard(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *origin = ref_slot_at(ref, start);
	unsigned int g, other;

	lose(ref, origin, start, end);
	for (g = start; g < end; g++) {
		u64 *gone = shared_page(ref, origin, g);

		*gone = 0;
		for (other = 0; other < ref->nr_gfns; other++) {
			struct ref_slot *slot = ref_slot_at(ref, other);

			if (slot && shared_page(ref, slot, other) == gone)
				ref_zap(ref, other, other + 1);
		}
	}
}

void ref_fork(struct ref *ref, unsigned int gfn, u64 tag)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);
	unsigned int g;

	if (!is_copied_by_fork(slot))
		*shared_page(ref, slot, gfn) = tag;

	for (g = 0; g < ref->nr_gfns; g++) {
		slot = ref_slot_at(ref, g);
		if (slot && is_copied_by_fork(slot))
			ref_zap(ref, g, g + 1);
	}
}
