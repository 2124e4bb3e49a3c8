/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping levels and what they mean in pages, with KVM's own numbering
 * (PG_LEVEL_4K, PG_LEVEL_2M, PG_LEVEL_1G), for code that knows no KVM header.
 */
#ifndef LPAGE_LEVEL_H
#define LPAGE_LEVEL_H

#include <stdbool.h>

#include <linux/types.h>

enum level {
	LEVEL_NONE,		/* not mapped */
	LEVEL_4K,
	LEVEL_2M,
	LEVEL_1G,
	NR_LEVELS,
};

#define GFN_SHIFT	12
#define GFN_BYTES	(1ull << GFN_SHIFT)

/* One past the highest gfn that x86 knows: physical addresses have 52 bits. */
#define GFN_END		(1ull << (52 - GFN_SHIFT))

/*
 * log2 of the entries in one page table: 9 on x86.  Only unit tests take another
 * value, so that an address space with all three levels is small enough to
 * enumerate every case in it.
 */
extern unsigned int level_bits;

/* log2 of the pages of one leaf at @level. */
static inline unsigned int level_shift(enum level level)
{
	return level_bits * (level - LEVEL_4K);
}

/* Pages of one leaf at @level; 1 for LEVEL_4K. */
static inline u64 level_pages(enum level level)
{
	return 1ull << level_shift(level);
}

/* Bytes of one leaf at @level. */
static inline u64 level_bytes(enum level level)
{
	return level_pages(level) << GFN_SHIFT;
}

/* First gfn of the hugepage range of @level that holds @gfn. */
static inline u64 level_round(u64 gfn, enum level level)
{
	return gfn & ~(level_pages(level) - 1);
}

/* "4K", "2M", "1G"; "none" for LEVEL_NONE. */
static inline const char *level_name(enum level level)
{
	static const char * const name[NR_LEVELS] = { "none", "4K", "2M", "1G" };

	return name[level];
}

#endif /* LPAGE_LEVEL_H */
