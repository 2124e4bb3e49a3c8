/* SPDX-License-Identifier: GPL-2.0-only */
/* Host memory for the shared side of memslots. */
#ifndef LPAGE_BACKING_H
#define LPAGE_BACKING_H

#include <stddef.h>

#include "scenario/backing_kind.h"

struct backing_view {
	void *base;		/* lies on a 1G boundary */
	size_t size;
	int fd;			/* of the file behind it, -1 for anonymous memory */
	enum backing_kind kind;
	void *mapped;		/* whole pages of the host around what was asked for, with ... */
	size_t mapped_size;	/* ... memory behind them */
	void *reserved;		/* what munmap() has to give back */
	size_t reserved_size;
};

/*
 * Allocate the file behind @kind, once per process: children inherit it, and a 1G page
 * takes seconds to clear.  Returns a constant reason if there is too little of what @kind
 * needs, or NULL.
 */
const char *backing_prepare(enum backing_kind kind);

/*
 * In a child that runs beside others with memory of the same kinds: leave the hugepages
 * to them.  backing_prepare() may then find others.
 */
void backing_leave(void);

/*
 * Map @size bytes at @offset (< 1G) from a 1G boundary, all of it populated, so that no
 * access through KVM changes the host's page tables.  The first byte is at
 * view->base + @offset.  Aborts when memory runs out; backing_prepare() came before.
 */
void backing_map(struct backing_view *view, enum backing_kind kind, u64 offset, u64 size);

/*
 * The same for a memslot that has nothing but the guest_memfd @fd, which can be mapped: KVM
 * wants an address, but neither it nor the host can reach any memory there.
 */
void backing_map_gmem(struct backing_view *view, int fd, u64 offset, u64 size);

void backing_unmap(struct backing_view *view);

#endif /* LPAGE_BACKING_H */
