/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host memory without pages: whoever needs one is held, by userfaultfd, until it is provided.
 * This is how a fault of a vCPU is stopped half-way, for as long as it takes.
 */
#ifndef LPAGE_STALLED_MEMORY_H
#define LPAGE_STALLED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct stalled_memory {
	void *hva;
	size_t size;		/* bytes */
	int uffd;
};

/* Map @size bytes. Returns NULL, or a constant reason why this host cannot, with nothing mapped. */
const char *stalled_memory_map(struct stalled_memory *memory, size_t size);
void stalled_memory_unmap(struct stalled_memory *memory);

/* True if somebody is held, or is within @ms milliseconds, for want of the page at @offset. */
bool stalled_memory_holds(struct stalled_memory *memory, size_t offset, unsigned int ms);

/* Provide the page at @offset, which begins with @tag. Returns 0 or the errno. */
int stalled_memory_provide(struct stalled_memory *memory, size_t offset, u64 tag);

#endif /* LPAGE_STALLED_MEMORY_H */
