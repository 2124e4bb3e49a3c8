// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the bugs in lib/kvm/known_bug.c that a scenario shows are mended; the others are for the
 * programs that are named there.  On the releases that are known to have one it is expected to
 * show, just as it is known to (XFAIL; XPASS if it does not).
 * What is measured of a kernel, not assumed, is what its release is known for
 * (lib/kvm/known_trait.c).
 */
#include <linux/bits.h>

#include "suite/suite_harness.h"

#include "host/pressure.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/known_trait.h"
#include "suite/scenario_case.h"
#include "suite/suite.h"

FIXTURE(known_fault)
{
	char name[SUITE_NAME_MAX];
};

FIXTURE_VARIANT(known_fault)
{
	enum known_bug_id id;
};

FIXTURE_VARIANT_ADD(known_fault, stale_mmio) { .id = STALE_MMIO };
FIXTURE_VARIANT_ADD(known_fault, unlog_warns) { .id = UNLOG_WARNS };
FIXTURE_VARIANT_ADD(known_fault, reserved_entries_count) { .id = RESERVED_ENTRIES_COUNT };
FIXTURE_VARIANT_ADD(known_fault, clearing_needs_memory) { .id = CLEARING_NEEDS_MEMORY };
FIXTURE_VARIANT_ADD(known_fault, binding_lost) { .id = BINDING_LOST };
FIXTURE_VARIANT_ADD(known_fault, cleared_page_stays_writable) {
	.id = CLEARED_PAGE_STAYS_WRITABLE
};

FIXTURE_VARIANT_ADD(known_fault, recovery_warns) { .id = RECOVERY_WARNS };
FIXTURE_VARIANT_ADD(known_fault, recovery_takes_too_much) { .id = RECOVERY_TAKES_TOO_MUCH };

FIXTURE_SETUP(known_fault)
{
	const char *scenario = known_bug(variant->id)->scenario;

	if (strstr(scenario, "failing") && pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());
	if (suite_missing_modes(scenario))
		SKIP(return, "%s", suite_missing_modes(scenario));

	if (known_bug(variant->id)->log && !kernel_log_is_readable())
		SKIP(return, "leave to read the kernel's log");

	suite_name(self->name, "known_fault", known_bug(variant->id)->name, _metadata->name);
}

FIXTURE_TEARDOWN(known_fault)
{
}

TEST_F(known_fault, is_mended)
{
	const struct known_bug *bug = known_bug(variant->id);
	char *failure = suite_run(bug->scenario, self->name, false);

	if (failure && known_bug_explains(variant->id, failure)) {
		free(failure);
		SUITE_XFAIL(return, bug->reason);
	}
	/* Mended in an update of the release, or no longer shown. */
	if (!failure && !suite_left_out() && known_bug_expected(variant->id))
		SUITE_XPASS(return, bug->reason);
	scenario_case_passed(_metadata, failure, self->name);
}

FIXTURE(known_trait)
{
	char name[SUITE_NAME_MAX];
};

FIXTURE_VARIANT(known_trait)
{
	enum known_trait_id id;
};

FIXTURE_VARIANT_ADD(known_trait, deletion_spares_other_memslots) {
	.id = DELETION_SPARES_OTHER_MEMSLOTS
};

FIXTURE_VARIANT_ADD(known_trait, fault_leaves_mapped_page_alone) {
	.id = FAULT_LEAVES_MAPPED_PAGE_ALONE
};

FIXTURE_VARIANT_ADD(known_trait, log_splits_as_asked) { .id = LOG_SPLITS_AS_ASKED };
FIXTURE_VARIANT_ADD(known_trait, unlog_promotes_in_place) { .id = UNLOG_PROMOTES_IN_PLACE };
FIXTURE_VARIANT_ADD(known_trait, guest_memfd_is_mapped_small) { .id = GUEST_MEMFD_IS_MAPPED_SMALL };
FIXTURE_VARIANT_ADD(known_trait, mixed_becomes_huge_again) { .id = MIXED_BECOMES_HUGE_AGAIN };

FIXTURE_SETUP(known_trait)
{
	if (known_trait_missing(variant->id))
		SKIP(return, "%s", known_trait_missing(variant->id));

	suite_name(self->name, "known_trait", known_trait_name(variant->id), _metadata->name);
}

FIXTURE_TEARDOWN(known_trait)
{
}

TEST_F(known_trait, holds)
{
	char *failure = known_trait_check(variant->id, suite_traits(), self->name);

	ASSERT_TRUE(suite_passed(failure, self->name));
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	pressure_prepare_slab();
	return suite_harness_run(argc, argv);
}
