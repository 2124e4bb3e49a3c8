// SPDX-License-Identifier: GPL-2.0-only
/* What an observer of a page may see, and what not. */
#include <linux/kernel.h>

#include "model/owned_page.h"
#include "unit.h"

#define NUMBER	4095

static u64 shared(u64 generation)
{
	return owned_page_tag(NUMBER, SIDE_SHARED, generation);
}

static u64 private(u64 generation)
{
	return owned_page_tag(NUMBER, SIDE_PRIVATE, generation);
}

static void test_tag(void)
{
	CHECK(owned_page_tag_side(NUMBER, shared(7)) == SIDE_SHARED, "shared side");
	CHECK(owned_page_tag_side(NUMBER, private(7)) == SIDE_PRIVATE, "private side");
	CHECK(owned_page_tag_side(NUMBER + 1, private(7)) == NR_SIDES, "another page");
	CHECK(owned_page_tag_side(NUMBER, 0) == NR_SIDES, "zero");
	CHECK(owned_page_tag_side(NUMBER, 42) == NR_SIDES, "no tag");
	CHECK(owned_page_tag(NUMBER + 1, SIDE_SHARED, 7) == shared(7) + 1, "the next page");
	CHECK(shared(7) != shared(8) && shared(7) != private(7), "tags differ");
}

static struct owned_page new_page(void)
{
	struct owned_page page = { };

	owned_page_begin(&page);
	owned_page_set(&page, SIDE_SHARED, shared(5), 5);
	owned_page_end(&page);
	return page;
}

static void test_still(void)
{
	struct owned_page page = new_page();
	struct owned_page_view view;

	owned_page_look(&page, &view);
	CHECK(owned_page_is_still(&page, &view), "nothing happened");
	CHECK(owned_page_may_read(&page, NUMBER, &view, shared(5)), "what it holds");
	CHECK(!owned_page_may_read(&page, NUMBER, &view, 0), "zero");
	CHECK(!owned_page_may_read(&page, NUMBER, &view, private(5)), "the other side");
	CHECK(!owned_page_may_read(&page, NUMBER, &view, shared(6)), "what it never held");
}

static void test_changing(void)
{
	struct owned_page page = new_page();
	struct owned_page_view before, during;

	owned_page_look(&page, &before);
	owned_page_begin(&page);
	owned_page_look(&page, &during);
	CHECK(!owned_page_is_still(&page, &before), "it changes");
	CHECK(!owned_page_is_still(&page, &during), "it changes all the time");

	page.side = SIDE_PRIVATE;
	owned_page_set(&page, SIDE_PRIVATE, private(8), 8);
	owned_page_end(&page);
	CHECK(!owned_page_is_still(&page, &before), "it has changed");
	CHECK(!owned_page_is_still(&page, &during), "it changed in the beginning");
	CHECK(owned_page_may_read(&page, NUMBER, &before, shared(5)), "what it held");
	CHECK(owned_page_may_read(&page, NUMBER, &before, private(8)), "what it holds");
	CHECK(owned_page_may_read(&page, NUMBER, &before, 0), "what it held in between");
	CHECK(!owned_page_may_read(&page, NUMBER, &before, shared(4)), "what was gone");
	CHECK(!owned_page_may_read(&page, NUMBER, &before, shared(5) + 1), "another page's");
	CHECK(!owned_page_may_read(&page, NUMBER, &before, 42), "anything");
}

/* A hole: what was in there must not come back. */
static void test_hole(void)
{
	struct owned_page page = new_page();
	struct owned_page_view view;

	owned_page_begin(&page);
	page.side = SIDE_PRIVATE;
	owned_page_set(&page, SIDE_PRIVATE, private(8), 8);
	owned_page_set(&page, SIDE_PRIVATE, 0, 9);
	owned_page_end(&page);

	owned_page_look(&page, &view);
	CHECK(owned_page_may_read(&page, NUMBER, &view, 0), "empty");
	owned_page_begin(&page);
	CHECK(!owned_page_may_read(&page, NUMBER, &view, private(8)), "it came back");
	CHECK(owned_page_may_read(&page, NUMBER, &view, private(9)), "it is written anew");
	CHECK(owned_page_may_read(&page, NUMBER, &view, shared(5)), "it may be shared again");
}

static void test_shared_side(void)
{
	struct owned_page page = new_page();
	struct owned_page_view view;

	owned_page_look(&page, &view);
	owned_page_begin(&page);
	CHECK(owned_page_may_be_shared(NUMBER, &view, shared(5)), "what it holds");
	CHECK(owned_page_may_be_shared(NUMBER, &view, shared(6)), "what is written meanwhile");
	CHECK(!owned_page_may_be_shared(NUMBER, &view, shared(4)), "what was gone");
	CHECK(!owned_page_may_be_shared(NUMBER, &view, private(6)), "the private side");
	CHECK(!owned_page_may_be_shared(NUMBER, &view, 0), "zero");
}

int main(void)
{
	static const struct unit_case unit[] = {
		{ "a tag tells page, side and generation", test_tag },
		{ "a page that nobody changes", test_still },
		{ "a page that changes meanwhile", test_changing },
		{ "a hole stays empty", test_hole },
		{ "only the shared side", test_shared_side },
	};

	return unit_main(unit, ARRAY_SIZE(unit));
}
