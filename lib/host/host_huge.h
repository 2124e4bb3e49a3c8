/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transparent hugepages of this process: read from its page tables where they are, split
 * and collapse them.
 *
 * The kernel gets hugepages only while a function below asks for them.  At all other times
 * they are forbidden to the whole process (PR_SET_THP_DISABLE), so that neither a page fault
 * nor khugepaged changes a mapping, whatever the machine's settings are.
 */
#ifndef LPAGE_HOST_HUGE_H
#define LPAGE_HOST_HUGE_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/scenario.h"

/* A constant reason why no transparent hugepages are to be had and seen; NULL if they are. */
const char *host_huge_missing(void);

/*
 * Fill in which of the @nr 2M at @start, a 2M boundary, the host maps with one entry.
 * Returns 0 or the errno.
 */
int host_huge_read(void *start, size_t nr, bool *huge);

/* True if that can be read, and the host maps the one 2M at @start so. */
bool host_huge_at(void *start);

/*
 * Prepare a new mapping of @size bytes at @start, to be populated with hugepages as far as
 * the kernel has some (@huge) or with small pages.  Then forbid them again.
 */
void host_huge_begin(void *start, size_t size, bool huge);
void host_huge_forbid(void);

/*
 * Do to [@start, @start + @size) what @way says, and undo it.  Where that splits hugepages of
 * a file the host's page tables are empty afterwards.  Returns 0 or the errno.
 */
int host_huge_split(void *start, size_t size, enum split_way way);

/*
 * Collapse [@start, @start + @size), whole 2M.  Returns 0, or the errno if some of it could
 * not be; EAGAIN, EBUSY and ENOMEM are the kernel's right.
 */
int host_huge_collapse(void *start, size_t size);

/* Let mm announce a change of [@start, @start + @size), whole mappings, that changes nothing. */
int host_huge_announce(void *start, size_t size);

#endif /* LPAGE_HOST_HUGE_H */
