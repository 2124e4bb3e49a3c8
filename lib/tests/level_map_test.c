// SPDX-License-Identifier: GPL-2.0-only
/* The picture of the mapping levels. */
#include <stdlib.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "model/level_map.h"
#include "unit.h"

#define GIG	(1024ull << 20)
#define MEG	(1024ull << 10)

static const struct kernel_traits traits = { .gmem_level = LEVEL_4K };

static struct mapping_model *new_model(u64 size, enum backing_kind backing)
{
	const struct step memslot = { .op = STEP_MEMSLOT, .slot = 1, .gpa = 16 * GIG,
				      .size = size, .backing = backing, .gmem = true };
	struct mapping_model *model = mapping_model_alloc(&traits);

	mapping_model_add_slot(model, &memslot);
	return model;
}

static void check_picture(const struct level_map *map, const char *want)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	TEST_ASSERT(out, "out of memory");
	level_map_print(map, out);
	fclose(out);
	CHECK_TEXT(text, want);
	free(text);
}

#define TITLE	"gpa             attributes  wanted           got\n"

static void test_picture(void)
{
	struct mapping_model *model = new_model(8 * MEG, BACKING_HUGETLB_2MB);
	const u64 base = 16 * GIG >> GFN_SHIFT;
	struct level_map map;
	u64 gfn;

	mapping_model_convert(model, base + 5, base + 6, true);
	mapping_model_convert(model, base + 1024, base + 1536, true);
	for (gfn = base + 4; gfn < base + 7; gfn++)
		mapping_model_access(model, gfn, ACCESS_READ);
	mapping_model_access(model, base + 512, ACCESS_READ);
	mapping_model_access(model, base + 1024, ACCESS_READ);

	level_map_init(&map, base + 512 + 17, LEVEL_2M, 4);
	level_map_fill(&map, model);
	check_picture(&map, TITLE
		      "0x3ffe00000     shared      -                ?\n"
		      "0x400000000     mixed       4K x3            ?\n"
		      "0x400200000     shared      2M               ?\n"
		      "0x400400000     private     4K               ?\n");

	level_map_found(&map, base + 300, LEVEL_2M);
	level_map_found(&map, base + 512, LEVEL_2M);
	level_map_at(&map, base - 1)->known = true;
	level_map_at(&map, base + 1024)->known = true;
	check_picture(&map, TITLE
		      "0x3ffe00000     shared      -                -\n"
		      "0x400000000     mixed       4K x3            2M  <--\n"
		      "0x400200000     shared      2M               2M\n"
		      "0x400400000     private     4K               -  <--\n");
	CHECK(!level_map_at(&map, base - 513), "a row before the first");
	CHECK(!level_map_at(&map, base + 1536), "a row after the last");
	level_map_free(&map);
	mapping_model_free(model);
}

/* A row holds leaves of several levels, and a leaf covers several rows. */
static void test_zoom(void)
{
	struct mapping_model *model = new_model(3 * GIG, BACKING_HUGETLB_1GB);
	const u64 base = 16 * GIG >> GFN_SHIFT, gig = level_pages(LEVEL_1G);
	struct level_map map;
	u64 stopped;

	mapping_model_convert(model, base + gig, base + gig + 1, true);
	mapping_model_prefault(model, base, 3 * gig, &stopped);

	level_map_init(&map, base + gig, LEVEL_1G, 3);
	level_map_fill(&map, model);
	level_map_found(&map, base, LEVEL_1G);
	level_map_found(&map, base + gig, LEVEL_4K);
	check_picture(&map, TITLE
		      "0x400000000     shared      1G               1G\n"
		      "0x440000000     mixed       2M x511, 4K x512 4K  <--\n"
		      "0x480000000     shared      1G               ?\n");
	level_map_free(&map);

	level_map_init(&map, base + 1, LEVEL_2M, 3);
	level_map_fill(&map, model);
	level_map_found(&map, base + 3, LEVEL_1G);
	check_picture(&map, TITLE
		      "0x3ffe00000     shared      -                ?\n"
		      "0x400000000     shared      1G               1G\n"
		      "0x400200000     shared      1G               1G\n");
	level_map_free(&map);
	mapping_model_free(model);
}

/* At the start of the address space there is nothing before the place. */
static void test_start(void)
{
	struct level_map map;

	level_map_init(&map, 0, LEVEL_2M, 2);
	level_map_found(&map, 0, LEVEL_4K);
	level_map_found(&map, 7, LEVEL_4K);
	check_picture(&map, TITLE
		      "0x0             shared      -                4K x2  <--\n"
		      "0x200000        shared      -                ?\n");
	level_map_free(&map);

	level_map_init(&map, 0, LEVEL_2M, 0);
	check_picture(&map, TITLE);
	level_map_free(&map);
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "attributes, wanted and got", test_picture },
		{ "levels above and below the unit", test_zoom },
		{ "the start of the address space", test_start },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
