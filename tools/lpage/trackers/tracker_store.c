// SPDX-License-Identifier: GPL-2.0-only
#include "tracker_store.h"

static bool map_is_private(const void *data, u64 gfn)
{
	return attr_map_is_private(data, gfn);
}

static u64 map_next_private(const void *data, u64 start, u64 end)
{
	return attr_map_find(data, start, end, true);
}

struct tracker_store tracker_store(const struct attr_map *map)
{
	return (struct tracker_store) {
		.is_private = map_is_private,
		.next_private = map_next_private,
		.data = map,
	};
}
