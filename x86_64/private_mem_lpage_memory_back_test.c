// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: KVM takes the memory that was asked for, and gives all of it back: pages and hugepages
 * that guests touched, pages of a guest_memfd, what memslots, logs and attributes need of the
 * kernel's own memory, also when they move or are refused, and page tables.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/monotonic.h"
#include "host/one_cpu.h"
#include "host/pressure.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define TAG		0x9e99e99e00000001ull

/*
 * Hugepages of a file that neither the host nor the guest has touched yet: KVM asks the host for
 * them, twice if the guest reads (hva_to_pfn_slow()), and keeps no reference.
 */
FIXTURE(asked_for)
{
	struct plain_vm vm;
	u64 free_before;
};

FIXTURE_SETUP(asked_for)
{
	const char *missing = vm_memory_missing() ? : suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SZ_4M));
	ASSERT_EQ(0, madvise(self->vm.view.base, SZ_4M, MADV_REMOVE));
	self->free_before = vm_memory_read().free_hugepages;
}

FIXTURE_TEARDOWN(asked_for)
{
	plain_vm_free(&self->vm);
}

static void expect_back(struct __test_metadata *_metadata, FIXTURE_DATA(asked_for) * self)
{
	vm_expect_free_hugepages(_metadata, self->free_before - 2, BASE, "asked for by the guest");
	ASSERT_EQ(0, madvise(self->vm.view.base, SZ_4M, MADV_REMOVE));
	vm_expect_free_hugepages(_metadata, self->free_before, BASE, "removed by the host");
	vm_expect_no_warning(_metadata, BASE, "removed by the host");
}

TEST_F(asked_for, comes_back_when_read_first)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE, 0);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, BASE + SZ_4M - SZ_4K, 0);
	expect_back(_metadata, self);
}

TEST_F(asked_for, comes_back_when_written_first)
{
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + SZ_4M - SZ_4K, TAG);
	expect_back(_metadata, self);
}

TEST_F(asked_for, comes_back_when_prefaulted)
{
	u64 stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_CAP_PRE_FAULT_MEMORY");

	ASSERT_EQ(0, vm_driver_prefault(self->vm.vmd, BASE, SZ_4M, &stopped));
	expect_back(_metadata, self);
}

/* Pages of a guest_memfd come and go one by one, so that one too few shows a thousand times. */
#define NR_ALLOCATED	1024

/* Pages that a CPU keeps back, in some lists, before they count as unevictable (folio_batch). */
#define NR_KEPT_BACK	(8 * 31)

/* The pages from the first to the last, each by itself. */
static void fallocate_each(struct __test_metadata *_metadata, int fd, int mode)
{
	unsigned int i;

	for (i = 0; i < NR_ALLOCATED; i++)
		ASSERT_EQ(0, fallocate(fd, mode | FALLOC_FL_KEEP_SIZE, (off_t)i * SZ_4K, SZ_4K));
}

static void expect_pages(struct __test_metadata *_metadata, const struct vm_memory *before,
			 bool there, const char *when)
{
	const struct vm_memory now = vm_memory_read();
	const s64 pages = (s64)(now.unevictable - before->unevictable) / SZ_4K;

	EXPECT_TRUE(there ? pages >= NR_ALLOCATED - NR_KEPT_BACK : pages <= NR_KEPT_BACK) {
		TH_LOG("Wanted %u pages at gpa 0x%llx (%s), got %lld", there ? NR_ALLOCATED : 0,
		       BASE, when, (long long)pages);
	}
}

TEST(pages_of_guest_memfd_come_and_go)
{
	struct vm_memory before;
	struct vm_driver *vmd;
	cpu_set_t cpus;
	int fd;

	if (vm_memory_missing())
		SKIP(return, "%s", vm_memory_missing());

	kernel_log_start();
	vmd = vm_driver_create(1);
	fd = vm_driver_create_gmem(vmd, (u64)NR_ALLOCATED * SZ_4K);
	cpus = one_cpu_stay();
	before = vm_memory_read();
	fallocate_each(_metadata, fd, 0);
	expect_pages(_metadata, &before, true, "allocated one by one");
	fallocate_each(_metadata, fd, FALLOC_FL_PUNCH_HOLE);
	expect_pages(_metadata, &before, false, "holes of a page each");
	ASSERT_EQ(0, fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)NR_ALLOCATED * SZ_4K));
	expect_pages(_metadata, &before, true, "allocated at once");
	close(fd);
	expect_pages(_metadata, &before, false, "file closed");
	one_cpu_leave(&cpus);
	vm_driver_free(vmd);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* What memslots leave behind of the kernel's own memory. */
FIXTURE(left_behind)
{
	struct vm_driver *vmd;
	void *hva;
	int fd;
};

/* In the address space only: no page of it is ever there. */
#define LARGE_SIZE	(4ull * SZ_1G)

/*
 * Whoever else is at work allocates memory as well, and KASAN keeps some of what is freed, but
 * neither grows with what is done.
 */
#define NR_TRIES	4

FIXTURE_SETUP(left_behind)
{
	if (vm_memory_missing())
		SKIP(return, "%s", vm_memory_missing());

	kernel_log_start();
	self->hva = mmap(NULL, LARGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);
	ASSERT_NE(MAP_FAILED, self->hva);
	self->vmd = vm_driver_create(1);
	self->fd = vm_driver_create_gmem(self->vmd, LARGE_SIZE);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(left_behind)
{
	vm_driver_free(self->vmd);
	close(self->fd);
	munmap(self->hva, LARGE_SIZE);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int set_large(FIXTURE_DATA(left_behind) * self, u64 gpa, u64 size)
{
	return vm_driver_set_memslot(self->vmd, 1, gpa, size, self->hva, -1, false);
}

/* What the kernel has allocated, in bytes. */
static u64 settled_bytes(void)
{
	struct vm_memory memory;

	vm_memory_settle();
	memory = vm_memory_read();
	return memory.slab + memory.vmalloc;
}

/* Call @act @times times, with 1, 2, ...; in @grown how much more that is then. */
static bool measure(struct __test_metadata *_metadata, FIXTURE_DATA(left_behind) * self,
		    unsigned int times,
		    bool (*act)(FIXTURE_DATA(left_behind) * self, unsigned int i),
		    const char *when, s64 *grown)
{
	const u64 before = settled_bytes();
	unsigned int i;

	for (i = 1; i <= times; i++) {
		bool done = act(self, i);

		EXPECT_TRUE(done) {
			TH_LOG("Wanted it done at gpa 0x%llx (%s, time %u), got another end", BASE,
			       when, i);
		}
		if (!done)
			return false;
	}
	*grown = settled_bytes() - before;
	return true;
}

/* Does what the kernel has allocated grow by @limit in @ms although nothing is done? */
static bool others_allocate(s64 limit, u64 ms)
{
	const u64 before = settled_bytes();

	usleep(ms * 1000);
	return (s64)(settled_bytes() - before) >= limit;
}

/*
 * That is less than half of what it is if each of @times leaves @bytes behind; if not, then when
 * @act is called twice as often, and so on.
 */
static void expect_nothing_left(struct __test_metadata *_metadata,
				FIXTURE_DATA(left_behind) * self, unsigned int times, u64 bytes,
				bool (*act)(FIXTURE_DATA(left_behind) * self, unsigned int i),
				const char *when)
{
	s64 limit = times * bytes / 2, grown;
	u64 began = 0;
	int tries;

	if (!measure(_metadata, self, times, act, when, &grown))
		return;
	for (tries = 1; tries < NR_TRIES && grown >= limit; tries++) {
		times *= 2;
		limit *= 2;
		began = monotonic_ms();
		if (!measure(_metadata, self, times, act, when, &grown))
			return;
	}
	if (grown >= limit &&
	    others_allocate(limit / 2, monotonic_ms() - began))
		SKIP(return, "machine that does nothing else");
	EXPECT_GT(limit, grown) {
		TH_LOG("Wanted below 0x%llx new bytes at gpa 0x%llx (%s, %u times), got 0x%llx",
		       (unsigned long long)limit, BASE, when, times, (unsigned long long)grown);
	}
}

/* Of each place where it was, KVM has an entry for each 2M at least (kvm_arch_free_memslot()). */
#define NR_MOVES	16
#define BYTES_OF_MOVE	(LARGE_SIZE / SZ_2M * sizeof(u32))

static bool move_memslot(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, LARGE_SIZE * (1 + i % 2), LARGE_SIZE);
}

TEST_F(left_behind, by_moves)
{
	ASSERT_EQ(0, set_large(self, LARGE_SIZE, LARGE_SIZE));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, move_memslot, "moved");
}

/* The bitmap of a log, and a second one to copy from: kvm_dirty_bitmap_bytes(). */
#define BYTES_OF_LOG	(LARGE_SIZE / SZ_4K / 8 * 2)

static bool move_and_end_log(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !vm_driver_set_memslot(self->vmd, 1, LARGE_SIZE * (2 - i % 2), LARGE_SIZE,
				      self->hva, -1, true) &&
	       !set_large(self, LARGE_SIZE * (1 + i % 2), LARGE_SIZE);
}

TEST_F(left_behind, by_moves_that_end_logs)
{
	ASSERT_EQ(0, set_large(self, LARGE_SIZE, LARGE_SIZE));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_LOG, move_and_end_log,
			    "moved and not logged any more");
}

static bool bind_again(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	int r = vm_driver_bind_memslot(self->vmd, 2, LARGE_SIZE * 8, LARGE_SIZE, self->hva,
				       self->fd, 0);

	return vm_driver_is_bound_already(r);
}

/* kvm_set_memslot() asks guest_memfd last, when all else of the memslot is there. */
TEST_F(left_behind, by_refused_bindings)
{
	ASSERT_EQ(0, vm_driver_bind_memslot(self->vmd, 1, BASE, SZ_4K, self->hva, self->fd, 0));
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, bind_again, "bound already");
}

/*
 * A memslot that is being deleted has a double for a while (kvm_set_memslot()), of 280 bytes, which
 * take 512.  About 150 remain in any case, for a time: vmalloc's of the arrays that went.
 */
#define NR_DELETIONS	512
#define BYTES_OF_DOUBLE	512ull

static bool create_and_delete(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, BASE, SZ_4K) && !set_large(self, BASE, 0);
}

TEST_F(left_behind, by_deletions)
{
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, create_and_delete,
			    "deleted");
}

/* So has one that is being moved, be it in vain. */
static bool move_small_memslot(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return !set_large(self, BASE * (1 + i % 2), SZ_4K);
}

TEST_F(left_behind, by_moves_of_a_page)
{
	ASSERT_EQ(0, set_large(self, BASE, SZ_4K));
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, move_small_memslot,
			    "moved");
}

/* Behind all that any guest can address: kvm_arch_prepare_memory_region(). */
#define NOWHERE		BIT_ULL(52)

static bool move_nowhere(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return set_large(self, NOWHERE, SZ_4K) == EINVAL;
}

TEST_F(left_behind, by_refused_moves)
{
	ASSERT_EQ(0, set_large(self, BASE, SZ_4K));
	expect_nothing_left(_metadata, self, NR_DELETIONS, BYTES_OF_DOUBLE, move_nowhere,
			    "move refused");
}

static bool log_nowhere(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return vm_driver_set_memslot(self->vmd, 1, NOWHERE, LARGE_SIZE, self->hva, -1,
				     true) == EINVAL;
}

TEST_F(left_behind, by_refused_logs)
{
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_LOG, log_nowhere,
			    "logged memslot refused");
}

/*
 * The TDP MMU finds its leaves by their gfn and keeps no list for each page: a memslot costs an
 * entry for each hugepage (kvm_memslots_have_rmaps()).
 */
TEST_F(left_behind, no_list_for_each_page)
{
	const u64 before = settled_bytes(), limit = LARGE_SIZE / SZ_4K * sizeof(void *) / 2;
	s64 grown;

	ASSERT_EQ(0, set_large(self, BASE, LARGE_SIZE));
	grown = settled_bytes() - before;
	EXPECT_GT((s64)limit, grown) {
		TH_LOG("Wanted below 0x%llx new bytes at gpa 0x%llx (memslot), got 0x%llx",
		       (unsigned long long)limit, BASE, (unsigned long long)grown);
	}
}

/* Each of the first allocations of a new memslot fails once, and what is there by then goes. */
#define NR_ALLOCATIONS	12

static bool create_without_memory(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	unsigned int first, nr_refused = 0;
	int r;

	for (first = 1; first <= NR_ALLOCATIONS; first++) {
		pressure_ask(&(struct pressure) { .first = first, .times = 1 });
		r = set_large(self, BASE, LARGE_SIZE);
		pressure_release();
		nr_refused += r == ENOMEM;
		if (r != ENOMEM && (r || set_large(self, BASE, 0)))
			return false;
	}
	return nr_refused;
}

TEST_F(left_behind, by_memslots_without_memory)
{
	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());

	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_MOVE, create_without_memory,
			    "no memory for a memslot");
}

/* The attributes of a VM go with it: of 64 pages a node of an xarray. */
#define NR_VMS			4
#define CONVERTED_SIZE		(64ull * SZ_1M)
#define BYTES_OF_ATTRIBUTES	(CONVERTED_SIZE / SZ_4K / 64 * 576)

static bool convert_in_another_vm(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	struct vm_driver *other = vm_driver_create_unstarted(1);
	int r = vm_driver_convert(other, BASE, CONVERTED_SIZE, true);

	vm_driver_free(other);
	return !r;
}

TEST_F(left_behind, by_attributes)
{
	expect_nothing_left(_metadata, self, NR_VMS, BYTES_OF_ATTRIBUTES, convert_in_another_vm,
			    "VMs with private pages");
}

/* The memslots that a VM has when it ends, and their logs: kvm_free_memslots(). */
static bool end_with_large_memslot(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	struct vm_driver *other = vm_driver_create_unstarted(1);
	int r = vm_driver_set_memslot(other, 1, LARGE_SIZE, LARGE_SIZE, self->hva, -1, true);

	vm_driver_free(other);
	return !r;
}

TEST_F(left_behind, by_memslots_of_ended_vms)
{
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_LOG, end_with_large_memslot,
			    "VMs with a logged memslot");
}

/* What a vCPU has when it gets no file: kvm_vm_ioctl_create_vcpu(). */
#define BYTES_OF_RING	SZ_64K

static bool create_vcpu_without_file(FIXTURE_DATA(left_behind) * self, unsigned int i)
{
	return vm_driver_create_vcpu_without_file(self->vmd, 1) == EMFILE;
}

TEST_F(left_behind, by_refused_vcpus)
{
	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	vm_driver_use_rings(self->vmd, BYTES_OF_RING);
	expect_nothing_left(_metadata, self, NR_MOVES, BYTES_OF_RING,
			    create_vcpu_without_file, "vCPU refused");
}

/*
 * A memslot that is refused when all else is done, for its place or for what is bound already,
 * keeps no file: once the last file descriptor and the VM are closed, its pages are free.
 */
#define PINNED_SIZE	(64ull * SZ_1M)

TEST(refused_memslot_keeps_no_file)
{
	struct backing_view view;
	struct vm_driver *vmd;
	u64 before;
	s64 more;
	int fd, r;

	if (vm_memory_missing())
		SKIP(return, "%s", vm_memory_missing());

	kernel_log_start();
	before = vm_memory_read().unevictable;
	vmd = vm_driver_create(1);
	fd = vm_driver_create_gmem(vmd, PINNED_SIZE);
	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_8K);
	ASSERT_EQ(0, fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PINNED_SIZE));
	EXPECT_EQ(EINVAL, vm_driver_bind_memslot(vmd, 1, NOWHERE, SZ_4K, view.base, fd, 0));
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 1, BASE, SZ_4K, view.base, fd, 0));
	r = vm_driver_bind_memslot(vmd, 2, BASE + SZ_2M, SZ_4K, view.base, fd, 0);
	EXPECT_TRUE(vm_driver_is_bound_already(r)) {
		TH_LOG("Wanted EEXIST at gpa 0x%llx (bound already), got errno %d",
		       BASE + SZ_2M, r);
	}
	vm_driver_free(vmd);
	close(fd);
	backing_unmap(&view);
	more = vm_memory_read().unevictable - before;
	EXPECT_GT((s64)PINNED_SIZE / 2, more) {
		TH_LOG("Wanted below 0x%llx unevictable bytes at gpa 0x%llx (closed), got 0x%llx",
		       PINNED_SIZE / 2, BASE, (unsigned long long)more);
	}
	vm_expect_no_warning(_metadata, BASE, "closed");
}

/*
 * Page tables that a log needs are split off hugepages, by the change of the memslot or when the
 * log is cleared, and go with it: tdp_mmu_link_sp().
 */
FIXTURE(log_splits)
{
	struct plain_vm vm;
	u64 before;		/* bytes of page tables */
};

static int set_log(FIXTURE_DATA(log_splits) * self, bool logged)
{
	return vm_driver_set_memslot(self->vm.vmd, 1, BASE, SZ_4M, self->vm.view.base, -1, logged);
}

/* Two hugepages are mapped. */
FIXTURE_SETUP(log_splits)
{
	static const struct step change_eager_split = { .op = STEP_EAGER_SPLIT };
	const char *missing = vm_memory_missing() ? : suite_missing(BACKING_HUGETLB_2MB) ? :
			      suite_missing_mode(&change_eager_split);

	if (missing)
		SKIP(return, "%s", missing);

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, set_log(self, false));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE, TAG);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_WRITE, BASE + SZ_2M, TAG);
	self->before = vm_memory_read().page_tables;
}

FIXTURE_TEARDOWN(log_splits)
{
	plain_vm_free(&self->vm);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* There are @nr page tables more than before. */
static void expect_split(struct __test_metadata *_metadata, FIXTURE_DATA(log_splits) * self,
			 unsigned int nr, const char *when)
{
	vm_expect_page_tables(_metadata, self->before + nr * SZ_4K, BASE, when);
}

TEST_F(log_splits, page_tables_are_counted)
{
	ASSERT_EQ(0, set_log(self, true));
	expect_split(_metadata, self, 2, "log on");
	ASSERT_EQ(0, set_log(self, false));
	expect_split(_metadata, self, 0, "log off");
}

TEST_F(log_splits, page_tables_are_counted_when_it_is_cleared)
{
	static u64 all[SZ_4M / SZ_4K / 64] = { [0 ... SZ_4M / SZ_4K / 64 - 1] = ~0ull };

	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));

	ASSERT_EQ(0, vm_driver_manual_protect(self->vm.vmd, PROTECT_INITIALLY_SET));
	ASSERT_EQ(0, set_log(self, true));
	expect_split(_metadata, self, 0, "log on, nothing cleared");
	ASSERT_EQ(0, vm_driver_clear_log(self->vm.vmd, 1, 0, SZ_4M / SZ_4K, all));
	expect_split(_metadata, self, 2, "log cleared");
	ASSERT_EQ(0, set_log(self, false));
}

/* The cgroup of who has them split pays for them: tdp_mmu_alloc_sp_for_split(). */
TEST_F(log_splits, page_tables_are_charged)
{
	u64 end = monotonic_ms() + slow_machine_seconds(5) * 1000, before, now;

	if (pressure_missing_cgroup())
		SKIP(return, "%s", pressure_missing_cgroup());

	before = pressure_charged_page_tables();
	ASSERT_EQ(0, set_log(self, true));
	do {
		usleep(10000);
		now = pressure_charged_page_tables();
	} while (now == before && monotonic_ms() < end);
	EXPECT_EQ(before + 2 * SZ_4K, now) {
		TH_LOG("Wanted 0x%llx bytes charged at gpa 0x%llx (log on), got 0x%llx",
		       (unsigned long long)before + 2 * SZ_4K, BASE, (unsigned long long)now);
	}
	ASSERT_EQ(0, set_log(self, false));
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	pressure_prepare_slab();
	pressure_prepare_cgroup();
	return suite_harness_run(argc, argv);
}
