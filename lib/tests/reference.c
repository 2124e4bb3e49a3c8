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
	ref->eager = traits->log_splits_eagerly;
	ref->nx = traits->nx_hugepages;
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

static bool is_guest_memfd(struct ref *ref, const struct ref_slot *slot, unsigned int gfn)
{
	return slot->gmem && (ref->private[gfn] || slot->backing == BACKING_GUEST_MEMFD);
}

static unsigned int file_page(const struct ref_slot *slot, unsigned int gfn)
{
	return slot->offset + (gfn - slot->base);
}

/* A large folio with @page in it would find room in the guest_memfd. */
static bool has_room(struct ref *ref, const struct ref_slot *slot, unsigned int page)
{
	unsigned int size = ref->pages[ref->traits.gmem_level];
	unsigned int first = page - page % size;
	unsigned int p;

	for (p = first; p < first + size; p++) {
		if (p >= slot->offset + slot->npages || slot->folio[p])
			return false;
	}
	return true;
}

static int folio_level(struct ref *ref, const struct ref_slot *slot, unsigned int page)
{
	if (slot->folio[page])
		return slot->folio[page];
	return has_room(ref, slot, page) ? ref->traits.gmem_level : 1;
}

/* Have something at @page, of @level at most. */
static void fill(struct ref *ref, struct ref_slot *slot, unsigned int page, int level)
{
	unsigned int size = ref->pages[level];
	unsigned int p;

	if (slot->folio[page])
		return;
	if (!has_room(ref, slot, page)) {
		slot->folio[page] = 1;
		return;
	}
	for (p = page - page % size; p < page - page % size + size; p++)
		slot->folio[p] = level;
}

/* Highest level at which the memory behind this one gfn comes. */
static int memory_level(struct ref *ref, const struct ref_slot *slot, unsigned int gfn)
{
	if (is_guest_memfd(ref, slot, gfn))
		return folio_level(ref, slot, file_page(slot, gfn));
	if (ref->private[gfn])
		return 1;

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
		if (ref->traits.mixed_stays_small && slot->was_mixed[level][g])
			return false;
		if (is_guest_memfd(ref, slot, g) && file_page(slot, g) % pages != g % pages)
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

static struct ref_table *table_at(struct ref *ref, unsigned int gfn, int level)
{
	return &ref->table[level][gfn / ref->pages[level]];
}

/* No table is left for the range of @level around @gfn, nor for a part of it. */
static void drop_tables(struct ref *ref, unsigned int gfn, int level)
{
	unsigned int first = gfn - gfn % ref->pages[level];
	unsigned int end = first + ref->pages[level];
	unsigned int g;

	for (; level > 1; level--) {
		for (g = first; g < ref->nr_gfns && g < end; g++)
			*table_at(ref, g, level) = (struct ref_table) { };
	}
}

/* Make the table that maps the range of @level, if it is missing; what was a leaf is split. */
static void make_table(struct ref *ref, unsigned int gfn, int level, bool small, bool split)
{
	struct ref_table *table = table_at(ref, gfn, level);

	if (table->used)
		return;
	if (ref->leaf[gfn] == level)
		set_leaves(ref, gfn, level, level - 1);
	*table = (struct ref_table) { .used = true, .small = small };
	if (split)
		table->split = ++ref->nr_splits;
}

static void let_write(struct ref *ref, unsigned int gfn)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);
	unsigned int pages = ref->pages[ref->leaf[gfn]];
	unsigned int first = gfn - gfn % pages;
	unsigned int g;

	for (g = first; g < first + pages; g++) {
		ref->read_only[g] = false;
		ref->stubborn[g] = false;
		if (slot->logged)
			slot->dirty[g - slot->base] = true;
	}
}

/* KVM handles a fault at @gfn, which may be mapped. */
static void fault(struct ref *ref, unsigned int gfn, enum access access)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);
	bool execute = ref->nx && access == ACCESS_EXECUTE;
	int wanted = ref_max_level(ref, gfn);
	int level = execute ? 1 : wanted;
	int l;

	if (is_guest_memfd(ref, slot, gfn))
		fill(ref, slot, file_page(slot, gfn), ref->traits.gmem_level);
	while (ref->nx && level > 1 && table_at(ref, gfn, level)->small)
		level--;
	for (l = 3; l > level; l--)
		make_table(ref, gfn, l, execute, execute && wanted >= l);

	if (ref->leaf[gfn] == level) {
		if (access == ACCESS_WRITE || ref->traits.fault_remaps)
			let_write(ref, gfn);
		return;
	}
	set_leaves(ref, gfn, level, level);
	drop_tables(ref, gfn, level);
	let_write(ref, gfn);
}

enum access_end ref_access(struct ref *ref, unsigned int gfn, enum access access)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);

	if (ref->private[gfn] && (!slot || !slot->gmem))
		return ACCESS_MEMORY_FAULT;
	if (!slot) {
		make_table(ref, gfn, 3, false, false);
		make_table(ref, gfn, 2, false, false);
		return ACCESS_MMIO;
	}

	if (access == ACCESS_EXECUTE &&
	    (ref->private[gfn] || slot->backing == BACKING_GUEST_MEMFD))
		ref_access(ref, gfn, ACCESS_WRITE);
	if (!ref->leaf[gfn] ||
	    (access == ACCESS_EXECUTE && ref->nx && ref->leaf[gfn] > 1)) {
		fault(ref, gfn, access);
	} else if (access == ACCESS_WRITE && ref->read_only[gfn]) {
		/* Dirty logging needs the page itself. */
		if (ref->stubborn[gfn] || (slot->logged && ref->leaf[gfn] > 1))
			fault(ref, gfn, access);
		else
			let_write(ref, gfn);
	}
	return ACCESS_DONE;
}

int ref_prefault(struct ref *ref, unsigned int gfn, unsigned int npages, unsigned int *stopped)
{
	unsigned int end = gfn + npages;

	while (gfn < end) {
		enum access_end access_end = ref_access(ref, gfn, ACCESS_READ);

		*stopped = gfn;
		if (access_end != ACCESS_DONE)
			return access_end == ACCESS_MMIO ? ENOENT : EFAULT;
		/* A pre-fault does not care what is mapped already. */
		fault(ref, gfn, ACCESS_READ);
		gfn += ref->pages[ref->leaf[gfn]] - gfn % ref->pages[ref->leaf[gfn]];
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

/* Whoever asks at any time since the memslot is there finds the hugepage around @gfn mixed. */
static void note_mixed(struct ref *ref)
{
	unsigned int g, other;
	int level;

	for (level = 2; level < NR_LEVELS; level++) {
		for (g = 0; g < ref->nr_gfns; g++) {
			struct ref_slot *slot = ref_slot_at(ref, g);

			for (other = 0; slot && other < ref->nr_gfns; other++) {
				if (other / ref->pages[level] == g / ref->pages[level] &&
				    ref->private[other] != ref->private[g])
					slot->was_mixed[level][g] = true;
			}
		}
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
	slot->offset = step->offset / GFN_BYTES;
	slot->backing = step->backing;
	slot->gmem = step->gmem || step->backing == BACKING_GUEST_MEMFD;
	memset(slot->host_huge, step->backing == BACKING_ANONYMOUS_THP, sizeof(slot->host_huge));
	note_mixed(ref);
}

static void zap_everything(struct ref *ref)
{
	ref_zap(ref, 0, ref->nr_gfns);
	memset(ref->table, 0, sizeof(ref->table));
}

static void zap_old_place(struct ref *ref, struct ref_slot *slot)
{
	if (ref->traits.delete_zaps_all)
		zap_everything(ref);
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
	memset(slot->was_mixed, 0, sizeof(slot->was_mixed));
	note_mixed(ref);
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
	note_mixed(ref);
}

/* The table for the range of @level that begins at @first gives way to one huge leaf. */
static void grow(struct ref *ref, unsigned int first, int level)
{
	unsigned int pages = ref->pages[level];
	unsigned int g, mapped = first;

	while (mapped < first + pages && !ref->leaf[mapped])
		mapped++;
	if (mapped == first + pages)
		return;

	for (g = first + pages; g-- > first; ) {
		ref->read_only[g] = ref->read_only[mapped];
		ref->stubborn[g] = ref->stubborn[mapped];
	}
	set_leaves(ref, first, level, level);
	drop_tables(ref, first, level);
}

/* Logging is over: smaller leaves make way where a huge one may be. */
static void grow_again(struct ref *ref, struct ref_slot *slot)
{
	unsigned int g;
	int level;

	for (level = 3; level > 1; level--) {
		for (g = slot->base; g < slot->base + slot->npages; g++) {
			if (g % ref->pages[level] || !is_possible(ref, g, level) ||
			    !table_at(ref, g, level)->used)
				continue;
			if (ref->traits.unlog_promotes) {
				grow(ref, g, level);
			} else {
				ref_zap(ref, g, g + ref->pages[level]);
				drop_tables(ref, g, level);
			}
		}
	}
}

static void split_all(struct ref *ref, struct ref_slot *slot)
{
	unsigned int g;
	int level;

	for (level = 3; level > 1; level--) {
		for (g = slot->base; g < slot->base + slot->npages; g++) {
			if (ref->leaf[g] == level)
				make_table(ref, g, level, false, false);
		}
	}
}

void ref_log(struct ref *ref, unsigned int id, bool on)
{
	struct ref_slot *slot = &ref->slot[id - 1];
	bool was_on = slot->logged;
	bool all = ref->protect == PROTECT_INITIALLY_SET;
	unsigned int g;

	slot->logged = on;
	if (was_on && !on)
		grow_again(ref, slot);
	if (was_on || !on)
		return;

	if (!all && ref->eager)
		split_all(ref, slot);
	for (g = slot->base; g < slot->base + slot->npages; g++) {
		slot->dirty[g - slot->base] = all;
		if (!all)
			ref->read_only[g] = true;
	}
}

bool ref_is_dirty(struct ref *ref, unsigned int gfn)
{
	struct ref_slot *slot = ref_slot_at(ref, gfn);

	return slot->logged && slot->dirty[gfn - slot->base];
}

void ref_clear_log(struct ref *ref, unsigned int start, unsigned int end)
{
	bool all = ref->protect == PROTECT_INITIALLY_SET;
	unsigned int g, other;

	for (g = start; g < end; g++) {
		struct ref_slot *slot = ref_slot_at(ref, g);

		if (!slot->dirty[g - slot->base])
			continue;
		slot->dirty[g - slot->base] = false;

		if (all && ref->eager && ref->leaf[g] == 3)
			make_table(ref, g, 3, false, false);
		if (all && ref->eager && ref->leaf[g] == 2)
			make_table(ref, g, 2, false, false);
		if (ref->leaf[g] == 1)
			ref->read_only[g] = true;
		if (ref->leaf[g] < 2 || !all)
			continue;
		for (other = 0; other < ref->nr_gfns; other++) {
			if (other / ref->pages[ref->leaf[g]] != g / ref->pages[ref->leaf[g]])
				continue;
			ref->read_only[other] = true;
			ref->stubborn[other] = true;
		}
	}
}

void ref_get_log(struct ref *ref, unsigned int id)
{
	struct ref_slot *slot = &ref->slot[id - 1];

	if (ref->protect == PROTECT_AUTOMATIC)
		ref_clear_log(ref, slot->base, slot->base + slot->npages);
}

void ref_set_nx(struct ref *ref, bool on)
{
	if (ref->nx != on)
		zap_everything(ref);
	ref->nx = on;
}

static void recover_table(struct ref *ref, unsigned int gfn, int level)
{
	struct ref_table *table = table_at(ref, gfn, level);
	struct ref_slot *slot = ref_slot_at(ref, gfn);

	if (slot && slot->logged) {
		table->split = 0;
		table->small = false;
		return;
	}
	ref_zap(ref, gfn, gfn + ref->pages[level]);
	drop_tables(ref, gfn, level);
}

/* Where and of which level the oldest split is, which must be there. */
static int oldest_split(struct ref *ref, unsigned int *gfn)
{
	unsigned int g, oldest = ref->nr_splits + 1;
	int level, found = 0;

	for (level = 2; level < NR_LEVELS; level++) {
		for (g = 0; g < ref->nr_gfns; g += ref->pages[level]) {
			unsigned int split = table_at(ref, g, level)->split;

			if (!split || split >= oldest)
				continue;
			oldest = split;
			found = level;
			*gfn = g;
		}
	}
	return found;
}

void ref_recover_nx(struct ref *ref, unsigned int ratio)
{
	unsigned int all = ref_nr_split(ref), gfn, taken;

	for (taken = 0; taken * ratio < all && ref_nr_split(ref); taken++) {
		int level = oldest_split(ref, &gfn);

		recover_table(ref, gfn, level);
	}
}

unsigned int ref_nr_split(struct ref *ref)
{
	unsigned int g, nr = 0;
	int level;

	for (level = 2; level < NR_LEVELS; level++) {
		for (g = 0; g < ref->nr_gfns; g += ref->pages[level])
			nr += table_at(ref, g, level)->split > 0;
	}
	return nr;
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
		return &slot->gmem_page[file_page(slot, gfn)];
	return shared_page(ref, slot, gfn);
}

/* Pages of what lies at @page: of a folio, or the one page where nothing is. */
static unsigned int folio_size(struct ref *ref, struct ref_slot *slot, unsigned int page)
{
	return slot->folio[page] ? ref->pages[slot->folio[page]] : 1;
}

/* True if all of what lies at @page is in [@start, @end). */
static bool folio_is_within(struct ref *ref, struct ref_slot *slot, unsigned int page,
			    unsigned int start, unsigned int end)
{
	unsigned int size = folio_size(ref, slot, page);

	return page - page % size >= start && page - page % size + size <= end;
}

/* True if the hole [@start, @end) is a part of @page's hugepage, all of which is unmapped then. */
static bool hole_unmaps(struct ref *ref, struct ref_slot *slot, unsigned int page,
			unsigned int start, unsigned int end)
{
	unsigned int size = ref->pages[ref->traits.gmem_level];
	unsigned int first = page - page % size, last = first + size;

	if (!ref->traits.gmem_hole_splits || slot->backing != BACKING_GUEST_MEMFD)
		return false;

	return page >= slot->offset && last <= slot->offset + slot->npages &&
	       first < end && last > start && !(first >= start && last <= end);
}

void ref_punch(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);
	unsigned int first = file_page(slot, start), last = first + end - start;
	bool gone[REF_PAGES] = { }, split[REF_PAGES] = { };
	unsigned int p, size;

	ref_zap(ref, start, end);
	for (p = 0; p < slot->offset + slot->npages; p++) {
		size = folio_size(ref, slot, p);
		if (p >= first && p < last)
			gone[p] = folio_is_within(ref, slot, p, first, last) ||
				  ref->traits.gmem_hole_splits;
		split[p] = ref->traits.gmem_hole_splits && p - p % size < last &&
			   p - p % size + size > first;
		if (hole_unmaps(ref, slot, p, first, last))
			ref_zap(ref, slot->base + p - slot->offset,
				slot->base + p - slot->offset + 1);
	}
	for (p = 0; p < slot->offset + slot->npages; p++) {
		if (p >= first && p < last)
			slot->gmem_page[p] = 0;
		if (gone[p])
			slot->folio[p] = 0;
		else if (split[p])
			slot->folio[p] = slot->folio[p] ? 1 : 0;
	}
}

void ref_allocate(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);
	unsigned int first = file_page(slot, start), last = first + end - start;
	unsigned int size = ref->pages[ref->traits.gmem_level];
	unsigned int p;

	for (p = first; p < last; p++) {
		bool all = p - p % size >= first && p - p % size + size <= last;

		fill(ref, slot, p, all || !ref->traits.gmem_reserves_exactly ?
				   ref->traits.gmem_level : 1);
	}
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

/* Zap every gfn that sees the page @page of somebody's file or memory. */
static void zap_page(struct ref *ref, const u64 *page)
{
	unsigned int g;

	for (g = 0; g < ref->nr_gfns; g++) {
		struct ref_slot *slot = ref_slot_at(ref, g);

		if (slot && shared_page(ref, slot, g) == page)
			ref_zap(ref, g, g + 1);
	}
}

void ref_migrate(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *slot = ref_slot_at(ref, start);

	for (; start < end; start++)
		zap_page(ref, shared_page(ref, slot, start));
}

void ref_evacuate(struct ref *ref)
{
	unsigned int g;

	for (g = 0; g < ref->nr_gfns; g++) {
		struct ref_slot *slot = ref_slot_at(ref, g);

		if (slot && slot->backing != BACKING_GUEST_MEMFD)
			zap_page(ref, shared_page(ref, slot, g));
	}
}

void ref_discard(struct ref *ref, unsigned int start, unsigned int end)
{
	struct ref_slot *origin = ref_slot_at(ref, start);
	unsigned int g;

	lose(ref, origin, start, end);
	for (g = start; g < end; g++) {
		u64 *gone = shared_page(ref, origin, g);

		*gone = 0;
		zap_page(ref, gone);
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
