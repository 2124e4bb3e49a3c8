/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every page of memory should hold.  A page is named by the memory object that
 * owns it (a shared backing or a guest_memfd) and its index in there, so that the
 * same page seen through two memslots, or at another gpa, is the same page.
 */
#ifndef LPAGE_PAGE_TAGS_H
#define LPAGE_PAGE_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct page_tag {
	u32 object;
	bool used;
	u64 page;
	u64 tag;
};

/* A hash table; all zero is an empty one. */
struct page_tags {
	struct page_tag *entry;
	size_t nr;
	size_t max;		/* a power of two */
};

/* The tag of @page of @object; 0 if nothing was written there. */
u64 page_tags_get(const struct page_tags *tags, u32 object, u64 page);

/* Note that @page of @object now holds @tag; 0 if it reads as zero. */
void page_tags_set(struct page_tags *tags, u32 object, u64 page, u64 tag);

/* The pages [@start, @end) of @object read as zero from now on. */
void page_tags_clear(struct page_tags *tags, u32 object, u64 start, u64 end);

void page_tags_free(struct page_tags *tags);

#endif /* LPAGE_PAGE_TAGS_H */
