/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of memory that the kernel is told has failed (MADV_HWPOISON), and what it tells the
 * process: SIGBUS with BUS_MCEERR_AR.  One at a time; setting_restore() makes it whole again.
 */
#ifndef LPAGE_BROKEN_PAGE_H
#define LPAGE_BROKEN_PAGE_H

#include <stdbool.h>

#include "scenario/level.h"

/* A constant reason why memory cannot fail here and be mended, or NULL. */
const char *broken_page_missing(void);

/* Break the page at @hva, which is in use.  Returns 0 or the errno. */
int broken_page_make(void *hva);

/*
 * Break page @pfn of the machine, which must be one of a file that nobody has mapped: nobody gets a
 * signal.  It can be mended only when it is in the file no longer.  Returns 0 or the errno.
 */
int broken_page_make_of_file(u64 pfn);

/*
 * From now on each signal puts a new page, all zero, in the place of the broken one, as QEMU does;
 * this returns how many there have been since the last call, with the address that the last one
 * named in *@address and the bytes that it said are lost in *@size.
 */
unsigned int broken_page_signals(void **address, u64 *size);

/* What the kernel counts as broken, in bytes; 0 if it does not say. */
u64 broken_page_bytes(void);

#endif /* LPAGE_BROKEN_PAGE_H */
