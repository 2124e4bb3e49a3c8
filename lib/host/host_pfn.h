/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the machine's pages is behind an address: its number, as the kernel counts them. */
#ifndef LPAGE_HOST_PFN_H
#define LPAGE_HOST_PFN_H

#include <linux/types.h>

#include "scenario/level.h"

/* Into *@pfn that of the page at @hva.  Returns 0 or the errno; EPERM for who may not know it. */
int host_pfn_read(void *hva, u64 *pfn);

#endif /* LPAGE_HOST_PFN_H */
