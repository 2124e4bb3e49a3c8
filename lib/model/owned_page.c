// SPDX-License-Identifier: GPL-2.0-only
#include "model/owned_page.h"

#define TAG_MAGIC		0x7a9full
#define MAGIC_SHIFT		48
#define SIDE_SHIFT		47
#define GENERATION_SHIFT	20
#define GENERATION_MASK		((1ull << (SIDE_SHIFT - GENERATION_SHIFT)) - 1)
#define PAGE_MASK_		((1ull << GENERATION_SHIFT) - 1)

u64 owned_page_tag(u64 page, enum page_side side, u64 generation)
{
	return TAG_MAGIC << MAGIC_SHIFT | (u64)side << SIDE_SHIFT |
	       (generation & GENERATION_MASK) << GENERATION_SHIFT | page;
}

static u64 tag_generation(u64 tag)
{
	return tag >> GENERATION_SHIFT & GENERATION_MASK;
}

enum page_side owned_page_tag_side(u64 page, u64 value)
{
	if (value >> MAGIC_SHIFT != TAG_MAGIC || (value & PAGE_MASK_) != page)
		return NR_SIDES;

	return value >> SIDE_SHIFT & 1;
}

static void advance(struct owned_page *page)
{
	__atomic_add_fetch(&page->version, 1, __ATOMIC_SEQ_CST);
}

void owned_page_begin(struct owned_page *page)
{
	advance(page);
}

void owned_page_end(struct owned_page *page)
{
	advance(page);
}

void owned_page_set(struct owned_page *page, enum page_side side, u64 tag, u64 generation)
{
	__atomic_store_n(&page->content[side], tag, __ATOMIC_SEQ_CST);
	__atomic_store_n(&page->oldest[side], generation, __ATOMIC_SEQ_CST);
}

void owned_page_look(const struct owned_page *page, struct owned_page_view *view)
{
	enum page_side side;

	view->version = __atomic_load_n(&page->version, __ATOMIC_SEQ_CST);
	view->side = __atomic_load_n(&page->side, __ATOMIC_SEQ_CST);
	view->content = __atomic_load_n(&page->content[view->side], __ATOMIC_SEQ_CST);
	for (side = SIDE_SHARED; side < NR_SIDES; side++)
		view->oldest[side] = __atomic_load_n(&page->oldest[side], __ATOMIC_SEQ_CST);
}

bool owned_page_is_still(const struct owned_page *page, const struct owned_page_view *view)
{
	return !(view->version & 1) &&
	       __atomic_load_n(&page->version, __ATOMIC_SEQ_CST) == view->version;
}

/* A tag of this page that was not gone from its side when the observer began. */
static bool was_there(u64 number, const struct owned_page_view *view, u64 value)
{
	enum page_side side = owned_page_tag_side(number, value);

	return side != NR_SIDES && tag_generation(value) >= view->oldest[side];
}

bool owned_page_may_read(const struct owned_page *page, u64 number,
			 const struct owned_page_view *view, u64 value)
{
	if (owned_page_is_still(page, view))
		return value == view->content;

	return !value || was_there(number, view, value);
}

bool owned_page_may_be_shared(u64 number, const struct owned_page_view *view, u64 value)
{
	return owned_page_tag_side(number, value) == SIDE_SHARED && was_there(number, view, value);
}
