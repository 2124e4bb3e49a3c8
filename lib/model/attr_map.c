// SPDX-License-Identifier: GPL-2.0-only
/*
 * One bit a gfn in upstream's sparsebit, which keeps long runs in one node: a
 * uniform terabyte costs no more than a page.
 */
#include <stdlib.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/attr_map.h"

struct attr_map {
	struct sparsebit *private;
};

struct attr_map *attr_map_alloc(void)
{
	struct attr_map *map = malloc(sizeof(*map));

	TEST_ASSERT(map, "out of memory");
	map->private = sparsebit_alloc();
	return map;
}

void attr_map_free(struct attr_map *map)
{
	if (!map)
		return;

	sparsebit_free(&map->private);
	free(map);
}

void attr_map_copy(struct attr_map *copy, const struct attr_map *map)
{
	sparsebit_copy(copy->private, map->private);
}

void attr_map_set(struct attr_map *map, u64 start, u64 end, bool private)
{
	if (start >= end)
		return;

	if (private)
		sparsebit_set_num(map->private, start, end - start);
	else
		sparsebit_clear_num(map->private, start, end - start);
}

bool attr_map_is_private(const struct attr_map *map, u64 gfn)
{
	return sparsebit_is_set(map->private, gfn);
}

bool attr_map_has(const struct attr_map *map, u64 start, u64 end, bool private)
{
	if (start >= end)
		return true;

	return private ? sparsebit_is_set_num(map->private, start, end - start) :
			 sparsebit_is_clear_num(map->private, start, end - start);
}

bool attr_map_is_mixed(const struct attr_map *map, u64 gfn, enum level level)
{
	u64 start = level_round(gfn, level);

	return !attr_map_has(map, start, start + level_pages(level),
			     attr_map_is_private(map, start));
}

u64 attr_map_find(const struct attr_map *map, u64 start, u64 end, bool private)
{
	u64 gfn;

	if (start >= end || attr_map_is_private(map, start) == private)
		return start < end ? start : end;

	/* sparsebit says 0 for "none", which no next gfn can be. */
	gfn = private ? sparsebit_next_set(map->private, start) :
			sparsebit_next_clear(map->private, start);
	return gfn && gfn < end ? gfn : end;
}
