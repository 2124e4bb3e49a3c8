// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "test_util.h"

#include "host/release.h"
#include "host/setting.h"
#include "kvm/kernel_traits.h"
#include "kvm/known_trait.h"
#include "kvm/kvm_parameter.h"

static bool spares_others(const struct kernel_traits *traits)
{
	return !traits->delete_zaps_all;
}

static bool leaves_alone(const struct kernel_traits *traits)
{
	return !traits->fault_remaps;
}

static bool splits_as_asked(const struct kernel_traits *traits)
{
	char value[8];

	TEST_ASSERT(!setting_read(EAGER_SPLIT_SETTING, value, sizeof(value)),
		    "Cannot read kvm.eager_page_split");
	return traits->log_splits_eagerly == (*value == 'Y');
}

static bool promotes(const struct kernel_traits *traits)
{
	return traits->unlog_promotes;
}

/* A KVM that has large folios in guest_memfd says so by a parameter (tools/kernels). */
static bool is_as_asked(const struct kernel_traits *traits)
{
	char value[8];
	bool huge = !setting_read(GMEM_HUGEPAGES_SETTING, value, sizeof(value)) && *value == 'Y';

	return traits->gmem_level == (huge ? LEVEL_2M : LEVEL_4K);
}

static bool heals(const struct kernel_traits *traits)
{
	char value[8];
	bool small = !setting_read(MIXED_STAYS_SMALL_SETTING, value, sizeof(value)) &&
		     *value == 'Y';

	return traits->mixed_stays_small == small;
}

static const struct {
	const char *name;
	bool (*holds)(const struct kernel_traits *traits);
	const char *wanted, *got;
	unsigned int first_release;	/* known to have it; 0: all */
	unsigned int last_release;
} known[NR_KNOWN_TRAITS] = {
	/* KVM_X86_QUIRK_SLOT_ZAP_ALL is of the default VM type: kvm_arch_flush_shadow_memslot() */
	[DELETION_SPARES_OTHER_MEMSLOTS] = {
		.name = "deletion_spares_other_memslots",
		.holds = spares_others,
		.wanted = "just the leaves of the deleted memslot zapped",
		.got = "those of another one zapped, too",
		.first_release = RELEASE(6, 12),
		.last_release = RELEASE_NONE,
	},
	/* A pre-fault is spurious where there is a leaf (tdp_mmu_map_handle_target_level()) */
	[FAULT_LEAVES_MAPPED_PAGE_ALONE] = {
		.name = "fault_leaves_mapped_page_alone",
		.holds = leaves_alone,
		.wanted = "a pre-fault that leaves a mapped page alone",
		.got = "the page dirty",
		.first_release = RELEASE(7, 2),
		.last_release = RELEASE_NONE,
	},
	/* kvm_mmu_slot_apply_flags() */
	[LOG_SPLITS_AS_ASKED] = {
		.name = "log_splits_as_asked",
		.holds = splits_as_asked,
		.wanted = "hugepages split as logging begins just if kvm.eager_page_split says so",
		.got = "the contrary",
		.last_release = RELEASE_NONE,
	},
	/* recover_huge_pages_range() */
	[UNLOG_PROMOTES_IN_PLACE] = {
		.name = "unlog_promotes_in_place",
		.holds = promotes,
		.wanted = "2M x1 as logging ends",
		.got = "no leaf",
		.first_release = RELEASE(7, 2),
		.last_release = RELEASE_NONE,
	},
	/* kvm_gmem_get_pfn() of releases knows single pages only; later ones may do better. */
	[GUEST_MEMFD_IS_MAPPED_SMALL] = {
		.name = "guest_memfd_is_mapped_small",
		.holds = is_as_asked,
		.wanted = "guest_memfd mapped by 4K leaves, or by 2M if kvm.gmem_hugepages says so",
		.got = "the contrary",
		.last_release = RELEASE(7, 3),
	},
	/* hugepage_clear_mixed() */
	[MIXED_BECOMES_HUGE_AGAIN] = {
		.name = "mixed_becomes_huge_again",
		.holds = heals,
		.wanted = "2M x1 once all is private, unless kvm.mixed_stays_small says otherwise",
		.got = "the contrary",
		.last_release = RELEASE_NONE,
	},
};

const char *known_trait_name(enum known_trait_id id)
{
	return known[id].name;
}

const char *known_trait_missing(enum known_trait_id id)
{
	return release_is_within(known[id].first_release, known[id].last_release) ?
	       NULL : "a release that is known for it";
}

char *known_trait_check(enum known_trait_id id, const struct kernel_traits *traits,
			const char *test)
{
	char *text = NULL;
	int len;

	if (known[id].holds(traits))
		return NULL;

	len = asprintf(&text, "Wanted %s at gpa 0x%llx (%s), got %s", known[id].wanted,
		       (unsigned long long)KERNEL_TRAITS_GPA, test, known[id].got);
	TEST_ASSERT(len > 0, "Out of memory");
	return text;
}
