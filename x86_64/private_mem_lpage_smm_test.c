// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a VM without private memory is served by the same code, and well.  It has two address
 * spaces, the second for vCPUs in system management mode: each has memslots, leaves and logs of
 * its own, and whatever the host does to memory reaches both.  Its other memslots lose their
 * leaves with any that goes, unless it asks for them to be spared.
 *
 *	first	[  memslot 1  ]		host	[ memory of 1 ][ memory of SMM + 1 ]
 *	second	[ memslot SMM + 1 ]
 */
#include <string.h>
#include <sys/mman.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/setting.h"
#include "kvm/guest_insn.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nx_mitigation.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_2M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define TAG		0x533533533533ull

#define RING_BYTES	SZ_64K	/* a CPU with PML keeps back some hundred entries */
#define MAX_DIRTY	64

FIXTURE(two_spaces)
{
	struct vm_driver *vmd;
	struct backing_view view;	/* of the first space, then of the second */
};

FIXTURE_VARIANT(two_spaces)
{
	enum backing_kind backing;
	enum level level;
};

FIXTURE_VARIANT_ADD(two_spaces, pages) {
	.backing = BACKING_ANONYMOUS, .level = LEVEL_4K,
};

FIXTURE_VARIANT_ADD(two_spaces, hugepages) {
	.backing = BACKING_HUGETLB_2MB, .level = LEVEL_2M,
};

static u32 slot_of(bool smm)
{
	return (smm ? VM_DRIVER_SMM : 0) + 1;
}

static u64 *page_of(FIXTURE_DATA(two_spaces) * self, bool smm, u64 page)
{
	return self->view.base + (smm ? SLOT_SIZE : 0) + page * SZ_4K;
}

static int set_slot(FIXTURE_DATA(two_spaces) * self, bool smm, bool logged)
{
	return vm_driver_set_memslot(self->vmd, slot_of(smm), BASE, SLOT_SIZE,
				     page_of(self, smm, 0), -1, logged);
}

static struct guest_access touch(FIXTURE_DATA(two_spaces) * self, bool smm, enum access access,
				 u64 page, u64 tag)
{
	vm_driver_enter_smm(self->vmd, 0, smm);
	return vm_driver_touch(self->vmd, 0, access, BASE + page * SZ_4K, tag);
}

FIXTURE_SETUP(two_spaces)
{
	const char *missing = vm_driver_missing_smm() ? : suite_missing(variant->backing);

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	self->vmd = vm_driver_create_with_smm(1);
	backing_map(&self->view, variant->backing, 0, 2 * SLOT_SIZE);
	/* The last change of memslots is one of the first space. */
	ASSERT_EQ(0, set_slot(self, true, false));
	ASSERT_EQ(0, set_slot(self, false, false));
}

FIXTURE_TEARDOWN(two_spaces)
{
	vm_driver_free(self->vmd);
	backing_unmap(&self->view);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* What the guest reads, in the one space and in the other, is @first and @second. */
static void expect_contents(struct __test_metadata *_metadata, FIXTURE_DATA(two_spaces) * self,
			    u64 page, u64 first, u64 second, const char *when)
{
	const u64 wanted[] = { first, second };
	int smm;

	for (smm = 0; smm < 2; smm++) {
		struct guest_access got = touch(self, smm, ACCESS_READ, page, 0);

		vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE + page * SZ_4K, when);
		vm_expect_content(_metadata, wanted[smm], got.value, BASE + page * SZ_4K, when);
	}
}

/* A vCPU looks its memslot up anew whenever it changes over (kvm_vcpu_gfn_to_memslot()). */
TEST_F(two_spaces, each_has_memory_of_its_own)
{
	u64 page;

	for (page = 0; page < 4; page++) {
		touch(self, page & 1, ACCESS_WRITE, page, TAG + (page & 1));
		touch(self, !(page & 1), ACCESS_WRITE, page, TAG + !(page & 1));
		vm_expect_content(_metadata, TAG, *page_of(self, false, page),
				  BASE + page * SZ_4K, "first space, host");
		vm_expect_content(_metadata, TAG + 1, *page_of(self, true, page),
				  BASE + page * SZ_4K, "second space, host");
		expect_contents(_metadata, self, page, TAG, TAG + 1, "both written");
		/* Now the other space's memslots are younger. */
		ASSERT_EQ(0, set_slot(self, page & 1, true));
		ASSERT_EQ(0, set_slot(self, page & 1, false));
	}
}

/* kvm_handle_hva_range() goes through the memslots of both. */
TEST_F(two_spaces, host_takes_memory_from_either)
{
	const u64 page = 3;
	int smm;

	for (smm = 0; smm < 2; smm++) {
		touch(self, false, ACCESS_WRITE, page, TAG);
		touch(self, true, ACCESS_WRITE, page, TAG + 1);
		ASSERT_EQ(0, madvise(page_of(self, smm, 0), SLOT_SIZE, MADV_DONTNEED));
		*page_of(self, smm, page) = TAG + 2;
		expect_contents(_metadata, self, page, smm ? TAG : TAG + 2,
				smm ? TAG + 2 : TAG + 1, smm ? "second taken" : "first taken");
	}
}

TEST_F(two_spaces, host_takes_memory_that_both_have)
{
	const u64 page = 3;

	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, slot_of(true), BASE, 0, NULL, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, slot_of(true), BASE, SLOT_SIZE,
					   page_of(self, false, 0), -1, false));
	touch(self, false, ACCESS_WRITE, page, TAG);
	expect_contents(_metadata, self, page, TAG, TAG, "written");
	ASSERT_EQ(0, madvise(page_of(self, false, 0), SLOT_SIZE, MADV_DONTNEED));
	*page_of(self, false, page) = TAG + 1;
	expect_contents(_metadata, self, page, TAG + 1, TAG + 1, "taken");
}

TEST_F(two_spaces, memslot_is_deleted_in_one_only)
{
	int smm;

	for (smm = 0; smm < 2; smm++) {
		struct guest_access got;

		touch(self, !smm, ACCESS_WRITE, 0, TAG + !smm);
		touch(self, smm, ACCESS_WRITE, 0, TAG + smm);
		ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, slot_of(smm), BASE, 0, NULL, -1,
						   false));
		got = touch(self, !smm, ACCESS_READ, 0, 0);
		vm_expect_content(_metadata, TAG + !smm, got.value, BASE, "the other is deleted");
		got = touch(self, smm, ACCESS_READ, 0, 0);
		vm_expect_end(_metadata, ACCESS_MMIO, got.end, BASE, "deleted");
		ASSERT_EQ(0, set_slot(self, smm, false));
	}
}

/* What KVM remembers of MMIO goes by the memslots of the space that the vCPU is in. */
TEST_F(two_spaces, memslot_is_seen_when_it_is_there)
{
	struct guest_access got = { };
	int smm;

	for (smm = 0; smm < 2; smm++) {
		touch(self, smm, ACCESS_WRITE, 0, TAG);
		ASSERT_EQ(0, vm_driver_set_memslot(self->vmd, slot_of(smm), BASE, 0, NULL, -1,
						   false));
		got = touch(self, smm, ACCESS_READ, 0, 0);
		vm_expect_end(_metadata, ACCESS_MMIO, got.end, BASE, "deleted");
		ASSERT_EQ(0, set_slot(self, smm, false));
		got = touch(self, smm, ACCESS_READ, 0, 0);
		if (smm && got.end == ACCESS_MMIO && known_bug_expected(MMIO_OUTLIVES_SMM_MEMSLOTS))
			SUITE_XFAIL(return, known_bug(MMIO_OUTLIVES_SMM_MEMSLOTS)->reason);
		vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE, "there again");
		vm_expect_content(_metadata, TAG, got.value, BASE, "there again");
	}
	if (known_bug_expected(MMIO_OUTLIVES_SMM_MEMSLOTS))
		SUITE_XPASS(return, known_bug(MMIO_OUTLIVES_SMM_MEMSLOTS)->reason);
}

static void expect_log(struct __test_metadata *_metadata, FIXTURE_DATA(two_spaces) * self, bool smm,
		       u64 wanted, const char *when)
{
	u64 log[NR_PAGES / 64] = { };

	ASSERT_EQ(0, vm_driver_get_log(self->vmd, slot_of(smm), log));
	EXPECT_EQ(wanted, log[0]) {
		TH_LOG("Wanted pages 0x%llx dirty at gpa 0x%llx (%s, %s space), got 0x%llx",
		       (unsigned long long)wanted, BASE, when, smm ? "second" : "first",
		       (unsigned long long)log[0]);
	}
}

TEST_F(two_spaces, each_has_a_log_of_its_own)
{
	int round;

	touch(self, false, ACCESS_WRITE, 5, TAG);
	touch(self, true, ACCESS_WRITE, 6, TAG);
	ASSERT_EQ(0, set_slot(self, false, true));
	ASSERT_EQ(0, set_slot(self, true, true));
	for (round = 0; round < 2; round++) {
		touch(self, false, ACCESS_WRITE, 5, TAG);
		touch(self, true, ACCESS_WRITE, 6, TAG);
		expect_log(_metadata, self, false, BIT_ULL(5), "written");
		expect_log(_metadata, self, true, BIT_ULL(6), "written");
	}
	expect_log(_metadata, self, false, 0, "not written");
	expect_log(_metadata, self, true, 0, "not written");
}

/* What KVM's emulator writes for the guest, it writes where the guest is. */
TEST_F(two_spaces, store_by_kvm_is_logged_where_it_goes)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	struct guest_insn_exits exits;
	int smm;

	if (!setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);

	ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	ASSERT_EQ(0, set_slot(self, false, true));
	ASSERT_EQ(0, set_slot(self, true, true));
	for (smm = 0; smm < 2; smm++) {
		const u64 page = 5 + smm;
		struct guest_insn store = {
			.kind = INSN_STORE, .forced = true, .size = 8,
			.gpa = BASE + page * SZ_4K, .operand = TAG,
		};

		vm_driver_enter_smm(self->vmd, 0, smm);
		vm_driver_insn(self->vmd, 0, &store, no_input, &exits);
		vm_expect_content(_metadata, TAG, *page_of(self, smm, page), store.gpa, "stored");
		expect_log(_metadata, self, smm, BIT_ULL(page), "stored by KVM");
		expect_log(_metadata, self, !smm, 0, "stored by KVM in the other one");
	}
}

TEST_F(two_spaces, log_is_cleared_in_one_only)
{
	const u64 page = 5;
	u64 cleared[NR_PAGES / 64] = { BIT_ULL(page) };
	int smm;

	if (vm_driver_missing_protect(PROTECT_MANUAL))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_MANUAL));

	ASSERT_EQ(0, vm_driver_manual_protect(self->vmd, PROTECT_MANUAL));
	for (smm = 0; smm < 2; smm++)
		ASSERT_EQ(0, set_slot(self, smm, true));
	for (smm = 0; smm < 2; smm++) {
		touch(self, false, ACCESS_WRITE, page, TAG);
		touch(self, true, ACCESS_WRITE, page, TAG);
		ASSERT_EQ(0, vm_driver_clear_log(self->vmd, slot_of(smm), 0, NR_PAGES, cleared));
		expect_log(_metadata, self, smm, 0, "cleared");
		expect_log(_metadata, self, !smm, BIT_ULL(page), "the other is cleared");
		touch(self, smm, ACCESS_WRITE, page, TAG);
		expect_log(_metadata, self, smm, BIT_ULL(page), "cleared, and written again");
	}
}

/* Nothing is protected at first: what is cleared then is, by itself, also within a hugepage. */
TEST_F(two_spaces, log_with_all_set_is_cleared_page_by_page)
{
	const u64 page = 5;
	static const struct step no_split = { .op = STEP_EAGER_SPLIT };
	u64 cleared[NR_PAGES / 64] = { BIT_ULL(page) };
	int smm;

	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));
	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	ASSERT_EQ(0, vm_driver_manual_protect(self->vmd, PROTECT_INITIALLY_SET));
	for (smm = 0; smm < 2; smm++) {
		touch(self, smm, ACCESS_WRITE, page, TAG);
		ASSERT_EQ(0, set_slot(self, smm, true));
		expect_log(_metadata, self, smm, ~0ull, "all set");
		ASSERT_EQ(0, vm_driver_clear_log(self->vmd, slot_of(smm), 0, NR_PAGES, cleared));
		expect_log(_metadata, self, smm, ~BIT_ULL(page), "one cleared");
		touch(self, smm, ACCESS_WRITE, page, TAG);
		expect_log(_metadata, self, smm, ~0ull, "cleared, and written again");
	}
}

/* Only one has a log, and there are hugepages in the other. */
TEST_F(two_spaces, log_leaves_the_other_alone)
{
	u64 before[NR_LEVELS], after[NR_LEVELS];

	touch(self, false, ACCESS_WRITE, 0, TAG);
	touch(self, true, ACCESS_WRITE, 0, TAG);
	vm_driver_leaves(self->vmd, before);
	ASSERT_EQ(0, set_slot(self, true, true));
	touch(self, true, ACCESS_WRITE, 1, TAG);
	touch(self, false, ACCESS_WRITE, 1, TAG);
	vm_driver_leaves(self->vmd, after);
	if (variant->level == LEVEL_2M) {
		EXPECT_EQ(before[LEVEL_2M] - 1, after[LEVEL_2M]) {
			TH_LOG("Wanted 2M x%llu at gpa 0x%llx (second space logged), got 2M x%llu",
			       (unsigned long long)before[LEVEL_2M] - 1, BASE,
			       (unsigned long long)after[LEVEL_2M]);
		}
	}
	ASSERT_EQ(0, set_slot(self, true, false));
	expect_contents(_metadata, self, 0, TAG, TAG, "log off");
}

static void expect_entry(struct __test_metadata *_metadata, bool smm, u64 page,
			 const struct vm_driver_dirty_page *got)
{
	EXPECT_TRUE(got->slot == slot_of(smm) && got->page == page) {
		TH_LOG("Wanted page %llu of memslot 0x%x at gpa 0x%llx (ring), got %llu of 0x%x",
		       (unsigned long long)page, slot_of(smm),
		       (unsigned long long)(BASE + page * SZ_4K), (unsigned long long)got->page,
		       got->slot);
	}
}

/* An entry says of which space its page is, and is protected there again. */
TEST_F(two_spaces, ring_tells_them_apart)
{
	struct vm_driver_dirty_page got[MAX_DIRTY];
	const bool order[] = { true, false, true };
	size_t i, nr;
	int round;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	vm_driver_use_rings(self->vmd, RING_BYTES);
	ASSERT_EQ(0, set_slot(self, true, true));
	ASSERT_EQ(0, set_slot(self, false, true));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < ARRAY_SIZE(order); i++)
			touch(self, order[i], ACCESS_WRITE, i, TAG);
		nr = vm_driver_harvest(self->vmd, 0, got, MAX_DIRTY);
		ASSERT_LE(0, vm_driver_reset_rings(self->vmd));
		EXPECT_EQ(ARRAY_SIZE(order), nr) {
			TH_LOG("Wanted %zu entries at gpa 0x%llx (round %d), got %zu",
			       ARRAY_SIZE(order), BASE, round, nr);
		}
		for (i = 0; i < min(nr, ARRAY_SIZE(order)); i++)
			expect_entry(_metadata, order[i], i, &got[i]);
	}
}

/* A hugepage that is split for execution is recovered in the second space as well. */
TEST(split_hugepage_of_second_space_is_recovered)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	const char *missing = vm_driver_missing_smm() ? : suite_missing(BACKING_HUGETLB_2MB) ? :
			      suite_missing_mode(&change_nx);
	struct backing_view view;
	struct vm_driver *vmd;
	struct guest_access got;
	u64 splits;

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	ASSERT_EQ(0, nx_mitigation_force());
	vmd = vm_driver_create_with_smm(1);
	backing_map(&view, BACKING_HUGETLB_2MB, 0, 2 * SLOT_SIZE);
	*(u8 *)(view.base + GUEST_CODE_OFFSET) = GUEST_CODE;
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, VM_DRIVER_SMM + 1, BASE, SLOT_SIZE, view.base, -1,
					   false));
	/* With any log KVM asks for the memslot of what it recovers. */
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 2, BASE + SZ_1G, SLOT_SIZE,
					   view.base + SLOT_SIZE, -1, true));
	vm_driver_enter_smm(vmd, 0, true);
	got = vm_driver_touch(vmd, 0, ACCESS_EXECUTE, BASE, 0);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, BASE, "executed");
	splits = vm_driver_nx_splits(vmd);
	EXPECT_EQ(1, splits) {
		TH_LOG("Wanted 1 split at gpa 0x%llx (executed), got %llu", BASE,
		       (unsigned long long)splits);
	}
	ASSERT_EQ(0, nx_mitigation_recover_all());
	vm_driver_wait_for_splits(vmd, 0);
	splits = vm_driver_nx_splits(vmd);
	EXPECT_EQ(0, splits) {
		TH_LOG("Wanted 0 splits at gpa 0x%llx (recovered), got %llu", BASE,
		       (unsigned long long)splits);
	}
	setting_restore();
	vm_driver_free(vmd);
	backing_unmap(&view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Memslot 2 goes; memslot 1 has then @wanted leaves. */
static void expect_left_of_memslot(struct __test_metadata *_metadata, bool spared, u64 wanted)
{
	struct vm_driver *vmd = vm_driver_create_with_smm(1);
	struct backing_view view;

	if (spared)
		vm_driver_spare_memslots(vmd);
	backing_map(&view, BACKING_ANONYMOUS, 0, 2 * SZ_4K);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, SZ_4K, view.base, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 2, BASE + SZ_1G, SZ_4K, view.base + SZ_4K, -1,
					   false));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE + SZ_1G, TAG);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 2, BASE + SZ_1G, 0, NULL, -1, false));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, wanted, BASE,
			    spared ? "spared" : "not spared");
	vm_driver_free(vmd);
	backing_unmap(&view);
}

/* Documentation/virt/kvm/api.rst says so of KVM_X86_QUIRK_SLOT_ZAP_ALL. */
TEST(all_leaves_go_with_a_memslot_unless_spared)
{
	if (vm_driver_missing_smm())
		SKIP(return, "%s", vm_driver_missing_smm());
	if (vm_driver_missing_sparing())
		SKIP(return, "%s", vm_driver_missing_sparing());

	kernel_log_start();
	expect_left_of_memslot(_metadata, false, 0);
	expect_left_of_memslot(_metadata, true, 1);
	vm_expect_no_warning(_metadata, BASE, "after the VMs");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS) | BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
