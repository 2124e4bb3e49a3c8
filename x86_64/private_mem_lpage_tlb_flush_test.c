// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: whatever takes a leaf, or its right to be written, has the TLBs of all vCPUs flushed, and
 * what finds no leaf has not.
 *
 * A guest may use what is in its TLB until the next exit, which is when an emulated CPU drops it:
 * nobody can see there that a flush is missing, but KVM counts what it asks for.  Conversions are
 * a matter of private_mem_lpage_attributes_test.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/busy_cpu.h"
#include "host/setting.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nx_mitigation.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_4M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define TAG		0xf1005f1005000001ull

/* In no memslot. */
#define NOWHERE		(BASE + 4ull * SZ_1G)

FIXTURE(flush)
{
	struct plain_vm vm;
	u64 before, before_of_vcpu;
};

/* Memslots 1 and 2 lie side by side, in the host's memory as well; neither has a guest_memfd. */
static int set_memslot(FIXTURE_DATA(flush) * self, u32 id, u64 size, bool logged)
{
	const u64 offset = (id - 1) * SLOT_SIZE;

	return vm_driver_set_memslot(self->vm.vmd, id, BASE + offset, size,
				     self->vm.view.base + offset, -1, logged);
}

FIXTURE_SETUP(flush)
{
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, 2 * SLOT_SIZE, SLOT_SIZE);
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, false));
	ASSERT_EQ(0, set_memslot(self, 2, SLOT_SIZE, false));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
}

FIXTURE_TEARDOWN(flush)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
	setting_restore();
}

static void count_from_here(FIXTURE_DATA(flush) * self)
{
	self->before = vm_driver_tlb_flushes(self->vm.vmd);
	self->before_of_vcpu = vm_driver_flushes_of(self->vm.vmd, 0);
}

/* What was asked for the vCPU does before it enters the guest (KVM_REQ_TLB_FLUSH). */
static void expect_flush_of_vcpu(struct __test_metadata *_metadata, FIXTURE_DATA(flush) * self,
				 const char *when)
{
	u64 got;

	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, NOWHERE, 0);
	got = vm_driver_flushes_of(self->vm.vmd, 0);
	EXPECT_LT(self->before_of_vcpu, got) {
		TH_LOG("Wanted a vCPU that flushes at gpa 0x%llx (%s), got %llu flushes as before",
		       BASE, when, (unsigned long long)got);
	}
}

/* How often does not matter, but whether at all. */
static void expect_flush(struct __test_metadata *_metadata, FIXTURE_DATA(flush) * self, bool wanted,
			 const char *when)
{
	const u64 got = vm_driver_tlb_flushes(self->vm.vmd) - self->before;

	EXPECT_EQ(wanted, !!got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %llu", wanted ? "a flush" : "no flush",
		       BASE, when, (unsigned long long)got);
	}
	if (wanted)
		expect_flush_of_vcpu(_metadata, self, when);
}

static void begin_log(struct __test_metadata *_metadata, FIXTURE_DATA(flush) * self,
		      const char *eager_split, const char *when)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };

	if (suite_missing_mode(&change_eager_split))
		SKIP(return, "%s", suite_missing_mode(&change_eager_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, eager_split));
	count_from_here(self);
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, true));
	expect_flush(_metadata, self, true, when);
}

TEST_F(flush, when_log_splits_a_hugepage)
{
	begin_log(_metadata, self, "Y", "log on, split at once");
}

TEST_F(flush, when_log_protects_a_hugepage)
{
	begin_log(_metadata, self, "N", "log on, split on write");
}

TEST_F(flush, when_dirty_pages_are_read)
{
	u64 log[NR_PAGES / 64];

	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, true));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	count_from_here(self);
	ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 1, log));
	expect_flush(_metadata, self, true, "one page is dirty");
	count_from_here(self);
	ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 1, log));
	expect_flush(_metadata, self, false, "no page is dirty");
}

TEST_F(flush, when_dirty_pages_are_cleared)
{
	u64 log[NR_PAGES / 64] = { 1 };

	if (vm_driver_missing_protect(PROTECT_MANUAL))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_MANUAL));

	ASSERT_EQ(0, vm_driver_manual_protect(self->vm.vmd, PROTECT_MANUAL));
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, true));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	count_from_here(self);
	ASSERT_EQ(0, vm_driver_clear_log(self->vm.vmd, 1, 0, 64, log));
	expect_flush(_metadata, self, true, "a dirty page is cleared");
	log[0] = 0;
	count_from_here(self);
	ASSERT_EQ(0, vm_driver_clear_log(self->vm.vmd, 1, 0, 64, log));
	expect_flush(_metadata, self, false, "no page is cleared");
}

TEST_F(flush, when_ring_is_reset)
{
	struct vm_driver_dirty_page page;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	vm_driver_use_rings(self->vm.vmd, SZ_64K);
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, true));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	ASSERT_EQ(1, vm_driver_harvest(self->vm.vmd, 0, &page, 1));
	count_from_here(self);
	ASSERT_EQ(1, vm_driver_reset_rings(self->vm.vmd));
	expect_flush(_metadata, self, true, "one entry");
	count_from_here(self);
	ASSERT_EQ(0, vm_driver_reset_rings(self->vm.vmd));
	expect_flush(_metadata, self, false, "no entry");
}

/* The small leaves go. */
TEST_F(flush, when_hugepage_comes_back)
{
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, true));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	count_from_here(self);
	ASSERT_EQ(0, set_memslot(self, 1, SLOT_SIZE, false));
	expect_flush(_metadata, self, true, "log off");
}

/* The host drops memory of both memslots in one go, and only one of them is mapped. */
TEST_F(flush, when_host_drops_memory)
{
	u32 mapped;

	for (mapped = 1; mapped <= 2; mapped++) {
		vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + (mapped - 1) * SLOT_SIZE,
				TAG);
		count_from_here(self);
		ASSERT_EQ(0, madvise(self->vm.view.base, 2 * SLOT_SIZE, MADV_DONTNEED));
		expect_flush(_metadata, self, true, mapped == 1 ? "dropped, memslot 1 is mapped" :
								  "dropped, memslot 2 is mapped");
	}
	count_from_here(self);
	ASSERT_EQ(0, madvise(self->vm.view.base, 2 * SLOT_SIZE, MADV_DONTNEED));
	expect_flush(_metadata, self, false, "dropped, nothing is mapped");
}

/* What the flush is owed for may have been done before KVM lets others have the CPU. */
#define LARGE_SIZE	((u64)SZ_1G)
#define LARGE_GPA	(BASE + SZ_1G)

TEST_F(flush, when_host_drops_memory_on_a_busy_cpu)
{
	struct vm_driver *vmd = self->vm.vmd;
	struct busy_cpu busy;
	u64 offset;
	void *hva;

	hva = mmap(NULL, LARGE_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, hva);
	madvise(hva, LARGE_SIZE, MADV_NOHUGEPAGE);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 3, LARGE_GPA, LARGE_SIZE, hva, -1, false));
	/* There are page tables, but no leaf except one, the first that is found. */
	for (offset = 0; offset < LARGE_SIZE; offset += SZ_2M)
		vm_driver_touch(vmd, 0, ACCESS_WRITE, LARGE_GPA + offset, TAG);
	ASSERT_EQ(0, madvise(hva, LARGE_SIZE, MADV_DONTNEED));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, LARGE_GPA, TAG);

	busy_cpu_begin(&busy);
	count_from_here(self);
	ASSERT_EQ(0, madvise(hva, LARGE_SIZE, MADV_DONTNEED));
	expect_flush(_metadata, self, true, "dropped on a busy CPU");
	busy_cpu_end(&busy);
	munmap(hva, LARGE_SIZE);
}

/* The page table that the hugepage is in place of may be in use until then. */
TEST_F(flush, when_fault_puts_a_hugepage_in_place_of_pages)
{
	const u64 gpa = BASE + 2 * SLOT_SIZE;
	struct vm_driver *vmd = self->vm.vmd;

	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 3, gpa, SLOT_SIZE, self->vm.view.base,
					   self->vm.gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, true));
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + SZ_4K, TAG);
	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, false));
	count_from_here(self);
	vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + SZ_8K, TAG);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_2M, 2, gpa, "uniform again");
	expect_flush(_metadata, self, true, "a hugepage in place of a page");
}

/* A hole in both halves of the file, which are memslots 3 and 4. */
static int punch_hole(int fd)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SLOT_SIZE);
}

TEST_F(flush, when_hole_takes_private_pages)
{
	const u64 gpa = BASE + 2 * SLOT_SIZE, half = SLOT_SIZE / 2;
	struct vm_driver *vmd = self->vm.vmd;
	u32 i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 3 + i, gpa + i * half, half,
						    self->vm.view.base, self->vm.gmem_fd,
						    i * half));
	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SLOT_SIZE, true));
	for (i = 0; i < 2; i++) {
		vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa + (i + 1) * half - SZ_4K, TAG);
		count_from_here(self);
		ASSERT_EQ(0, punch_hole(self->vm.gmem_fd));
		expect_flush(_metadata, self, true, i ? "hole, memslot 4 is mapped" :
							"hole, memslot 3 is mapped");
	}
	ASSERT_EQ(0, fallocate(self->vm.gmem_fd, FALLOC_FL_KEEP_SIZE, 0, SLOT_SIZE));
	count_from_here(self);
	ASSERT_EQ(0, punch_hole(self->vm.gmem_fd));
	expect_flush(_metadata, self, false, "hole, nothing is mapped");
}

TEST_F(flush, when_memslot_goes)
{
	count_from_here(self);
	ASSERT_EQ(0, set_memslot(self, 1, 0, false));
	expect_flush(_metadata, self, true, "deleted");
}

TEST_F(flush, when_nx_hugepage_is_recovered)
{
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	struct vm_driver *vmd = self->vm.vmd;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	ASSERT_EQ(0, nx_mitigation_force());
	vm_driver_nx_changed(vmd);
	*(u8 *)(self->vm.view.base + GUEST_CODE_OFFSET) = GUEST_CODE;
	vm_driver_touch(vmd, 0, ACCESS_EXECUTE, BASE, 0);
	ASSERT_EQ(1, vm_driver_nx_splits(vmd));

	count_from_here(self);
	ASSERT_EQ(0, nx_mitigation_recover_all());
	vm_driver_wait_for_splits(vmd, 0);
	vm_driver_wait_for_recovery(vmd);
	ASSERT_EQ(0, vm_driver_nx_splits(vmd));
	expect_flush(_metadata, self, true, "recovered");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
