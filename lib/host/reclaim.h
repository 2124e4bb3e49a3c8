/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LPAGE_RECLAIM_H
#define LPAGE_RECLAIM_H

#include <stdbool.h>

/*
 * Have the host take the page of this process at @page, whose contents nobody needs.  False if it
 * keeps the page: somebody else holds it, or this host takes none on request.
 */
bool reclaim_page(void *page);

#endif /* LPAGE_RECLAIM_H */
