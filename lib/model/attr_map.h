/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory attributes of a VM: which gfns are private.  They belong to the VM,
 * not to memslots: they may be set before a memslot exists and outlive it
 * (virt/kvm/kvm_main.c, kvm->mem_attr_array).
 */
#ifndef LPAGE_ATTR_MAP_H
#define LPAGE_ATTR_MAP_H

#include "scenario/level.h"

struct attr_map;

/* A map in which every gfn is shared. Aborts when memory runs out, as sparsebit does. */
struct attr_map *attr_map_alloc(void);
void attr_map_free(struct attr_map *map);

/* Make @copy hold what @map holds. */
void attr_map_copy(struct attr_map *copy, const struct attr_map *map);

/* Give every gfn of [@start, @end) the attribute @private. Does nothing if the range is empty. */
void attr_map_set(struct attr_map *map, u64 start, u64 end, bool private);

bool attr_map_is_private(const struct attr_map *map, u64 gfn);

/* True if every gfn of [@start, @end) has the attribute @private; true if the range is empty. */
bool attr_map_has(const struct attr_map *map, u64 start, u64 end, bool private);

/* True if two gfns of the hugepage range of @level at @gfn differ in attribute. */
bool attr_map_is_mixed(const struct attr_map *map, u64 gfn, enum level level);

/* The first gfn of [@start, @end) whose attribute is @private; @end if there is none. */
u64 attr_map_find(const struct attr_map *map, u64 start, u64 end, bool private);

#endif /* LPAGE_ATTR_MAP_H */
