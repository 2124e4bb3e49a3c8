// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/level_map.h"

void level_map_init(struct level_map *map, u64 gfn, enum level unit, size_t nr)
{
	u64 before = min(nr / 2, gfn >> level_shift(unit));

	map->base_gfn = level_round(gfn, unit) - before * level_pages(unit);
	map->unit = unit;
	map->nr = nr;
	map->row = calloc(nr, sizeof(*map->row));
	TEST_ASSERT(map->row || !nr, "out of memory");
}

void level_map_free(struct level_map *map)
{
	free(map->row);
	*map = (struct level_map) { };
}

static u64 row_gfn(const struct level_map *map, size_t i)
{
	return map->base_gfn + i * level_pages(map->unit);
}

struct level_map_row *level_map_at(struct level_map *map, u64 gfn)
{
	u64 i = (gfn - map->base_gfn) >> level_shift(map->unit);

	return gfn >= map->base_gfn && i < map->nr ? &map->row[i] : NULL;
}

static enum row_attributes attributes(const struct attr_map *attrs, u64 gfn, enum level unit)
{
	if (attr_map_is_mixed(attrs, gfn, unit))
		return ROW_MIXED;

	return attr_map_is_private(attrs, gfn) ? ROW_PRIVATE : ROW_SHARED;
}

/* Leaves of @level in @slot that overlap [@start, @end). */
static u64 count_leaves(const struct model_slot *slot, u64 start, u64 end, enum level level)
{
	const struct sparsebit *leaves = slot->leaves[level];
	u64 leaf = start >> level_shift(level);
	u64 last = (end - 1) >> level_shift(level);
	u64 nr = 0;

	if (!sparsebit_is_set(leaves, leaf))
		leaf = sparsebit_next_set(leaves, leaf);

	/* 0: there is no further leaf; none is at gfn 0, where no memslot of a scenario lies. */
	for (; leaf && leaf <= last; leaf = sparsebit_next_set(leaves, leaf))
		nr++;
	return nr;
}

static void fill_wanted(struct level_map_row *row, const struct mapping_model *model, u64 start,
			u64 end)
{
	const struct model_slot *slot;
	enum level level;

	memset(row->wanted, 0, sizeof(row->wanted));
	for (slot = model->slots; slot; slot = slot->next) {
		for (level = LEVEL_4K; level < NR_LEVELS; level++)
			row->wanted[level] += count_leaves(slot, start, end, level);
	}
}

void level_map_fill(struct level_map *map, const struct mapping_model *model)
{
	size_t i;

	for (i = 0; i < map->nr; i++) {
		u64 gfn = row_gfn(map, i);

		map->row[i].attributes = attributes(model->attrs, gfn, map->unit);
		fill_wanted(&map->row[i], model, gfn, gfn + level_pages(map->unit));
	}
}

void level_map_found(struct level_map *map, u64 gfn, enum level level)
{
	u64 start = level_round(gfn, level);
	u64 end = start + level_pages(level);
	size_t i;

	for (i = 0; i < map->nr; i++) {
		if (start >= row_gfn(map, i + 1) || end <= row_gfn(map, i))
			continue;
		map->row[i].got[level]++;
		map->row[i].known = true;
	}
}

/* Write leaves as "2M x3, 4K x17" into @text; "-" if there are none. */
static void format_leaves(const u64 *leaves, char *text, size_t size)
{
	enum level level;
	size_t len = 0;

	snprintf(text, size, "-");
	for (level = LEVEL_1G; level > LEVEL_NONE; level--) {
		if (!leaves[level] || len >= size)
			continue;
		len += snprintf(text + len, size - len, "%s%s", len ? ", " : "", level_name(level));
		if (leaves[level] > 1 && len < size)
			len += snprintf(text + len, size - len, " x%llu",
					(unsigned long long)leaves[level]);
	}
}

static bool is_wrong(const struct level_map_row *row)
{
	return row->known && memcmp(row->wanted, row->got, sizeof(row->got));
}

const char *level_map_attributes(enum row_attributes attributes)
{
	static const char * const name[] = {
		[ROW_SHARED] = "shared",
		[ROW_PRIVATE] = "private",
		[ROW_MIXED] = "mixed",
	};

	return name[attributes];
}

static void print_row(const struct level_map_row *row, u64 gfn, FILE *out)
{
	char wanted[64], got[64] = "?";

	format_leaves(row->wanted, wanted, sizeof(wanted));
	if (row->known)
		format_leaves(row->got, got, sizeof(got));

	fprintf(out, "0x%-13llx %-11s %-16s %s%s\n", (unsigned long long)gfn << GFN_SHIFT,
		level_map_attributes(row->attributes), wanted, got, is_wrong(row) ? "  <--" : "");
}

void level_map_print(const struct level_map *map, FILE *out)
{
	size_t i;

	fprintf(out, "%-15s %-11s %-16s %s\n", "gpa", "attributes", "wanted", "got");
	for (i = 0; i < map->nr; i++)
		print_row(&map->row[i], row_gfn(map, i), out);
}
