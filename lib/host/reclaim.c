// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>

#include <linux/sizes.h>

#include "host/reclaim.h"

bool reclaim_page(void *page)
{
	unsigned char there = 1;

	madvise(page, SZ_4K, MADV_FREE);
	madvise(page, SZ_4K, MADV_PAGEOUT);
	return !mincore(page, SZ_4K, &there) && !(there & 1);
}
