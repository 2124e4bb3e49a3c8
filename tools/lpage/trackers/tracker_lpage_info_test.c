// SPDX-License-Identifier: GPL-2.0-only
/* The mixed flag and the reference count share a word and never disturb each other. */
#include "kselftest_harness.h"

#include "tracker_lpage_info.h"

#define NR_ACTIONS	1000000

/* What the word should hold, in two variables that cannot disturb each other. */
struct shadow {
	u32 count;
	bool mixed;
};

static void act(struct lpage_info *info, struct shadow *shadow, unsigned int action)
{
	switch (action % 4) {
	case 0:
		if (lpage_info_disallow(info))
			shadow->count++;
		break;
	case 1:
		if (lpage_info_allow(info))
			shadow->count--;
		break;
	default:
		shadow->mixed = action % 4 == 2;
		lpage_info_set_mixed(info, shadow->mixed);
		break;
	}
}

static bool agrees(const struct lpage_info *info, const struct shadow *shadow)
{
	return lpage_info_count(info) == shadow->count &&
	       lpage_info_is_mixed(info) == shadow->mixed;
}

/* From each of the counts where something could carry or borrow. */
static void run_from(struct __test_metadata *_metadata, u32 count)
{
	struct lpage_info info = { .disallow = count };
	struct shadow shadow = { .count = count };
	unsigned int i;

	for (i = 0; i < NR_ACTIONS; i++) {
		act(&info, &shadow, rand() >> 8);
		ASSERT_TRUE(agrees(&info, &shadow)) {
			TH_LOG("word %x after %u actions", info.disallow, i + 1);
		}
	}
}

TEST(random_from_zero)
{
	run_from(_metadata, 0);
}

TEST(random_from_the_middle)
{
	run_from(_metadata, 0x55555555);
}

TEST(random_from_full)
{
	run_from(_metadata, LPAGE_INFO_MAX_COUNT);
}

TEST(full_count_is_refused)
{
	struct lpage_info info = { .disallow = LPAGE_INFO_MAX_COUNT };

	EXPECT_FALSE(lpage_info_disallow(&info));
	EXPECT_FALSE(lpage_info_is_mixed(&info));
	EXPECT_EQ(LPAGE_INFO_MAX_COUNT, lpage_info_count(&info));
}

TEST(empty_count_is_refused)
{
	struct lpage_info info = { .disallow = LPAGE_INFO_MIXED };

	EXPECT_FALSE(lpage_info_allow(&info));
	EXPECT_TRUE(lpage_info_is_mixed(&info));
	EXPECT_EQ(0, lpage_info_count(&info));
}

TEST_HARNESS_MAIN
