/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LPAGE_MEMINFO_H
#define LPAGE_MEMINFO_H

#include <stdbool.h>

#include <linux/types.h>

/*
 * What /proc/meminfo says behind @name and a colon, into *@value: KiB, or how many.  Returns false
 * if it says nothing.
 */
bool meminfo_read(const char *name, u64 *value);

/* The same for /proc/vmstat, where all are numbers of something, mostly of pages. */
bool vmstat_read(const char *name, u64 *value);

#endif /* LPAGE_MEMINFO_H */
