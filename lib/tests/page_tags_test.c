// SPDX-License-Identifier: GPL-2.0-only
/* Page tags against a plain table. */
#include <linux/kernel.h>

#include "model/page_tags.h"
#include "unit.h"

#define NR_OBJECTS	3
#define NR_PAGES	100

static u64 want[NR_OBJECTS][NR_PAGES];

static void compare(const struct page_tags *tags)
{
	u32 object;
	u64 page;

	for (object = 0; object < NR_OBJECTS; object++) {
		for (page = 0; page < NR_PAGES; page++)
			CHECK(page_tags_get(tags, object, page) == want[object][page],
			      "object %u, page %u", object, (unsigned int)page);
	}
}

static unsigned int next(unsigned int *state, unsigned int below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % below;
}

static void test_random(void)
{
	struct page_tags tags = { };
	unsigned int state = 1;
	int i;

	for (i = 0; i < 3000; i++) {
		u32 object = next(&state, NR_OBJECTS);
		u64 start = next(&state, NR_PAGES);
		u64 end = start + next(&state, 20);
		u64 tag = next(&state, 4);

		if (next(&state, 8)) {
			page_tags_set(&tags, object, start, tag);
			want[object][start] = tag;
		} else {
			page_tags_clear(&tags, object, start, end);
			for (; start < end && start < NR_PAGES; start++)
				want[object][start] = 0;
		}
		if (i % 10 == 0)
			compare(&tags);
	}
	compare(&tags);
	page_tags_free(&tags);
}

/* The same page of a thousand objects, and a thousand pages of one: all are told apart. */
static void test_many(void)
{
	struct page_tags tags = { };
	u32 i;

	for (i = 0; i < 1000; i++) {
		page_tags_set(&tags, i, 5, i + 1);
		page_tags_set(&tags, 2000, i, i + 1);
	}
	for (i = 0; i < 1000; i++) {
		CHECK(page_tags_get(&tags, i, 5) == i + 1, "object %u", i);
		CHECK(page_tags_get(&tags, 2000, i) == i + 1, "page %u", i);
		CHECK(page_tags_get(&tags, 3000, i) == 0, "page %u of an unknown object", i);
	}
	page_tags_free(&tags);
}

static void test_free(void)
{
	struct page_tags tags = { };

	page_tags_free(&tags);
	page_tags_set(&tags, 1, 2, 3);
	page_tags_free(&tags);
	CHECK(page_tags_get(&tags, 1, 2) == 0, "a freed table remembers");
	page_tags_set(&tags, 1, 2, 4);
	CHECK(page_tags_get(&tags, 1, 2) == 4, "a freed table cannot be used again");
	page_tags_free(&tags);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "set, replace, forget, clear", test_random },
		{ "many pages", test_many },
		{ "free and use again", test_free },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
