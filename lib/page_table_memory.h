/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory the page tables of all VMs take: what is not given back is missing here. */
#ifndef LPAGE_PAGE_TABLE_MEMORY_H
#define LPAGE_PAGE_TABLE_MEMORY_H

#include <linux/types.h>

/* A constant reason why that cannot be told here, or not be told apart from other VMs', or NULL. */
const char *page_table_memory_missing(void);

/* Bytes, exact at the time of the call. */
u64 page_table_memory(void);

#endif /* LPAGE_PAGE_TABLE_MEMORY_H */
