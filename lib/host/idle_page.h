/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages nobody has touched for a while, by CONFIG_IDLE_PAGE_TRACKING: the host asks all who
 * map a page, KVM among them (mmu_notifier_clear_young()).
 */
#ifndef LPAGE_IDLE_PAGE_H
#define LPAGE_IDLE_PAGE_H

#include <stdbool.h>

/* A constant reason why that cannot be told, or NULL. */
const char *idle_page_missing(void);

/*
 * Let the page at @hva, or the transparent hugepage that begins there, count as idle until it is
 * touched.  Returns 0 or the errno.
 */
int idle_page_mark(void *hva);

/* Whether nobody has touched it since, into *@idle.  Returns 0 or the errno. */
int idle_page_read(void *hva, bool *idle);

#endif /* LPAGE_IDLE_PAGE_H */
