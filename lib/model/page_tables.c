// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/page_tables.h"

/* Bit n of each: the table for the hugepage range that begins at gfn n << level_shift(). */
struct page_tables {
	struct sparsebit *present[NR_LEVELS];
	struct sparsebit *disallows[NR_LEVELS];
	struct sparsebit *tracked[NR_LEVELS];
};

struct page_tables *page_tables_alloc(void)
{
	struct page_tables *tables = calloc(1, sizeof(*tables));
	enum level level;

	TEST_ASSERT(tables, "out of memory");
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		tables->present[level] = sparsebit_alloc();
		tables->disallows[level] = sparsebit_alloc();
		tables->tracked[level] = sparsebit_alloc();
	}
	return tables;
}

void page_tables_free(struct page_tables *tables)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		sparsebit_free(&tables->present[level]);
		sparsebit_free(&tables->disallows[level]);
		sparsebit_free(&tables->tracked[level]);
	}
	free(tables);
}

bool page_tables_has(const struct page_tables *tables, u64 gfn, enum level level)
{
	return sparsebit_is_set(tables->present[level], gfn >> level_shift(level));
}

bool page_tables_disallows(const struct page_tables *tables, u64 gfn, enum level level)
{
	return sparsebit_is_set(tables->disallows[level], gfn >> level_shift(level));
}

void page_tables_add(struct page_tables *tables, u64 gfn, enum level level, bool disallows,
		     bool tracked)
{
	u64 nr = gfn >> level_shift(level);

	sparsebit_set(tables->present[level], nr);
	if (disallows)
		sparsebit_set(tables->disallows[level], nr);
	if (tracked)
		sparsebit_set(tables->tracked[level], nr);
}

/* Clear @nr bits from @first on; quicker than sparsebit where there is nothing to clear. */
static void clear(struct sparsebit *bits, u64 first, u64 nr)
{
	if (sparsebit_any_set(bits))
		sparsebit_clear_num(bits, first, nr);
}

void page_tables_remove(struct page_tables *tables, u64 gfn, enum level level)
{
	u64 start = level_round(gfn, level);
	u64 npages = level_pages(level);

	for (; level > LEVEL_4K; level--) {
		u64 first = start >> level_shift(level);
		u64 nr = npages >> level_shift(level);

		clear(tables->present[level], first, nr);
		clear(tables->disallows[level], first, nr);
		clear(tables->tracked[level], first, nr);
	}
}

void page_tables_remove_all(struct page_tables *tables)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		sparsebit_clear_all(tables->present[level]);
		sparsebit_clear_all(tables->disallows[level]);
		sparsebit_clear_all(tables->tracked[level]);
	}
}

u64 page_tables_nr_tracked(const struct page_tables *tables)
{
	enum level level;
	u64 nr = 0;

	for (level = LEVEL_2M; level < NR_LEVELS; level++)
		nr += sparsebit_num_set(tables->tracked[level]);
	return nr;
}

bool page_tables_find_tracked(const struct page_tables *tables, u64 *gfn, enum level *level)
{
	for (*level = LEVEL_1G; *level > LEVEL_4K; --*level) {
		const struct sparsebit *tracked = tables->tracked[*level];

		if (!sparsebit_any_set(tracked))
			continue;
		*gfn = sparsebit_first_set(tracked) << level_shift(*level);
		return true;
	}
	return false;
}

void page_tables_allow(struct page_tables *tables, u64 gfn, enum level level)
{
	sparsebit_clear(tables->disallows[level], gfn >> level_shift(level));
	sparsebit_clear(tables->tracked[level], gfn >> level_shift(level));
}
