// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random updates in small address spaces: correct trackers never differ from the
 * definition, and each fault that a posted tracker had is found.  The long run is
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

/* The same work finds each fault alone, in every tracker that was posted with it. */
TEST(every_fault_is_found)
{
	const struct tracker_ops *posted;
	enum tracker_fault fault;
	size_t i;

	for (i = 0; (posted = tracker_nth(i)); i++) {
		for (fault = 0; fault < NR_TRACKER_FAULTS; fault++) {
			struct tracker_ops ops = *posted;
			struct tracker_soak soak = { .seed = 1, .updates = NR_UPDATES };

			if (!(posted->faults & FAULT_BIT(fault)))
				continue;
			ops.faults = FAULT_BIT(fault);
			soak.only = &ops;
			EXPECT_FALSE(tracker_soak_run(&soak)) {
				TH_LOG("%s with %s", posted->name, tracker_fault_name(fault));
			}
		}
	}
}

/* A tracker without any of its faults is right, so the faults above explain it all. */
TEST(posted_without_its_faults_is_correct)
{
	const struct tracker_ops *posted;
	size_t i;

	for (i = 0; (posted = tracker_nth(i)); i++) {
		struct tracker_ops ops = *posted;
		struct tracker_soak soak = { .seed = 2, .updates = NR_UPDATES / 4 };

		ops.faults = 0;
		soak.only = &ops;
		EXPECT_TRUE(tracker_soak_run(&soak)) {
			TH_LOG("%s", posted->name);
		}
	}
}

TEST_HARNESS_MAIN
