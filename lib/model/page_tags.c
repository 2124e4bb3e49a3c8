// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open addressing, at most half full.  Entries are never removed: a page that reads as
 * zero again keeps its entry, with tag 0.
 */
#include <stdlib.h>

#include "test_util.h"

#include "model/page_tags.h"

static size_t hash(u32 object, u64 page)
{
	return (page * 31 + object) * 0x9e3779b97f4a7c15ull >> 32;
}

/* The entry of @page of @object, or the free one where it belongs. */
static struct page_tag *find_entry(const struct page_tags *tags, u32 object, u64 page)
{
	size_t i = hash(object, page);

	for (;; i++) {
		struct page_tag *entry = &tags->entry[i & (tags->max - 1)];

		if (!entry->used || (entry->object == object && entry->page == page))
			return entry;
	}
}

u64 page_tags_get(const struct page_tags *tags, u32 object, u64 page)
{
	return tags->max ? find_entry(tags, object, page)->tag : 0;
}

static void grow(struct page_tags *tags)
{
	struct page_tags old = *tags;
	size_t i;

	tags->max = old.max ? 2 * old.max : 64;
	tags->entry = calloc(tags->max, sizeof(*tags->entry));
	TEST_ASSERT(tags->entry, "out of memory");

	for (i = 0; i < old.max; i++) {
		if (old.entry[i].used)
			*find_entry(tags, old.entry[i].object, old.entry[i].page) = old.entry[i];
	}
	free(old.entry);
}

void page_tags_set(struct page_tags *tags, u32 object, u64 page, u64 tag)
{
	struct page_tag *entry;

	if (2 * tags->nr >= tags->max)
		grow(tags);

	entry = find_entry(tags, object, page);
	tags->nr += !entry->used;
	*entry = (struct page_tag) { .object = object, .used = true, .page = page, .tag = tag };
}

void page_tags_clear(struct page_tags *tags, u32 object, u64 start, u64 end)
{
	size_t i;

	for (i = 0; i < tags->max; i++) {
		struct page_tag *entry = &tags->entry[i];

		if (entry->object == object && entry->page >= start && entry->page < end)
			entry->tag = 0;
	}
}

void page_tags_free(struct page_tags *tags)
{
	free(tags->entry);
	*tags = (struct page_tags) { };
}
