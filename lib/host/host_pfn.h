/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the machine's pages is behind an address: its number, as the kernel counts them. */
#ifndef LPAGE_HOST_PFN_H
#define LPAGE_HOST_PFN_H

#include <stdbool.h>

#include <linux/types.h>

#include "scenario/level.h"

/* Into *@pfn that of the page at @hva.  Returns 0 or the errno; EPERM for who may not know it. */
int host_pfn_read(void *hva, u64 *pfn);

/* True if page @pfn of the machine is of a file that reclaim leaves alone, as a guest_memfd is. */
bool host_pfn_is_unevictable(u64 pfn);

#endif /* LPAGE_HOST_PFN_H */
