/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page may be seen to hold while many use it at the same time.
 *
 * Each page has an owner, the only one who converts it, writes to it or punches a hole in
 * it; so the owner knows what it holds.  Everybody may look: whoever finds that the owner
 * changed nothing meanwhile must have seen exactly what the owner says; else what he saw
 * must at least belong to this page, and not be gone already when he began to look.
 */
#ifndef LPAGE_OWNED_PAGE_H
#define LPAGE_OWNED_PAGE_H

#include <stdbool.h>

#include <linux/types.h>

enum page_side {
	SIDE_SHARED,
	SIDE_PRIVATE,
	NR_SIDES,
};

/* All zero: shared, and reads as zero on both sides. */
struct owned_page {
	u64 version;			/* odd while its owner changes it */
	u64 content[NR_SIDES];		/* a tag, or 0 */
	u64 oldest[NR_SIDES];		/* tags of earlier generations are gone from that side */
	enum page_side side;		/* where the guest's accesses go */
};

/* What an observer knew before he looked. */
struct owned_page_view {
	u64 version;
	u64 content;
	u64 oldest[NR_SIDES];
	enum page_side side;
};

/*
 * The value to be written to page number @page, below 1 << 20: it tells page, side and
 * generation, and is never zero.  The tag of the next page is larger by one.
 */
u64 owned_page_tag(u64 page, enum page_side side, u64 generation);

/* The side that @value was written to; NR_SIDES if it is no tag of page number @page. */
enum page_side owned_page_tag_side(u64 page, u64 value);

/* The owner is about to change @page, and has changed it. */
void owned_page_begin(struct owned_page *page);
void owned_page_end(struct owned_page *page);

/* In between: the side now holds @tag, or zero; tags before @generation are gone from it. */
void owned_page_set(struct owned_page *page, enum page_side side, u64 tag, u64 generation);

void owned_page_look(const struct owned_page *page, struct owned_page_view *view);

/* True if nothing has changed since @view was taken. */
bool owned_page_is_still(const struct owned_page *page, const struct owned_page_view *view);

/* True if a guest that began after @view may read @value from @page, number @number, by now. */
bool owned_page_may_read(const struct owned_page *page, u64 number,
			 const struct owned_page_view *view, u64 value);

/* The same for whoever sees nothing but the shared side, which is never left empty. */
bool owned_page_may_be_shared(u64 number, const struct owned_page_view *view, u64 value);

#endif /* LPAGE_OWNED_PAGE_H */
