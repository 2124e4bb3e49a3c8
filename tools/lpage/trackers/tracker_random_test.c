// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random updates in small address spaces: correct trackers never differ from the
 * definition, and each bug that a posted tracker had is found.  The long run is
 * `make -C tools/lpage soak`.
 */
#include "kselftest_harness.h"

#include "tracker_registry.h"
#include "tracker_soak.h"

#define NR_UPDATES	200000

static void print_difference(const struct tracker_soak *soak)
{
	printf("# after %llu updates %s ", (unsigned long long)soak->done, soak->culprit->name);
	tracker_diff_print(&soak->diff, stdout);
	printf("\n");
}

TEST(correct_trackers_agree_with_the_model)
{
	struct tracker_soak soak = { .seed = 1, .updates = NR_UPDATES };
	bool right = tracker_soak_run(&soak);

	if (!right)
		print_difference(&soak);
	EXPECT_TRUE(right);
	EXPECT_EQ(NR_UPDATES, soak.done);
	EXPECT_LE(4, soak.nr_trackers);
	EXPECT_LT(NR_UPDATES, soak.compared);
}

/* The same work finds each bug alone, in every tracker that was posted with it. */
TEST(every_bug_is_found)
{
	const struct tracker_ops *posted;
	enum tracker_bug bug;
	size_t i;

	for (i = 0; (posted = tracker_nth(i)); i++) {
		for (bug = 0; bug < NR_TRACKER_BUGS; bug++) {
			struct tracker_ops ops = *posted;
			struct tracker_soak soak = { .seed = 1, .updates = NR_UPDATES };

			if (!(posted->bugs & bug_bit(bug)))
				continue;
			ops.bugs = bug_bit(bug);
			soak.only = &ops;
			EXPECT_FALSE(tracker_soak_run(&soak)) {
				TH_LOG("%s with %s", posted->name, tracker_bug_name(bug));
			}
		}
	}
}

/* A tracker without any of its bugs is right, so the bugs above explain it all. */
TEST(posted_without_its_bugs_is_correct)
{
	const struct tracker_ops *posted;
	size_t i;

	for (i = 0; (posted = tracker_nth(i)); i++) {
		struct tracker_ops ops = *posted;
		struct tracker_soak soak = { .seed = 2, .updates = NR_UPDATES / 4 };

		ops.bugs = 0;
		soak.only = &ops;
		EXPECT_TRUE(tracker_soak_run(&soak)) {
			TH_LOG("%s", posted->name);
		}
	}
}

TEST_HARNESS_MAIN
