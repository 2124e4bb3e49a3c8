// SPDX-License-Identifier: GPL-2.0-only
#include "scenario/backing_kind.h"

static const struct {
	const char *name;
	enum level level;
	unsigned int pages;		/* of that level, behind all memslots */
	bool splits;
	bool anonymous;
} backing[NR_BACKING_KINDS] = {
	[BACKING_ANONYMOUS]	= { "anonymous", LEVEL_4K, .anonymous = true },
	/* Small at first, but a collapse makes it huge. */
	[BACKING_SHMEM]		= { "shmem", LEVEL_4K, .splits = true },
	[BACKING_HUGETLB_2MB]	= { "hugetlb_2mb", LEVEL_2M, 8 },
	[BACKING_HUGETLB_1GB]	= { "hugetlb_1gb", LEVEL_1G, 1 },
	[BACKING_ANONYMOUS_THP]	= { "anonymous_thp", LEVEL_2M, .splits = true, .anonymous = true },
	[BACKING_ANONYMOUS_HUGETLB_2MB] = { "anonymous_hugetlb_2mb", LEVEL_2M, .anonymous = true },
	[BACKING_ANONYMOUS_HUGETLB_1GB] = { "anonymous_hugetlb_1gb", LEVEL_1G, .anonymous = true },
	[BACKING_MEMFD]		= { "memfd", LEVEL_4K, 1024 },
	[BACKING_GUEST_MEMFD]	= { "guest_memfd", LEVEL_4K },
};

const char *backing_kind_name(enum backing_kind kind)
{
	return backing[kind].name;
}

enum level backing_kind_level(enum backing_kind kind)
{
	return backing[kind].level;
}

enum level backing_kind_unit(enum backing_kind kind)
{
	return backing[kind].splits ? LEVEL_4K : backing[kind].level;
}

bool backing_kind_splits(enum backing_kind kind)
{
	return backing[kind].splits;
}

bool backing_kind_is_anonymous(enum backing_kind kind)
{
	return backing[kind].anonymous;
}

u64 backing_kind_pages(enum backing_kind kind)
{
	return backing[kind].pages * level_pages(backing[kind].level);
}
