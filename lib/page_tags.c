// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flat array: a scenario writes a few hundred pages at most, and a plain search
 * through them costs less than the guest exit that every write needs.
 */
#include <stdlib.h>

#include "test_util.h"

#include "page_tags.h"

static struct page_tag *find(const struct page_tags *tags, u32 object, u64 page)
{
	size_t i;

	for (i = 0; i < tags->nr; i++) {
		if (tags->tag[i].object == object && tags->tag[i].page == page)
			return &tags->tag[i];
	}
	return NULL;
}

u64 page_tags_get(const struct page_tags *tags, u32 object, u64 page)
{
	const struct page_tag *tag = find(tags, object, page);

	return tag ? tag->tag : 0;
}

void page_tags_set(struct page_tags *tags, u32 object, u64 page, u64 tag)
{
	struct page_tag *old = find(tags, object, page);

	if (old && tag) {
		old->tag = tag;
		return;
	}
	if (old) {
		*old = tags->tag[--tags->nr];
		return;
	}
	if (!tag)
		return;

	if (tags->nr == tags->max) {
		tags->max = tags->max ? 2 * tags->max : 64;
		tags->tag = realloc(tags->tag, tags->max * sizeof(*tags->tag));
		TEST_ASSERT(tags->tag, "out of memory");
	}
	tags->tag[tags->nr++] = (struct page_tag) { object, page, tag };
}

void page_tags_clear(struct page_tags *tags, u32 object, u64 start, u64 end)
{
	size_t i = 0;

	while (i < tags->nr) {
		struct page_tag *tag = &tags->tag[i];

		if (tag->object == object && tag->page >= start && tag->page < end)
			*tag = tags->tag[--tags->nr];
		else
			i++;
	}
}

void page_tags_free(struct page_tags *tags)
{
	free(tags->tag);
	*tags = (struct page_tags) { };
}
