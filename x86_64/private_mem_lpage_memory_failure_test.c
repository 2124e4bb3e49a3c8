// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: memory of the host that fails costs the guest just the page that failed.  Its leaf goes,
 * and who touches the page gets a signal with its address (kvm_send_hwpoison_signal()), until the
 * host has put another page there; the rest of the host's hugepage is mapped small, and private
 * pages in between have nothing to do with it.
 *
 *	host	[            2M           ]	[4K][4K][  ][4K]  ...
 *	guest	[            2M           ]	[4K][4K]    [4K]  ...
 *	             one page fails ^
 *
 * A private page that fails has nobody who gets a signal: its leaf goes (kvm_gmem_error_folio()),
 * and KVM_RUN and KVM_PRE_FAULT_MEMORY end with EHWPOISON there until the page is cut out of its
 * guest_memfd.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/broken_page.h"
#include "host/host_huge.h"
#include "host/host_pfn.h"
#include "host/one_cpu.h"
#include "host/setting.h"
#include "kvm/known_bug.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_2M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define TAG		0xfa11ed0000000001ull

/* The page that fails, and the private one of a mixed hugepage. */
#define BROKEN		7
#define PRIVATE		9

FIXTURE(memory_failure)
{
	struct plain_vm vm;
	u64 broken_before;
};

FIXTURE_VARIANT(memory_failure)
{
	enum backing_kind backing;
	bool mixed;
	enum level level;	/* of the leaves before */
};

FIXTURE_VARIANT_ADD(memory_failure, small_page) {
	.backing = BACKING_ANONYMOUS, .level = LEVEL_4K,
};

FIXTURE_VARIANT_ADD(memory_failure, hugepage) {
	.backing = BACKING_ANONYMOUS_THP, .level = LEVEL_2M,
};

FIXTURE_VARIANT_ADD(memory_failure, mixed_hugepage) {
	.backing = BACKING_ANONYMOUS_THP, .mixed = true, .level = LEVEL_4K,
};

static void touch_all(struct vm_driver *vmd, enum access access, struct guest_access got[NR_PAGES])
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = access, .gpa = BASE, .npages = NR_PAGES, .tag = TAG,
	};

	vm_driver_guest(vmd, 0, &request, got);
}

FIXTURE_SETUP(memory_failure)
{
	const char *missing = broken_page_missing() ? : suite_missing(variant->backing);
	struct guest_access got[NR_PAGES];

	if (missing)
		SKIP(return, "%s", missing);

	self->broken_before = broken_page_bytes();
	plain_vm_create(&self->vm, variant->backing, SLOT_SIZE, SLOT_SIZE);
	if (variant->backing == BACKING_ANONYMOUS_THP && !host_huge_at(self->vm.view.base))
		SKIP(return, "transparent hugepages that are free");
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SLOT_SIZE));
	if (variant->mixed)
		ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, BASE + PRIVATE * SZ_4K, SZ_4K, true));
	touch_all(self->vm.vmd, ACCESS_WRITE, got);
	vm_expect_leaves_of(_metadata, self->vm.vmd, variant->level,
			    variant->level == LEVEL_2M ? 1 : NR_PAGES, BASE, "written");
	ASSERT_EQ(0, broken_page_make(self->vm.view.base + BROKEN * SZ_4K));
}

FIXTURE_TEARDOWN(memory_failure)
{
	plain_vm_free(&self->vm);
	setting_restore();
	EXPECT_EQ(self->broken_before, broken_page_bytes());
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* There were @wanted signals, each about the page that failed. */
static void expect_signals(struct __test_metadata *_metadata,
			   FIXTURE_DATA(memory_failure) * self, unsigned int wanted,
			   const char *when)
{
	const void *page = self->vm.view.base + BROKEN * SZ_4K;
	const u64 gpa = BASE + BROKEN * SZ_4K;
	void *address;
	u64 size;
	unsigned int got = broken_page_signals(&address, &size);

	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %u signals at gpa 0x%llx (%s), got %u", wanted,
		       (unsigned long long)gpa, when, got);
	}
	if (!got)
		return;
	EXPECT_TRUE(address == page && size == SZ_4K) {
		TH_LOG("Wanted a signal about %p at gpa 0x%llx (%s), got 0x%llx bytes at %p",
		       page, (unsigned long long)gpa, when, (unsigned long long)size, address);
	}
}

/* What the guest reads of all pages: the new one is empty, nothing else has changed. */
static void expect_contents(struct __test_metadata *_metadata,
			    FIXTURE_DATA(memory_failure) * self, const char *when)
{
	struct guest_access got[NR_PAGES];
	u64 page;

	touch_all(self->vm.vmd, ACCESS_READ, got);
	for (page = 0; page < NR_PAGES; page++)
		vm_expect_content(_metadata, page == BROKEN ? 0 : TAG + page, got[page].value,
				  BASE + page * SZ_4K, when);
}

TEST_F(memory_failure, costs_the_page_that_failed)
{
	struct vm_driver *vmd = self->vm.vmd;

	vm_driver_touch(vmd, 0, ACCESS_READ, BASE + (BROKEN - 1) * SZ_4K, 0);
	expect_signals(_metadata, self, 0, "the page before");
	vm_driver_touch(vmd, 0, ACCESS_READ, BASE + BROKEN * SZ_4K, 0);
	expect_signals(_metadata, self, 1, "read");
	expect_contents(_metadata, self, "another page is there");
	expect_signals(_metadata, self, 0, "another page is there");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES, BASE, "another page is there");
}

TEST_F(memory_failure, is_told_to_who_writes)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + BROKEN * SZ_4K, 0);
	expect_signals(_metadata, self, 1, "written");
	expect_contents(_metadata, self, "written");
}

TEST_F(memory_failure, is_told_to_who_prefaults)
{
	u64 stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_CAP_PRE_FAULT_MEMORY");

	ASSERT_EQ(0, vm_driver_prefault(self->vm.vmd, BASE, SLOT_SIZE, &stopped));
	expect_signals(_metadata, self, 1, "pre-faulted");
	expect_contents(_metadata, self, "pre-faulted");
	vm_expect_leaves_of(_metadata, self->vm.vmd, LEVEL_4K, NR_PAGES, BASE, "pre-faulted");
}

/* Nor does it matter for the signal's address that the guest cannot write there. */
TEST(page_of_a_read_only_memslot_has_its_address)
{
	struct plain_vm vm;
	void *page, *address;
	unsigned int nr;
	u64 size;

	if (broken_page_missing())
		SKIP(return, "%s", broken_page_missing());

	plain_vm_create(&vm, BACKING_ANONYMOUS, SLOT_SIZE, SLOT_SIZE);
	page = vm.view.base + BROKEN * SZ_4K;
	*(u64 *)page = TAG;
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(vm.vmd, 1, BASE, SLOT_SIZE, vm.view.base));
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, BASE + BROKEN * SZ_4K, 0);
	ASSERT_EQ(0, broken_page_make(page));
	vm_driver_touch(vm.vmd, 0, ACCESS_READ, BASE + BROKEN * SZ_4K, 0);
	nr = broken_page_signals(&address, &size);
	plain_vm_free(&vm);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");

	if (nr == 1 && address != page && known_bug_expected(FAILURE_WITHOUT_ADDRESS))
		SUITE_XFAIL(return, known_bug(FAILURE_WITHOUT_ADDRESS)->reason);
	EXPECT_TRUE(nr == 1 && address == page && size == SZ_4K) {
		TH_LOG("Wanted a signal about %p at gpa 0x%llx (read-only), got %u, the last at %p",
		       page, BASE + BROKEN * SZ_4K, nr, address);
	}
	if (known_bug_expected(FAILURE_WITHOUT_ADDRESS))
		SUITE_XPASS(return, known_bug(FAILURE_WITHOUT_ADDRESS)->reason);
}

/*
 * The number of a private page is nobody's to know, but what a guest_memfd gives back is the next
 * page that the same CPU takes for another: one that was shared has a number.
 */
static bool take_known_page(int gmem_fd, u64 offset, u64 *pfn)
{
	int fd = vm_driver_create_gmem_of_host(SZ_4K);
	u64 *page = mmap(NULL, SZ_4K, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bool taken = false;

	if (page != MAP_FAILED) {
		*page = TAG;
		/* MADV_COLD empties the CPU's list of new pages, which holds them. */
		taken = !host_pfn_read(page, pfn) && !madvise(page, SZ_4K, MADV_COLD) &&
			!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SZ_4K) &&
			!host_pfn_is_unevictable(*pfn) &&
			!fallocate(gmem_fd, FALLOC_FL_KEEP_SIZE, offset, SZ_4K) &&
			!madvise(page, SZ_4K, MADV_COLD) && host_pfn_is_unevictable(*pfn);
		munmap(page, SZ_4K);
	}
	close(fd);
	return taken;
}

/* Take the page that fails out of its file. */
static int cut_out(int gmem_fd)
{
	return fallocate(gmem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, BROKEN * SZ_4K,
			 SZ_4K);
}

/* Allocate the page that fails, with its number in *@pfn. */
static bool allocate_known_page(int gmem_fd, u64 *pfn)
{
	const cpu_set_t before = one_cpu_stay();
	int tries = 20;
	bool taken;

	do {
		cut_out(gmem_fd);
		taken = take_known_page(gmem_fd, BROKEN * SZ_4K, pfn);
	} while (!taken && --tries);
	one_cpu_leave(&before);
	return taken;
}

FIXTURE(private_memory_failure)
{
	struct plain_vm vm;
	u64 broken_before;
};

FIXTURE_VARIANT(private_memory_failure)
{
	bool mixed;
};

FIXTURE_VARIANT_ADD(private_memory_failure, uniform_hugepage) {
	.mixed = false,
};

FIXTURE_VARIANT_ADD(private_memory_failure, mixed_hugepage) {
	.mixed = true,
};

FIXTURE_SETUP(private_memory_failure)
{
	const char *missing = broken_page_missing() ? : vm_driver_missing_gmem_only();
	struct guest_access got[NR_PAGES];
	struct vm_driver *vmd;
	u64 pfn;

	if (missing)
		SKIP(return, "%s", missing);

	self->broken_before = broken_page_bytes();
	plain_vm_create(&self->vm, BACKING_ANONYMOUS, SLOT_SIZE, SLOT_SIZE);
	if (!allocate_known_page(self->vm.gmem_fd, &pfn))
		SKIP(return, "a private page whose number is known");
	vmd = self->vm.vmd;
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SLOT_SIZE));
	ASSERT_EQ(0, vm_driver_convert(vmd, BASE, SLOT_SIZE, true));
	if (variant->mixed)
		ASSERT_EQ(0, vm_driver_convert(vmd, BASE + PRIVATE * SZ_4K, SZ_4K, false));
	touch_all(vmd, ACCESS_WRITE, got);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES, BASE, "written");
	ASSERT_EQ(0, broken_page_make_of_file(pfn));
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES - 1, BASE, "one has failed");
}

FIXTURE_TEARDOWN(private_memory_failure)
{
	plain_vm_free(&self->vm);
	setting_restore();
	EXPECT_EQ(self->broken_before, broken_page_bytes());
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static void expect_failed_page(struct __test_metadata *_metadata, struct vm_driver *vmd,
			       enum access access, const char *when)
{
	const u64 gpa = BASE + BROKEN * SZ_4K;
	struct guest_access got = vm_driver_touch(vmd, 0, access, gpa, 0);

	vm_expect_end(_metadata, ACCESS_HWPOISON, got.end, gpa, when);
	EXPECT_TRUE(got.gpa == gpa && got.size == SZ_4K &&
		    got.flags == KVM_MEMORY_EXIT_FLAG_PRIVATE) {
		TH_LOG("Wanted 4K, private, at gpa 0x%llx (%s), got 0x%llx at 0x%llx, flags 0x%llx",
		       (unsigned long long)gpa, when, (unsigned long long)got.size,
		       (unsigned long long)got.gpa, (unsigned long long)got.flags);
	}
}

/* All pages but the one that has failed are what they were. */
static void expect_the_others(struct __test_metadata *_metadata, struct vm_driver *vmd,
			      const char *when)
{
	struct guest_access got[NR_PAGES];
	u64 page;

	touch_all(vmd, ACCESS_READ, got);
	for (page = 0; page < NR_PAGES; page++) {
		const u64 gpa = BASE + page * SZ_4K;

		if (page == BROKEN)
			continue;
		vm_expect_end(_metadata, ACCESS_DONE, got[page].end, gpa, when);
		vm_expect_content(_metadata, TAG + page, got[page].value, gpa, when);
	}
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES - 1, BASE, when);
}

TEST_F(private_memory_failure, costs_the_page_that_failed)
{
	const u64 gpa = BASE + BROKEN * SZ_4K;
	struct vm_driver *vmd = self->vm.vmd;
	struct guest_access got;

	expect_failed_page(_metadata, vmd, ACCESS_READ, "read");
	expect_failed_page(_metadata, vmd, ACCESS_WRITE, "written");
	expect_the_others(_metadata, vmd, "one has failed");

	ASSERT_EQ(0, cut_out(self->vm.gmem_fd));
	got = vm_driver_touch(vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa, "cut out");
	vm_expect_content(_metadata, 0, got.value, gpa, "cut out");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES, BASE, "cut out");
}

TEST_F(private_memory_failure, is_told_to_who_prefaults)
{
	const u64 gpa = BASE + BROKEN * SZ_4K;
	struct vm_driver *vmd = self->vm.vmd;
	u64 stopped = 0;
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_CAP_PRE_FAULT_MEMORY");

	r = vm_driver_prefault(vmd, BASE, SLOT_SIZE, &stopped);
	EXPECT_TRUE(r == EHWPOISON && stopped == gpa) {
		TH_LOG("Wanted EHWPOISON at gpa 0x%llx (pre-faulted), got errno %d at 0x%llx",
		       (unsigned long long)gpa, r, (unsigned long long)stopped);
	}
	expect_the_others(_metadata, vmd, "pre-faulted");
}

/* Shared meanwhile, the guest has other memory there; the page that failed is found again. */
TEST_F(private_memory_failure, outlives_conversions)
{
	const u64 gpa = BASE + BROKEN * SZ_4K;
	struct vm_driver *vmd = self->vm.vmd;
	struct guest_access got;

	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, false));
	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, gpa, ~TAG);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa, "shared");
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, NR_PAGES, BASE, "shared");

	ASSERT_EQ(0, vm_driver_convert(vmd, gpa, SZ_4K, true));
	expect_failed_page(_metadata, vmd, ACCESS_READ, "private again");
	expect_the_others(_metadata, vmd, "private again");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_ANONYMOUS) | BIT(BACKING_ANONYMOUS_THP));
	return suite_harness_run(argc, argv);
}
