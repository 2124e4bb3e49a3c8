// SPDX-License-Identifier: GPL-2.0-only
/* The attribute map against an array of bools. */
#include <linux/kernel.h>

#include "model/attr_map.h"
#include "unit.h"

#define NR_GFNS	8u

/* The map at gfns from @base on holds the bits of @pattern, by every question there is. */
static void compare(const struct attr_map *map, u64 base, unsigned int pattern)
{
	unsigned int start, end, gfn, private;

	for (start = 0; start < NR_GFNS; start++) {
		CHECK(attr_map_is_private(map, base + start) == (pattern >> start & 1),
		      "pattern 0x%x: gfn %u", pattern, start);

		for (end = start; end <= NR_GFNS; end++) {
			for (private = 0; private < 2; private++) {
				bool all = true;

				for (gfn = end; gfn-- > start; )
					all = all && (pattern >> gfn & 1) == private;
				CHECK(attr_map_has(map, base + start, base + end, private) == all,
				      "pattern 0x%x: has [%u, %u) %u", pattern, start, end,
				      private);

				for (gfn = start; gfn < end; gfn++) {
					if ((pattern >> gfn & 1) == private)
						break;
				}
				CHECK(attr_map_find(map, base + start, base + end, private) ==
				      base + gfn, "pattern 0x%x: find %u in [%u, %u)", pattern,
				      private, start, end);
			}
		}
	}
}

static void fill(struct attr_map *map, u64 base, unsigned int pattern)
{
	unsigned int gfn;

	for (gfn = 0; gfn < NR_GFNS; gfn++)
		attr_map_set(map, base + gfn, base + gfn + 1, pattern >> gfn & 1);
}

/* Every pattern, before and after every range was set. */
static void test_every_set(void)
{
	struct attr_map *map = attr_map_alloc();
	unsigned int pattern, start, end, private;
	const u64 base = 0x400000;

	for (pattern = 0; pattern < 1u << NR_GFNS; pattern++) {
		fill(map, base, pattern);
		compare(map, base, pattern);
	}

	for (pattern = 0; pattern < 1u << NR_GFNS; pattern += 5) {
		for (start = 0; start < NR_GFNS; start++) {
			for (end = start; end <= NR_GFNS; end++) {
				unsigned int range = (1u << end) - (1u << start);

				for (private = 0; private < 2; private++) {
					fill(map, base, pattern);
					attr_map_set(map, base + start, base + end, private);
					compare(map, base, private ? pattern | range :
								     pattern & ~range);
				}
			}
		}
	}
	attr_map_free(map);
}

/* A hugepage range is mixed if and only if it has both kinds in it. */
static void test_mixed(void)
{
	struct attr_map *map = attr_map_alloc();
	unsigned int pattern, gfn;

	level_bits = 1;
	for (pattern = 0; pattern < 1u << NR_GFNS; pattern++) {
		fill(map, 0, pattern);
		for (gfn = 0; gfn < NR_GFNS; gfn++) {
			unsigned int pair = pattern >> gfn / 2 * 2 & 3;
			unsigned int four = pattern >> gfn / 4 * 4 & 15;

			CHECK(!attr_map_is_mixed(map, gfn, LEVEL_4K), "a page is mixed");
			CHECK(attr_map_is_mixed(map, gfn, LEVEL_2M) == (pair && pair != 3),
			      "pattern 0x%x: gfn %u, 2M", pattern, gfn);
			CHECK(attr_map_is_mixed(map, gfn, LEVEL_1G) == (four && four != 15),
			      "pattern 0x%x: gfn %u, 1G", pattern, gfn);
		}
	}
	level_bits = 9;
	attr_map_free(map);
}

/* Ranges of terabytes, up to the last gfn, cost nothing and end where they should. */
static void test_far(void)
{
	struct attr_map *map = attr_map_alloc();

	attr_map_set(map, 0, GFN_END, true);
	CHECK(attr_map_has(map, 0, GFN_END, true), "not all private");
	CHECK(!attr_map_is_private(map, GFN_END), "the end is in the range");
	CHECK(attr_map_find(map, 0, GFN_END, false) == GFN_END, "found a shared gfn");

	attr_map_set(map, GFN_END - 1, GFN_END, false);
	CHECK(attr_map_find(map, 0, GFN_END, false) == GFN_END - 1, "not the last gfn");
	CHECK(attr_map_is_mixed(map, GFN_END - 2, LEVEL_1G), "the last 1G is not mixed");
	CHECK(!attr_map_is_mixed(map, GFN_END - 1 - level_pages(LEVEL_1G), LEVEL_1G),
	      "the one before it is mixed");
	attr_map_free(map);
}

static void test_copy(void)
{
	struct attr_map *map = attr_map_alloc();
	struct attr_map *copy = attr_map_alloc();

	fill(map, 0, 0x5a);
	fill(copy, 0, 0xff);
	attr_map_copy(copy, map);
	compare(copy, 0, 0x5a);
	fill(map, 0, 0x00);
	compare(copy, 0, 0x5a);
	attr_map_free(copy);
	attr_map_free(map);
	attr_map_free(NULL);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "every range set in every pattern", test_every_set },
		{ "mixed hugepage ranges", test_mixed },
		{ "up to the last gfn", test_far },
		{ "a copy is a copy", test_copy },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
