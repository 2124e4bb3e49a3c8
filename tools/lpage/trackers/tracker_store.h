/* SPDX-License-Identifier: GPL-2.0-only */
/* The attribute map as a tracker's store. */
#ifndef LPAGE_TRACKER_STORE_H
#define LPAGE_TRACKER_STORE_H

#include "model/attr_map.h"
#include "tracker.h"

/* A store that reads @map, which must live as long. */
struct tracker_store tracker_store(const struct attr_map *map);

#endif /* LPAGE_TRACKER_STORE_H */
