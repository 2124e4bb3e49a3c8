// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: the host, which asks KVM whether a page was used (kvm_age_gfn()), gets the right answer
 * whatever leaves the guest has of it: the host's hugepage counts as used if the guest touches any
 * page of it, by any memslot, and as idle if it touches none.
 *
 *	host	[          one hugepage           ]
 *	guest	[                2M               ]	or, where it is mixed or logged,
 *	guest	[4K][4K][4K]        ...       [4K]	each of which has an accessed bit
 */
#include <linux/bits.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/host_huge.h"
#include "host/idle_page.h"
#include "host/one_cpu.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define ALIAS		(17ull * SZ_1G)		/* a second memslot of the same memory */
#define OTHER		(18ull * SZ_1G)		/* a memslot that nobody asks about */
#define SLOT_SIZE	((u64)SZ_2M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define NR_READ		(NR_PAGES - 1)		/* all but the one that may be private */
#define TAG		0xa9e0000000000001ull

FIXTURE(aging)
{
	struct plain_vm vm;
	u64 npages;		/* of the host's page: what it is asked about */
};

FIXTURE_VARIANT(aging)
{
	enum backing_kind backing;
	bool logged;
	bool mixed;
	enum level level;	/* of the leaves */
};

FIXTURE_VARIANT_ADD(aging, small_page) {
	.backing = BACKING_ANONYMOUS, .level = LEVEL_4K,
};

FIXTURE_VARIANT_ADD(aging, hugepage) {
	.backing = BACKING_ANONYMOUS_THP, .level = LEVEL_2M,
};

FIXTURE_VARIANT_ADD(aging, logged_hugepage) {
	.backing = BACKING_ANONYMOUS_THP, .logged = true, .level = LEVEL_4K,
};

FIXTURE_VARIANT_ADD(aging, mixed_hugepage) {
	.backing = BACKING_ANONYMOUS_THP, .mixed = true, .level = LEVEL_4K,
};

/* In the middle; private if the hugepage is mixed, and never read. */
#define PRIVATE_PAGE	(NR_PAGES / 2)

static void read_pages(FIXTURE_DATA(aging) * self, u64 gpa, u64 page, u64 npages)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = gpa + page * SZ_4K,
		.npages = npages,
	};
	struct guest_access got[NR_PAGES];

	vm_driver_guest(self->vm.vmd, 0, &request, got);
}

static void read_all(FIXTURE_DATA(aging) * self, u64 gpa)
{
	read_pages(self, gpa, 0, PRIVATE_PAGE);
	read_pages(self, gpa, PRIVATE_PAGE + 1, NR_READ - PRIVATE_PAGE);
}

FIXTURE_SETUP(aging)
{
	const char *missing = idle_page_missing() ? : suite_missing(variant->backing);
	const bool huge = variant->backing == BACKING_ANONYMOUS_THP;
	cpu_set_t before;

	if (missing)
		SKIP(return, "%s", missing);

	/*
	 * A page counts as idle only on an LRU list (page_idle_get_folio()), where a CPU puts its
	 * new ones when it has some more of them.
	 */
	before = one_cpu_stay();
	plain_vm_create(&self->vm, variant->backing, 2 * SLOT_SIZE, SLOT_SIZE);
	one_cpu_leave(&before);
	self->npages = huge ? NR_PAGES : 1;
	if (huge && !host_huge_at(self->vm.view.base))
		SKIP(return, "transparent hugepages that are free");

	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 1, BASE, SLOT_SIZE, self->vm.view.base,
					   variant->logged ? -1 : self->vm.gmem_fd,
					   variant->logged));
	if (variant->mixed)
		ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + PRIVATE_PAGE * SZ_4K, SZ_4K,
					       true));
	read_all(self, BASE);
	vm_expect_leaves_of(_metadata, self->vm.vmd, variant->level,
			    variant->level == LEVEL_2M ? 1 : NR_READ, BASE, "read");
}

FIXTURE_TEARDOWN(aging)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/*
 * KVM does not flush TLBs for this (kvm_mmu_notifier_clear_young()), and a CPU that has a page in
 * its TLB does not mark it anew: let the end of another memslot flush them.
 */
static void flush_tlbs(struct __test_metadata *_metadata, FIXTURE_DATA(aging) * self)
{
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 3, OTHER, SZ_4K,
					   self->vm.view.base + SLOT_SIZE, -1, false));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, OTHER, 0);
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 3, OTHER, 0, NULL, -1, false));
}

static void mark_idle(struct __test_metadata *_metadata, FIXTURE_DATA(aging) * self)
{
	ASSERT_EQ(0, idle_page_mark(self->vm.view.base));
	flush_tlbs(_metadata, self);
}

static void expect_idle(struct __test_metadata *_metadata, FIXTURE_DATA(aging) * self,
			bool wanted, const char *when)
{
	vm_expect_idle(_metadata, wanted, self->vm.view.base, BASE, when);
}

/* All accessed bits were set, and each has to go. */
TEST_F(aging, idle_unless_touched)
{
	mark_idle(_metadata, self);
	expect_idle(_metadata, self, true, "not touched");
	/* Who asks is no user. */
	expect_idle(_metadata, self, true, "asked before");
}

TEST_F(aging, used_by_one_touch)
{
	const u64 page[] = { 0, self->npages / 3, self->npages - 1 };
	size_t i;

	for (i = 0; i < 3; i++) {
		mark_idle(_metadata, self);
		read_pages(self, BASE, page[i], 1);
		expect_idle(_metadata, self, false, "read once");
		mark_idle(_metadata, self);
		vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + page[i] * SZ_4K, TAG);
		expect_idle(_metadata, self, false, "written once");
		mark_idle(_metadata, self);
		expect_idle(_metadata, self, true, "not touched since");
	}
}

/* What another page of the host's is used for does not matter. */
TEST_F(aging, idle_beside_used_pages)
{
	if (self->npages != 1)
		SKIP(return, "leaf of a part of the memslot");

	mark_idle(_metadata, self);
	read_pages(self, BASE, 1, PRIVATE_PAGE - 1);
	expect_idle(_metadata, self, true, "all others are used");
}

static int set_log(FIXTURE_DATA(aging) * self, bool logged)
{
	return vm_driver_set_memslot(self->vm.vmd, 1, BASE, SLOT_SIZE, self->vm.view.base, -1,
				     logged);
}

/* The log may split the leaf at once: nobody knows which of its pages it was used for. */
TEST_F(aging, log_changes_nothing)
{
	if (!variant->logged)
		SKIP(return, "memslot with a log");

	ASSERT_EQ(0, set_log(self, false));
	read_pages(self, BASE, 0, 1);
	mark_idle(_metadata, self);
	ASSERT_EQ(0, set_log(self, true));
	expect_idle(_metadata, self, true, "not touched, then logged");

	ASSERT_EQ(0, set_log(self, false));
	mark_idle(_metadata, self);
	read_pages(self, BASE, NR_PAGES - 1, 1);
	ASSERT_EQ(0, set_log(self, true));
	expect_idle(_metadata, self, false, "read, then logged");
}

/* kvm_handle_hva_range() asks for each memslot. */
TEST_F(aging, used_by_either_memslot)
{
	ASSERT_EQ(0, vm_driver_set_memslot(self->vm.vmd, 2, ALIAS, SLOT_SIZE, self->vm.view.base,
					   -1, false));
	read_all(self, ALIAS);
	mark_idle(_metadata, self);
	expect_idle(_metadata, self, true, "touched by neither memslot");
	read_pages(self, BASE, 0, 1);
	expect_idle(_metadata, self, false, "touched by the first memslot");
	mark_idle(_metadata, self);
	read_pages(self, ALIAS, 0, 1);
	expect_idle(_metadata, self, false, "touched by the second memslot");
}

/* The second address space has page tables of its own: kvm_tdp_mmu_age_gfn_range(). */
TEST(use_in_second_space_is_seen)
{
	const char *missing = idle_page_missing() ? : vm_driver_missing_smm() ? :
			      suite_missing(BACKING_ANONYMOUS);
	struct backing_view view;
	struct vm_driver *vmd;
	cpu_set_t before;
	int used;

	if (missing)
		SKIP(return, "%s", missing);

	kernel_log_start();
	before = one_cpu_stay();
	vmd = vm_driver_create_with_smm(1);
	backing_map(&view, BACKING_ANONYMOUS, 0, SLOT_SIZE);
	one_cpu_leave(&before);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, VM_DRIVER_SMM + 1, BASE, SLOT_SIZE, view.base, -1,
					   false));
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 3, OTHER, SZ_4K, view.base + SZ_4K, -1, false));
	vm_driver_enter_smm(vmd, 0, true);
	vm_driver_touch(vmd, 0, ACCESS_READ, BASE, 0);
	for (used = 0; used < 2; used++) {
		bool idle;

		ASSERT_EQ(0, idle_page_mark(view.base));
		/* With other page tables the TLB is flushed, and the CPU marks the page anew. */
		vm_driver_enter_smm(vmd, 0, false);
		vm_driver_touch(vmd, 0, ACCESS_READ, OTHER, 0);
		vm_driver_enter_smm(vmd, 0, true);
		if (used)
			vm_driver_touch(vmd, 0, ACCESS_READ, BASE, 0);
		ASSERT_EQ(0, idle_page_read(view.base, &idle));
		EXPECT_EQ(!used, idle) {
			TH_LOG("Wanted %s at gpa 0x%llx (second space), got %s",
			       used ? "a used page" : "an idle page", BASE,
			       idle ? "an idle one" : "a used one");
		}
	}
	vm_driver_free(vmd);
	backing_unmap(&view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS) | BIT(BACKING_ANONYMOUS_THP));
	return suite_harness_run(argc, argv);
}
