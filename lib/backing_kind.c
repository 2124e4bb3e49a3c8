// SPDX-License-Identifier: GPL-2.0-only
#include "backing_kind.h"

static const struct {
	const char *name;
	enum level level;
	unsigned int hugepages;
} backing[NR_BACKING_KINDS] = {
	[BACKING_ANONYMOUS]	= { "anonymous", LEVEL_4K, 0 },
	[BACKING_SHMEM]		= { "shmem", LEVEL_4K, 0 },
	[BACKING_HUGETLB_2MB]	= { "hugetlb_2mb", LEVEL_2M, 8 },
	[BACKING_HUGETLB_1GB]	= { "hugetlb_1gb", LEVEL_1G, 1 },
};

const char *backing_kind_name(enum backing_kind kind)
{
	return backing[kind].name;
}

enum level backing_kind_level(enum backing_kind kind)
{
	return backing[kind].level;
}

u64 backing_kind_pages(enum backing_kind kind)
{
	return backing[kind].hugepages * level_pages(backing[kind].level);
}
