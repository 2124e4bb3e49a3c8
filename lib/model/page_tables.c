// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/page_tables.h"

struct tracked_table {
	u64 gfn;		/* the first one */
	enum level level;
};

struct page_tables {
	/* Bit n of each: the table for the hugepage range that begins at gfn n << level_shift(). */
	struct sparsebit *present[NR_LEVELS];
	struct sparsebit *disallows[NR_LEVELS];
	struct tracked_table *tracked;		/* the oldest first */
	size_t nr_tracked;
	size_t max_tracked;
};

struct page_tables *page_tables_alloc(void)
{
	struct page_tables *tables = calloc(1, sizeof(*tables));
	enum level level;

	TEST_ASSERT(tables, "out of memory");
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		tables->present[level] = sparsebit_alloc();
		tables->disallows[level] = sparsebit_alloc();
	}
	return tables;
}

void page_tables_free(struct page_tables *tables)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		sparsebit_free(&tables->present[level]);
		sparsebit_free(&tables->disallows[level]);
	}
	free(tables->tracked);
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

static void track(struct page_tables *tables, u64 gfn, enum level level)
{
	if (tables->nr_tracked == tables->max_tracked) {
		tables->max_tracked = 2 * tables->max_tracked + 16;
		tables->tracked = realloc(tables->tracked,
					  tables->max_tracked * sizeof(*tables->tracked));
		TEST_ASSERT(tables->tracked, "out of memory");
	}
	tables->tracked[tables->nr_tracked++] = (struct tracked_table) { gfn, level };
}

/* No longer track the tables from @lowest to @highest in the range of @highest around @gfn. */
static void untrack(struct page_tables *tables, u64 gfn, enum level lowest, enum level highest)
{
	size_t i, nr = 0;

	for (i = 0; i < tables->nr_tracked; i++) {
		const struct tracked_table *table = &tables->tracked[i];

		if (level_round(table->gfn, highest) != level_round(gfn, highest) ||
		    table->level < lowest || table->level > highest)
			tables->tracked[nr++] = *table;
	}
	tables->nr_tracked = nr;
}

void page_tables_add(struct page_tables *tables, u64 gfn, enum level level, bool disallows,
		     bool tracked)
{
	u64 nr = gfn >> level_shift(level);

	sparsebit_set(tables->present[level], nr);
	if (disallows)
		sparsebit_set(tables->disallows[level], nr);
	if (tracked)
		track(tables, level_round(gfn, level), level);
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

	untrack(tables, start, LEVEL_2M, level);
	for (; level > LEVEL_4K; level--) {
		u64 first = start >> level_shift(level);
		u64 nr = npages >> level_shift(level);

		clear(tables->present[level], first, nr);
		clear(tables->disallows[level], first, nr);
	}
}

void page_tables_remove_all(struct page_tables *tables)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		sparsebit_clear_all(tables->present[level]);
		sparsebit_clear_all(tables->disallows[level]);
	}
	tables->nr_tracked = 0;
}

u64 page_tables_nr_tracked(const struct page_tables *tables)
{
	return tables->nr_tracked;
}

bool page_tables_find_tracked(const struct page_tables *tables, u64 *gfn, enum level *level)
{
	if (!tables->nr_tracked)
		return false;

	*gfn = tables->tracked[0].gfn;
	*level = tables->tracked[0].level;
	return true;
}

void page_tables_allow(struct page_tables *tables, u64 gfn, enum level level)
{
	sparsebit_clear(tables->disallows[level], gfn >> level_shift(level));
	untrack(tables, gfn, level, level);
}
