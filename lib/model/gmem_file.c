// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include <linux/kernel.h>

#include "test_util.h"
#include "sparsebit.h"

#include "model/gmem_file.h"

struct gmem_file {
	enum level large;		/* the size of large folios; LEVEL_4K: there are none */
	bool splits;			/* see struct kernel_traits */
	bool reserves_exactly;
	u64 npages;
	struct sparsebit *folios;	/* bit n: large folio number n is there */
	struct sparsebit *pages;	/* bit n: page n is there, alone */
};

struct gmem_file *gmem_file_alloc(const struct kernel_traits *traits, u64 npages)
{
	struct gmem_file *file = calloc(1, sizeof(*file));

	TEST_ASSERT(file, "out of memory");
	file->large = traits->gmem_level;
	file->splits = traits->gmem_hole_splits;
	file->reserves_exactly = traits->gmem_reserves_exactly;
	file->npages = npages;
	file->folios = sparsebit_alloc();
	file->pages = sparsebit_alloc();
	return file;
}

void gmem_file_free(struct gmem_file *file)
{
	if (!file)
		return;

	sparsebit_free(&file->folios);
	sparsebit_free(&file->pages);
	free(file);
}

static u64 folio_of(const struct gmem_file *file, u64 page)
{
	return page >> level_shift(file->large);
}

static bool has_folio(const struct gmem_file *file, u64 page)
{
	return file->large > LEVEL_4K && sparsebit_is_set(file->folios, folio_of(file, page));
}

/* The large folio around @page would lie in the file, and in nobody's way. */
static bool has_room(const struct gmem_file *file, u64 page)
{
	u64 first = level_round(page, file->large);

	return file->large > LEVEL_4K && first + level_pages(file->large) <= file->npages &&
	       sparsebit_is_clear_num(file->pages, first, level_pages(file->large));
}

enum level gmem_file_level(const struct gmem_file *file, u64 page)
{
	return has_folio(file, page) || has_room(file, page) ? file->large : LEVEL_4K;
}

static void add_page(struct gmem_file *file, u64 page, bool may_be_large)
{
	/* Without large folios nothing depends on what is there. */
	if (file->large == LEVEL_4K || has_folio(file, page))
		return;

	if (may_be_large && has_room(file, page))
		sparsebit_set(file->folios, folio_of(file, page));
	else
		sparsebit_set(file->pages, page);
}

void gmem_file_touch(struct gmem_file *file, u64 page)
{
	add_page(file, page, true);
}

void gmem_file_allocate(struct gmem_file *file, u64 start, u64 end)
{
	u64 page;

	for (page = start; page < end; page++) {
		u64 first = level_round(page, file->large);
		bool whole = first >= start && first + level_pages(file->large) <= end;

		add_page(file, page, whole || !file->reserves_exactly);
	}
}

bool gmem_file_hole_unmaps(const struct gmem_file *file, u64 page, u64 start, u64 end)
{
	u64 first = level_round(page, file->large);
	u64 behind = first + level_pages(file->large);

	return file->splits && behind <= file->npages && (first < start || behind > end);
}

/* A large folio of which [@start, @end) goes, but not all. */
static void remove_part(struct gmem_file *file, u64 start, u64 end)
{
	u64 first = level_round(start, file->large);

	if (!file->splits)
		return;

	sparsebit_clear(file->folios, folio_of(file, start));
	sparsebit_set_num(file->pages, first, level_pages(file->large));
	sparsebit_clear_num(file->pages, start, end - start);
}

void gmem_file_punch(struct gmem_file *file, u64 start, u64 end)
{
	u64 page, next;

	sparsebit_clear_num(file->pages, start, end - start);
	for (page = start; file->large > LEVEL_4K && page < end; page = next) {
		next = min(level_round(page, file->large) + level_pages(file->large), end);
		if (!has_folio(file, page))
			continue;
		if (next - page == level_pages(file->large))
			sparsebit_clear(file->folios, folio_of(file, page));
		else
			remove_part(file, page, next);
	}
}
