/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A picture in text of the mapping levels around a place: a row for each hugepage range,
 * with its attributes, the leaves that should be there and those that are.
 */
#ifndef LPAGE_LEVEL_MAP_H
#define LPAGE_LEVEL_MAP_H

#include <stdio.h>

#include "model/mapping_model.h"

enum row_attributes {
	ROW_SHARED,
	ROW_PRIVATE,
	ROW_MIXED,
};

/* "shared", "private" or "mixed". */
const char *level_map_attributes(enum row_attributes attributes);

struct level_map_row {
	enum row_attributes attributes;
	/* How many leaves of each level overlap the row; LEVEL_NONE is not used. */
	u64 wanted[NR_LEVELS];
	u64 got[NR_LEVELS];
	bool known;			/* got[] is filled in; `?` is printed otherwise */
};

struct level_map {
	u64 base_gfn;
	enum level unit;		/* each row is one hugepage range of this level */
	size_t nr;
	struct level_map_row *row;
};

/*
 * A map of @nr rows of level @unit, LEVEL_2M or LEVEL_1G, the one with @gfn in the middle,
 * everything shared, nothing mapped. Aborts when memory runs out.
 */
void level_map_init(struct level_map *map, u64 gfn, enum level unit, size_t nr);
void level_map_free(struct level_map *map);

/* The row that holds @gfn; NULL if it is not in the map. */
struct level_map_row *level_map_at(struct level_map *map, u64 gfn);

/* Take attributes and wanted leaves from @model. */
void level_map_fill(struct level_map *map, const struct mapping_model *model);

/* Note that a leaf of @level was found at @gfn: sets known and adds to got[] of its rows. */
void level_map_found(struct level_map *map, u64 gfn, enum level level);

/* Print the map, rows where the leaves differ marked with `<--`. */
void level_map_print(const struct level_map *map, FILE *out);

#endif /* LPAGE_LEVEL_MAP_H */
