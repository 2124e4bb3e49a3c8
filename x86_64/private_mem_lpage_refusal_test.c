// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: KVM refuses what its documentation does not allow (Documentation/virt/kvm/api.rst), with
 * the right errno, and has changed nothing then: no leaf, no attribute, no byte of memory, no bit
 * of a dirty log, no file, no parameter; and the guest runs on.
 *
 * Each table stands for one ioctl or file.  A row has what differs from a call that KVM accepts,
 * and the errno; the few with 0 lie just inside of a limit, and change nothing either.
 * KVM_SET_MEMORY_ATTRIBUTES has a program of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/setting.h"
#include "kvm/kvm_parameter.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "kvm/vm_memory.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

/* Memslot 1: private and shared pages of a guest_memfd that is larger. */
#define MIXED_GPA	(16ull * SZ_1G)
#define MIXED_SIZE	((u64)SZ_2M)
#define MIXED_PAGES	16
#define GMEM_SIZE	((u64)SZ_4M)

/* Memslot 2: logged; its bitmap ends within a word. */
#define LOGGED_GPA	(MIXED_GPA + SZ_4M)
#define LOGGED_PAGES	130
#define LOGGED_SIZE	((u64)LOGGED_PAGES * SZ_4K)
#define LOGGED_WORDS	3

/* Memslot 3 can only be read; it begins where memslot 2 ends. */
#define READ_ONLY_GPA	(LOGGED_GPA + LOGGED_SIZE)
#define READ_ONLY_SIZE	((u64)SZ_64K)

/* In no memslot, as is all that the rows ask for a memslot at. */
#define FREE_GPA	(MIXED_GPA + SZ_16M)
#define FREE_SIZE	((u64)SZ_64K)

/* Where their memory begins in the view. */
#define LOGGED_OFFSET		SZ_2M
#define READ_ONLY_OFFSET	(SZ_2M + SZ_1M)
#define FREE_OFFSET		(SZ_2M + SZ_1M + SZ_64K)

#define GUEST_TAG	0x6e5706e570000001ull
#define HOST_TAG	0x4057405740000001ull

#define IS_PRIVATE(page) ((page) % 3 == 1)

/* More than KVM_MEM_MAX_NR_PAGES. */
#define TOO_LARGE	((u64)SZ_2G << PAGE_BITS)
#define PAGE_BITS	12

/* Addresses that no user has. */
#define KERNEL_HVA	0xffff800000000000ull
#define LAST_HVA	0x00007ffffffff000ull
#define LAST_HVA_LA57	0x00fffffffffff000ull

FIXTURE(refusal)
{
	struct plain_vm vm;
	struct vm_driver *other_vm;
	u64 leaves[NR_LEVELS];
	u64 log[LOGGED_WORDS];
	struct guest_access result[MIXED_PAGES];
	bool alone;		/* there is no other VM */
};

/* The host's memory behind private pages has its own contents, which nobody is to see. */
static void set_up_mixed(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_WRITE, .gpa = MIXED_GPA,
		.npages = MIXED_PAGES, .tag = GUEST_TAG,
	};
	u64 page;

	for (page = 0; page < MIXED_PAGES; page++) {
		*(u64 *)(self->vm.view.base + page * SZ_4K) = HOST_TAG + page;
		if (IS_PRIVATE(page))
			ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, MIXED_GPA + page * SZ_4K,
						       SZ_4K, true));
	}
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, MIXED_GPA, MIXED_SIZE));
	vm_driver_guest(self->vm.vmd, 0, &request, self->result);
}

static const u64 logged_page[] = { 0, 64, LOGGED_PAGES - 1 };

/* With the manual mode, looking at a log does not change it. */
static void set_up_logged(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self)
{
	struct vm_driver *vmd = self->vm.vmd;
	size_t i;

	ASSERT_EQ(0, vm_driver_manual_protect(vmd, PROTECT_MANUAL));
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 2, LOGGED_GPA, LOGGED_SIZE,
					   self->vm.view.base + LOGGED_OFFSET, -1, true));
	for (i = 0; i < ARRAY_SIZE(logged_page); i++)
		ASSERT_EQ(ACCESS_DONE, vm_driver_touch(vmd, 0, ACCESS_WRITE,
						       LOGGED_GPA + logged_page[i] * SZ_4K,
						       GUEST_TAG).end);
}

static void set_up_read_only(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self)
{
	void *hva = self->vm.view.base + READ_ONLY_OFFSET;

	*(u64 *)hva = HOST_TAG;
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(self->vm.vmd, 3, READ_ONLY_GPA,
						     READ_ONLY_SIZE, hva));
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, READ_ONLY_GPA, 0);
	vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, READ_ONLY_GPA + READ_ONLY_SIZE - SZ_4K, 0);
}

FIXTURE_SETUP(refusal)
{
	self->alone = !vm_memory_has_vms();
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, GMEM_SIZE);
	set_up_mixed(_metadata, self);
	set_up_logged(_metadata, self);
	set_up_read_only(_metadata, self);
	vm_driver_leaves(self->vm.vmd, self->leaves);
	ASSERT_EQ(0, vm_driver_get_log(self->vm.vmd, 2, self->log));
}

FIXTURE_TEARDOWN(refusal)
{
	plain_vm_free(&self->vm);
	vm_driver_free(self->other_vm);
	/* Files of guest_memfd keep their VM, and KVM keeps no file that it has refused. */
	EXPECT_FALSE(self->alone && vm_memory_has_vms()) {
		TH_LOG("Wanted no VM left at gpa 0x%llx (all files closed), got one", MIXED_GPA);
	}
	vm_expect_no_warning(_metadata, MIXED_GPA, "after the VM");
}

static void expect_access(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self, u64 gpa,
			  enum access_end end, u64 content, const char *when)
{
	struct guest_access got = vm_driver_touch(self->vm.vmd, 0, ACCESS_READ, gpa, 0);

	vm_expect_end(_metadata, end, got.end, gpa, when);
	if (end == ACCESS_DONE)
		vm_expect_content(_metadata, content, got.value, gpa, when);
}

static void expect_mixed_contents(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
				  const char *when)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = ACCESS_READ, .gpa = MIXED_GPA,
		.npages = MIXED_PAGES,
	};
	u64 page, gpa, host_tag;

	vm_driver_guest(self->vm.vmd, 0, &request, self->result);
	for (page = 0; page < MIXED_PAGES; page++) {
		gpa = MIXED_GPA + page * SZ_4K;
		vm_expect_end(_metadata, ACCESS_DONE, self->result[page].end, gpa, when);
		vm_expect_content(_metadata, GUEST_TAG + page, self->result[page].value, gpa,
				  when);
		host_tag = IS_PRIVATE(page) ? HOST_TAG + page : GUEST_TAG + page;
		vm_expect_content(_metadata, host_tag,
				  *(u64 *)(self->vm.view.base + page * SZ_4K), gpa, when);
	}
}

static void expect_log(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
		       const char *when)
{
	u64 log[LOGGED_WORDS] = { };
	size_t i;

	EXPECT_EQ(0, vm_driver_get_log(self->vm.vmd, 2, log)) {
		TH_LOG("Wanted a dirty log at gpa 0x%llx (%s), got none", LOGGED_GPA, when);
	}
	for (i = 0; i < LOGGED_WORDS; i++) {
		EXPECT_EQ(self->log[i], log[i]) {
			TH_LOG("Wanted bits 0x%llx at gpa 0x%llx (%s, dirty log), got 0x%llx",
			       (unsigned long long)self->log[i], LOGGED_GPA + i * 64 * SZ_4K, when,
			       (unsigned long long)log[i]);
		}
	}
}

/* The leaves first: what the guest touches it might be given again. */
static void expect_unchanged(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
			     const char *when)
{
	vm_expect_leaves(_metadata, self->vm.vmd, self->leaves, MIXED_GPA, when);
	expect_mixed_contents(_metadata, self, when);
	expect_access(_metadata, self, LOGGED_GPA + 64 * SZ_4K, ACCESS_DONE, GUEST_TAG, when);
	expect_access(_metadata, self, READ_ONLY_GPA, ACCESS_DONE, HOST_TAG, when);
	expect_access(_metadata, self, FREE_GPA, ACCESS_MMIO, 0, when);
	expect_log(_metadata, self, when);
	vm_expect_leaves(_metadata, self->vm.vmd, self->leaves, MIXED_GPA, when);
	vm_expect_no_warning(_metadata, MIXED_GPA, when);
}

/* Returns false when there is no sense in further rows. */
static bool row_is_right(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
			 const char *row, u64 gpa, int wanted, int got)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", strerror(wanted),
		       (unsigned long long)gpa, row, strerror(got));
	}
	expect_unchanged(_metadata, self, row);
	return __test_passed(_metadata);
}

/* What kind of file is named as a guest_memfd. */
enum file_kind {
	NO_FILE,		/* -1 */
	UNUSED_GMEM,		/* of FREE_SIZE bytes, bound to nothing */
	BOUND_GMEM,		/* of memslot 1 */
	GMEM_OF_OTHER_VM,
	CLOSED_FILE,
	MEMFD,
	VM_FILE,
	VCPU_FILE,
	NR_FILE_KINDS,
};

struct memslot_row {
	const char *name;
	int wanted;
	bool bound;		/* for what is bound already, see vm_driver_is_bound_already() */
	u32 slot;
	u32 flags;
	u64 gpa;
	u64 size;
	u64 hva;		/* an offset in the view, unless it or the size is far beyond it */
	enum file_kind file;
	u64 offset;
	bool unmaps;		/* KVM has taken the leaves of memslot 2 before it refuses */
};

#define GMEM	KVM_MEM_GUEST_MEMFD
#define LOGGED	KVM_MEM_LOG_DIRTY_PAGES
#define RO	KVM_MEM_READONLY

/* A new memslot, with an unused guest_memfd and without. */
#define NEW(_name, _wanted, ...)						\
	{ .name = "new memslot, " _name, .wanted = _wanted, .slot = 5, .flags = GMEM,	\
	  .gpa = FREE_GPA, .size = FREE_SIZE, .hva = FREE_OFFSET,		\
	  .file = UNUSED_GMEM, ##__VA_ARGS__ }
#define NEW_SHARED(_name, _wanted, ...)						\
	NEW("shared only, " _name, _wanted, .flags = 0, .file = NO_FILE, ##__VA_ARGS__)

/* Memslots 1, 2, 3 as they are. */
#define MIXED(_name, _wanted, ...)						\
	{ .name = "memslot of guest_memfd, " _name, .wanted = _wanted, .slot = 1,	\
	  .flags = GMEM, .gpa = MIXED_GPA, .size = MIXED_SIZE,			\
	  .file = BOUND_GMEM, ##__VA_ARGS__ }
#define LOG(_name, _wanted, ...)						\
	{ .name = "logged memslot, " _name, .wanted = _wanted, .slot = 2,	\
	  .flags = LOGGED, .gpa = LOGGED_GPA, .size = LOGGED_SIZE,		\
	  .hva = LOGGED_OFFSET, ##__VA_ARGS__ }
#define READ_ONLY(_name, _wanted, ...)						\
	{ .name = "read-only memslot, " _name, .wanted = _wanted, .slot = 3,	\
	  .flags = RO, .gpa = READ_ONLY_GPA, .size = READ_ONLY_SIZE,		\
	  .hva = READ_ONLY_OFFSET, ##__VA_ARGS__ }

/* A field named a second time is what differs. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct memslot_row creation[] = {
	NEW("read-only", EINVAL, .flags = GMEM | RO),
	NEW("logged", EINVAL, .flags = GMEM | LOGGED),
	NEW("read-only and logged", EINVAL, .flags = GMEM | RO | LOGGED),
	NEW("flag bit 3", EINVAL, .flags = GMEM | BIT(3)),
	NEW("flag bit 16", EINVAL, .flags = GMEM | BIT(16)),
	NEW("flag bit 17", EINVAL, .flags = GMEM | BIT(17)),
	NEW_SHARED("flag bit 3", EINVAL, .flags = BIT(3)),
	NEW_SHARED("flag bit 16", EINVAL, .flags = BIT(16)),
	NEW_SHARED("flag bit 17", EINVAL, .flags = BIT(17)),
	NEW_SHARED("flag bit 31", EINVAL, .flags = BIT(31)),

	NEW("no file", EBADF, .file = NO_FILE),
	NEW("a file that is closed", EBADF, .file = CLOSED_FILE),
	NEW("a memfd", EINVAL, .file = MEMFD),
	NEW("the VM as file", EINVAL, .file = VM_FILE),
	NEW("a vCPU as file", EINVAL, .file = VCPU_FILE),
	NEW("guest_memfd of another VM", EINVAL, .file = GMEM_OF_OTHER_VM),

	NEW("offset within a page", EINVAL, .offset = 1, .size = SZ_4K),
	NEW("offset of half a page", EINVAL, .offset = SZ_2K, .size = SZ_4K),
	NEW("one page beyond the file", EINVAL, .offset = SZ_4K),
	NEW("from the end of the file", EINVAL, .offset = FREE_SIZE, .size = SZ_4K),
	NEW("larger than the file", EINVAL, .size = FREE_SIZE + SZ_4K),
	NEW("4G larger than the file", EINVAL, .hva = SZ_4K, .size = SZ_4G + FREE_SIZE),
	NEW("offset that wraps", EINVAL, .offset = -(u64)SZ_4K),
	NEW("offset that wraps to 0", EINVAL, .offset = -FREE_SIZE),
	NEW("offset beyond any file", EINVAL, .offset = BIT_ULL(63)),
	NEW("gpa beyond the last", EINVAL, .gpa = GFN_END * GFN_BYTES),
	NEW("one page beyond the last gpa", EINVAL,
	    .gpa = GFN_END * GFN_BYTES - FREE_SIZE + SZ_4K),
	NEW("a range that is bound", EEXIST, .bound = true, .file = BOUND_GMEM),
	NEW("the last page that is bound", EEXIST, .bound = true, .file = BOUND_GMEM,
	    .offset = MIXED_SIZE - SZ_4K),
	NEW("larger than the range that is bound", EEXIST, .bound = true, .file = BOUND_GMEM,
	    .size = MIXED_SIZE + SZ_4K),

	NEW_SHARED("size within a page", EINVAL, .size = SZ_4K + 1),
	NEW_SHARED("size of half a page", EINVAL, .size = SZ_2K),
	NEW_SHARED("gpa within a page", EINVAL, .gpa = FREE_GPA + 1),
	NEW_SHARED("gpa of half a page", EINVAL, .gpa = FREE_GPA + SZ_2K),
	NEW_SHARED("hva within a page", EINVAL, .hva = FREE_OFFSET + 1),
	NEW_SHARED("hva of half a page", EINVAL, .hva = FREE_OFFSET + SZ_2K),
	NEW_SHARED("hva of the kernel", EINVAL, .hva = KERNEL_HVA),
	NEW_SHARED("hva that ends beyond user space", EINVAL, .hva = LAST_HVA),
	NEW_SHARED("gpa that wraps", EINVAL, .gpa = -(u64)SZ_4K),
	NEW_SHARED("gpa that wraps to 0", EINVAL, .gpa = -FREE_SIZE),
	NEW_SHARED("gpa beyond the last", EINVAL, .gpa = GFN_END * GFN_BYTES),
	NEW_SHARED("one page beyond the last gpa", EINVAL,
		   .gpa = GFN_END * GFN_BYTES - FREE_SIZE + SZ_4K),
	NEW_SHARED("too many pages", EINVAL, .hva = SZ_4K, .size = TOO_LARGE),

	NEW_SHARED("slot behind the last", EINVAL, .slot = SHRT_MAX),
	NEW_SHARED("last slot of 16 bits", EINVAL, .slot = USHRT_MAX),
	NEW_SHARED("address space 1", EINVAL, .slot = BIT(16) | 5),
	NEW_SHARED("address space 2", EINVAL, .slot = BIT(17) | 5),
	NEW_SHARED("last address space", EINVAL, .slot = 0xffff0005),

	NEW_SHARED("over the first page of another", EEXIST, .gpa = MIXED_GPA - FREE_SIZE + SZ_4K),
	NEW_SHARED("over the last page of another", EEXIST, .gpa = MIXED_GPA + MIXED_SIZE - SZ_4K),
	NEW_SHARED("around another", EEXIST, .gpa = READ_ONLY_GPA - SZ_4K,
		   .size = READ_ONLY_SIZE + SZ_8K),
	NEW_SHARED("inside another", EEXIST, .gpa = LOGGED_GPA + SZ_4K),
	NEW("over the last page of another", EEXIST, .gpa = LOGGED_GPA + LOGGED_SIZE - SZ_4K),

	NEW_SHARED("deleted before it is there", EINVAL, .size = 0),
	NEW_SHARED("deleted in address space 1", EINVAL, .size = 0, .slot = BIT(16) | 1),
};

static const struct memslot_row change[] = {
	MIXED("as it is", EINVAL),
	MIXED("without its guest_memfd", EINVAL, .flags = 0, .file = NO_FILE),
	MIXED("logged without its guest_memfd", EINVAL, .flags = LOGGED, .file = NO_FILE),
	MIXED("read-only without its guest_memfd", EINVAL, .flags = RO, .file = NO_FILE),
	MIXED("read-only", EINVAL, .flags = GMEM | RO),
	MIXED("logged", EINVAL, .flags = GMEM | LOGGED),
	MIXED("moved", EINVAL, .gpa = FREE_GPA),
	MIXED("moved without its guest_memfd", EINVAL, .gpa = FREE_GPA, .flags = 0,
	      .file = NO_FILE),
	MIXED("another guest_memfd", EINVAL, .file = UNUSED_GMEM),
	MIXED("another offset", EINVAL, .offset = MIXED_SIZE),
	MIXED("smaller", EINVAL, .size = MIXED_SIZE - SZ_4K),
	MIXED("larger", EINVAL, .size = MIXED_SIZE + SZ_4K),
	MIXED("other memory", EINVAL, .hva = LOGGED_OFFSET),
	MIXED("other memory without its guest_memfd", EINVAL, .hva = LOGGED_OFFSET, .flags = 0,
	      .file = NO_FILE),
	MIXED("deleted read-only", EINVAL, .flags = GMEM | RO, .size = 0),
	MIXED("deleted with flag bit 3", EINVAL, .flags = BIT(3), .size = 0),

	LOG("as it is", 0),
	LOG("with a guest_memfd", EINVAL, .flags = GMEM, .file = UNUSED_GMEM),
	LOG("with a guest_memfd and logged", EINVAL, .flags = GMEM | LOGGED, .file = UNUSED_GMEM),
	LOG("read-only", EINVAL, .flags = LOGGED | RO),
	LOG("read-only and not logged", EINVAL, .flags = RO),
	LOG("flag bit 16", EINVAL, .flags = LOGGED | BIT(16)),
	LOG("smaller", EINVAL, .size = LOGGED_SIZE - SZ_4K),
	LOG("larger", EINVAL, .size = LOGGED_SIZE + SZ_4K),
	LOG("other memory", EINVAL, .hva = FREE_OFFSET),
	LOG("moved and larger", EINVAL, .gpa = FREE_GPA, .size = LOGGED_SIZE + SZ_4K),
	LOG("moved over another", EEXIST, .gpa = MIXED_GPA),
	LOG("moved over the last page of another", EEXIST, .gpa = MIXED_GPA + MIXED_SIZE - SZ_4K),
	LOG("moved over the first page of another", EEXIST,
	    .gpa = MIXED_GPA - LOGGED_SIZE + SZ_4K),
	/* Of all that is there it meets itself first: kvm_check_memslot_overlap(). */
	LOG("moved over most of itself and the first page of another", EEXIST,
	    .gpa = LOGGED_GPA + SZ_4K),
	LOG("moved within a page", EINVAL, .gpa = FREE_GPA + 1),
	/* kvm_set_memslot() invalidates what is moved before it asks the architecture. */
	LOG("moved beyond the last gpa", EINVAL, .gpa = GFN_END * GFN_BYTES, .unmaps = true),

	READ_ONLY("as it is", 0),
	READ_ONLY("writable", EINVAL, .flags = 0),
	READ_ONLY("with a guest_memfd", EINVAL, .flags = GMEM, .file = UNUSED_GMEM),
	READ_ONLY("with a guest_memfd and read-only", EINVAL, .flags = GMEM | RO,
		  .file = UNUSED_GMEM),
	READ_ONLY("moved and writable", EINVAL, .flags = 0, .gpa = FREE_GPA),
	READ_ONLY("smaller", EINVAL, .size = READ_ONLY_SIZE - SZ_4K),
};

#pragma GCC diagnostic pop

static void open_files(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
		       int file[NR_FILE_KINDS])
{
	struct vm_driver *vmd = self->vm.vmd;

	self->other_vm = vm_driver_create_unstarted(1);
	file[NO_FILE] = -1;
	file[UNUSED_GMEM] = vm_driver_create_gmem(vmd, FREE_SIZE);
	file[BOUND_GMEM] = self->vm.gmem_fd;
	file[GMEM_OF_OTHER_VM] = vm_driver_create_gmem(self->other_vm, FREE_SIZE);
	file[MEMFD] = memfd_create("refused", 0);
	file[VM_FILE] = vm_driver_dup(vmd, VM_DRIVER_VM);
	file[VCPU_FILE] = vm_driver_dup(vmd, VM_DRIVER_VCPU);
	ASSERT_LE(0, file[MEMFD]);
	ASSERT_EQ(0, ftruncate(file[MEMFD], FREE_SIZE));
	/* The lowest that is free stays so while nothing is opened. */
	file[CLOSED_FILE] = dup(0);
	close(file[CLOSED_FILE]);
}

static void close_files(const int file[NR_FILE_KINDS])
{
	close(file[UNUSED_GMEM]);
	close(file[GMEM_OF_OTHER_VM]);
	close(file[MEMFD]);
	close(file[VM_FILE]);
	close(file[VCPU_FILE]);
}

static void map_logged_again(struct vm_driver *vmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(logged_page); i++)
		vm_driver_touch(vmd, 0, ACCESS_READ, LOGGED_GPA + logged_page[i] * SZ_4K, 0);
}

/* Where CPUs have five levels of page tables, user space ends later: there is memory at 2^55. */
static u64 last_hva(void)
{
	void *page = mmap((void *)BIT_ULL(55), SZ_4K, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED)
		return LAST_HVA;
	munmap(page, SZ_4K);
	return LAST_HVA_LA57;
}

/* In the view, unless the row says where; what is too large might end beyond user space there. */
static u64 row_hva(FIXTURE_DATA(refusal) * self, const struct memslot_row *row)
{
	if (row->hva == LAST_HVA)
		return last_hva();
	if (row->hva > LAST_HVA || row->size >= SZ_4G)
		return row->hva;
	return (u64)self->vm.view.base + row->hva;
}

static int try_memslot(FIXTURE_DATA(refusal) * self, const struct memslot_row *row,
		       const int file[NR_FILE_KINDS])
{
	const struct kvm_userspace_memory_region2 region = {
		.slot = row->slot,
		.flags = row->flags,
		.guest_phys_addr = row->gpa,
		.memory_size = row->size,
		.userspace_addr = row_hva(self, row),
		.guest_memfd = file[row->file],
		.guest_memfd_offset = row->offset,
	};

	int r = vm_driver_try_memslot(self->vm.vmd, &region);

	if (row->unmaps)
		map_logged_again(self->vm.vmd);
	return r;
}

static void try_memslots(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) * self,
			 const struct memslot_row *row, size_t nr)
{
	int file[NR_FILE_KINDS];
	size_t i;

	open_files(_metadata, self, file);
	for (i = 0; i < nr; i++) {
		int r = try_memslot(self, &row[i], file);

		if (row[i].bound && vm_driver_is_bound_already(r))
			r = row[i].wanted;
		if (!row_is_right(_metadata, self, row[i].name, row[i].gpa, row[i].wanted, r))
			break;
	}
	close_files(file);
}

TEST_F(refusal, memslot_creation)
{
	try_memslots(_metadata, self, creation, ARRAY_SIZE(creation));
}

TEST_F(refusal, memslot_change)
{
	try_memslots(_metadata, self, change, ARRAY_SIZE(change));
}

/* None leaves a file open. */
TEST_F(refusal, guest_memfd_creation)
{
	static const struct {
		const char *name;
		u64 size;
		u64 flags;
	} row[] = {
		{ "no size", 0, 0 },
		{ "size within a page", SZ_4K + 1, 0 },
		{ "size of half a page", SZ_2K, 0 },
		{ "size that is negative", BIT_ULL(63), 0 },
		{ "size that is negative and small", -(u64)SZ_4K, 0 },
		{ "shared at first", SZ_4K, BIT(1) },
		{ "shared at first and mapped", SZ_4K, BIT(0) | BIT(1) },
		{ "flag bit 31", SZ_4K, BIT(31) },
		{ "flag bit 63", SZ_4K, BIT_ULL(63) },
		{ "all flags", SZ_4K, ~0ull },
		{ "no size and a flag", 0, BIT_ULL(63) },
	};
	int lowest = dup(0), now;
	size_t i;

	close(lowest);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		int fd = vm_driver_try_create_gmem(self->vm.vmd, row[i].size, row[i].flags);

		now = dup(0);
		close(now);
		EXPECT_EQ(lowest, now) {
			TH_LOG("Wanted no file at gpa 0x%llx (%s), got one", MIXED_GPA,
			       row[i].name);
		}
		if (!row_is_right(_metadata, self, row[i].name, MIXED_GPA, EINVAL,
				  fd < 0 ? -fd : 0))
			break;
	}
}

TEST_F(refusal, fallocate)
{
	const int allocate = FALLOC_FL_KEEP_SIZE, punch = allocate | FALLOC_FL_PUNCH_HOLE;
	const struct {
		const char *name;
		int wanted;
		int mode;
		off_t offset;
		off_t size;
	} row[] = {
		{ "may grow", EOPNOTSUPP, 0, 0, SZ_4K },
		{ "hole without its size kept", EOPNOTSUPP, FALLOC_FL_PUNCH_HOLE, 0, SZ_4K },
		{ "zeroes", EOPNOTSUPP, FALLOC_FL_ZERO_RANGE, 0, SZ_4K },
		{ "zeroes with its size kept", EOPNOTSUPP, FALLOC_FL_ZERO_RANGE | allocate, 0,
		  SZ_4K },
		{ "collapse", EOPNOTSUPP, FALLOC_FL_COLLAPSE_RANGE, 0, SZ_4K },
		{ "insert", EOPNOTSUPP, FALLOC_FL_INSERT_RANGE, 0, SZ_4K },
		{ "unshare", EOPNOTSUPP, FALLOC_FL_UNSHARE_RANGE, 0, SZ_4K },
		{ "unshare with its size kept", EOPNOTSUPP, FALLOC_FL_UNSHARE_RANGE | allocate,
		  0, SZ_4K },
		{ "unknown mode", EOPNOTSUPP, allocate | BIT(10), 0, SZ_4K },
		{ "allocation at an offset within a page", EINVAL, allocate, 1, SZ_4K },
		{ "allocation of half a page", EINVAL, allocate, 0, SZ_2K },
		{ "allocation of the second half of a page", EINVAL, allocate, SZ_2K, SZ_2K },
		{ "allocation of a page and a byte", EINVAL, allocate, 0, SZ_4K + 1 },
		{ "allocation one page beyond the end", EINVAL, allocate, GMEM_SIZE - SZ_4K,
		  SZ_8K },
		{ "allocation behind the end", EINVAL, allocate, GMEM_SIZE, SZ_4K },
		{ "allocation of nothing", EINVAL, allocate, 0, 0 },
		{ "allocation at a negative offset", EINVAL, allocate, -SZ_4K, SZ_8K },
		{ "allocation that wraps", EFBIG, allocate, LLONG_MAX - SZ_4K + 1, SZ_4K },
		{ "hole at an offset within a page", EINVAL, punch, SZ_4K + 1, SZ_4K },
		{ "hole at half a page", EINVAL, punch, SZ_4K + SZ_2K, SZ_4K },
		{ "hole of half a page", EINVAL, punch, SZ_4K, SZ_2K },
		{ "hole of the second half of a page", EINVAL, punch, SZ_2K, SZ_2K },
		{ "hole of all but the first byte of a page", EINVAL, punch, 1, SZ_4K - 1 },
		{ "hole of a page and a byte", EINVAL, punch, SZ_4K, SZ_4K + 1 },
		{ "hole from half a page to half a page", EINVAL, punch, SZ_2K, SZ_4K },
		{ "hole of nothing", EINVAL, punch, SZ_4K, 0 },
		{ "hole of a negative size", EINVAL, punch, SZ_4K, -SZ_4K },
		{ "hole at a negative offset", EINVAL, punch, -SZ_4K, SZ_64K },
		{ "hole that wraps", EFBIG, punch, LLONG_MAX - SZ_4K + 1, SZ_4K },
		{ "hole behind the end", 0, punch, GMEM_SIZE, SZ_4K },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		int r = fallocate(self->vm.gmem_fd, row[i].mode, row[i].offset, row[i].size);

		if (!row_is_right(_metadata, self, row[i].name, MIXED_GPA, row[i].wanted,
				  r ? errno : 0))
			break;
	}
}

/* A bitmap of @size bytes that ends where the mapping ends. */
static void *map_bitmap(struct __test_metadata *_metadata, size_t size)
{
	void *map = mmap(NULL, SZ_8K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + SZ_4K, SZ_4K));
	return map + SZ_4K - size;
}

static void unmap_bitmap(void *bitmap, size_t size)
{
	munmap(bitmap + size - SZ_4K, SZ_4K);
}

/* A log that is not there; KVM looks for it before it looks at anything else. */
static const struct {
	const char *name;
	int wanted;
	u32 slot;
} no_log[] = {
	{ "no such memslot", ENOENT, 5 },
	{ "memslot of guest_memfd", ENOENT, 1 },
	{ "memslot that is not logged", ENOENT, 3 },
	{ "a memslot of KVM's own", EINVAL, SHRT_MAX - 1 },
	{ "last slot of 16 bits", EINVAL, USHRT_MAX },
	{ "address space 1", EINVAL, BIT(16) | 2 },
	{ "address space 2", EINVAL, BIT(17) | 2 },
};

TEST_F(refusal, get_dirty_log)
{
	const size_t size = LOGGED_WORDS * sizeof(u64);
	u64 *bitmap = map_bitmap(_metadata, size);
	struct vm_driver *vmd = self->vm.vmd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(no_log); i++) {
		int r = vm_driver_get_log(vmd, no_log[i].slot, bitmap);

		if (!row_is_right(_metadata, self, no_log[i].name, LOGGED_GPA, no_log[i].wanted, r))
			break;
	}
	row_is_right(_metadata, self, "bitmap up to the end of memory", LOGGED_GPA, 0,
		     vm_driver_get_log(vmd, 2, bitmap));
	row_is_right(_metadata, self, "bitmap beyond the end of memory", LOGGED_GPA, EFAULT,
		     vm_driver_get_log(vmd, 2, bitmap + 1));
	row_is_right(_metadata, self, "no bitmap", LOGGED_GPA, EFAULT,
		     vm_driver_get_log(vmd, 2, NULL));
	unmap_bitmap(bitmap, size);
}

/* All pages the rows name are set in the bitmap, but for those that may be cleared. */
TEST_F(refusal, clear_dirty_log)
{
	static const struct {
		const char *name;
		int wanted;
		u64 first, nr;
		u64 words;	/* as much of the bitmap is there */
		bool set;
	} row[] = {
		{ "first page not a multiple", EINVAL, 1, 64, 3, true },
		{ "first page half a multiple", EINVAL, 32, 64, 3, true },
		{ "not a multiple of pages", EINVAL, 0, 63, 3, true },
		{ "a single page", EINVAL, 64, 1, 3, true },
		{ "one page beyond the memslot", EINVAL, 0, LOGGED_PAGES + 1, 3, true },
		{ "to the end of the last word", EINVAL, 128, 64, 3, true },
		{ "from behind the memslot", EINVAL, 192, 64, 3, true },
		{ "nothing from behind the memslot", EINVAL, 192, 0, 3, true },
		{ "far behind the memslot", EINVAL, BIT_ULL(40), 64, 3, true },
		{ "first page that wraps", EINVAL, -64ull, 64, 3, true },
		{ "first page that wraps into the memslot", EINVAL, -64ull, 128, 3, true },
		{ "as many pages as there can be", EINVAL, 0, UINT_MAX, 3, true },
		{ "no bitmap for the last pages", EFAULT, 0, LOGGED_PAGES, 2, true },
		{ "no bitmap", EFAULT, 64, 64, 0, true },
		{ "nothing of all pages", 0, 0, LOGGED_PAGES, 3, false },
		{ "nothing of the first pages", 0, 0, 64, 1, false },
		{ "nothing of the second pages", 0, 64, 64, 1, false },
		{ "nothing of the last pages", 0, 128, 2, 1, false },
		{ "no page", 0, 0, 0, 0, true },
	};
	struct vm_driver *vmd = self->vm.vmd;
	size_t i, size;
	u64 *bitmap;
	int r;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		size = row[i].words * sizeof(u64);
		bitmap = map_bitmap(_metadata, size);
		memset(bitmap, row[i].set ? 0xff : 0, size);
		r = vm_driver_clear_log(vmd, 2, row[i].first, row[i].nr, bitmap);
		unmap_bitmap(bitmap, size);
		if (!row_is_right(_metadata, self, row[i].name,
				  LOGGED_GPA + row[i].first * SZ_4K, row[i].wanted, r))
			return;
	}

	bitmap = map_bitmap(_metadata, LOGGED_WORDS * sizeof(u64));
	for (i = 0; i < ARRAY_SIZE(no_log); i++) {
		r = vm_driver_clear_log(vmd, no_log[i].slot, 0, 64, bitmap);
		if (!row_is_right(_metadata, self, no_log[i].name, LOGGED_GPA, no_log[i].wanted, r))
			break;
	}
	unmap_bitmap(bitmap, LOGGED_WORDS * sizeof(u64));
}

/* Rings are exclusive to bitmaps: kvm_use_dirty_bitmap(). */
TEST(log_of_memslot_where_rings_log)
{
	struct vm_driver_ring_log log;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());
	log = vm_driver_try_log_of_ring();
	EXPECT_EQ(ENXIO, log.get) {
		TH_LOG("Wanted %s at gpa 0x0 (KVM_GET_DIRTY_LOG with rings), got %s",
		       strerror(ENXIO), strerror(log.get));
	}
	EXPECT_EQ(ENXIO, log.clear) {
		TH_LOG("Wanted %s at gpa 0x0 (KVM_CLEAR_DIRTY_LOG with rings), got %s",
		       strerror(ENXIO), strerror(log.clear));
	}
}

TEST_F(refusal, reset_without_rings)
{
	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	row_is_right(_metadata, self, "KVM_RESET_DIRTY_RINGS without rings", MIXED_GPA, EINVAL,
		     -vm_driver_reset_rings(self->vm.vmd));
}

/* What KVM leaves to do is all of it, but where the first page was served. */
TEST_F(refusal, prefault)
{
	static const struct {
		const char *name;
		int wanted;
		u64 gpa, size, flags;
		u64 left;
	} row[] = {
		{ "flag bit 0", EINVAL, MIXED_GPA, SZ_4K, BIT(0), SZ_4K },
		{ "flag bit 63", EINVAL, MIXED_GPA, SZ_4K, BIT_ULL(63), SZ_4K },
		{ "gpa within a page", EINVAL, MIXED_GPA + 1, SZ_4K, 0, SZ_4K },
		{ "gpa of half a page", EINVAL, MIXED_GPA + SZ_2K, SZ_2K, 0, SZ_2K },
		{ "size of half a page", EINVAL, MIXED_GPA, SZ_2K, 0, SZ_2K },
		{ "size of a page and a byte", EINVAL, MIXED_GPA, SZ_4K + 1, 0, SZ_4K + 1 },
		{ "no size", EINVAL, MIXED_GPA, 0, 0, 0 },
		{ "gpa that wraps", EINVAL, -(u64)SZ_4K, SZ_8K, 0, SZ_8K },
		{ "gpa that wraps to 0", EINVAL, -(u64)SZ_4K, SZ_4K, 0, SZ_4K },
		{ "size that wraps", EINVAL, MIXED_GPA, -(u64)SZ_4K, 0, -(u64)SZ_4K },
		{ "no memslot", ENOENT, FREE_GPA, SZ_4K, 0, SZ_4K },
		{ "no memslot before the first", ENOENT, MIXED_GPA - SZ_4K, SZ_8K, 0, SZ_8K },
		/* Page tables of four levels would have it at the memslot's place. */
		{ "behind all gpas", ENOENT, MIXED_GPA + BIT_ULL(48), SZ_4K, 0, SZ_4K },
		{ "behind a memslot", ENOENT, READ_ONLY_GPA + READ_ONLY_SIZE, SZ_4K, 0, SZ_4K },
		{ "the last page of a memslot and beyond", 0,
		  READ_ONLY_GPA + READ_ONLY_SIZE - SZ_4K, SZ_8K, 0, SZ_4K },
		{ "a page that is mapped", 0, MIXED_GPA, SZ_4K, 0, 0 },
		{ "a private page that is mapped", 0, MIXED_GPA + SZ_4K, SZ_4K, 0, 0 },
	};
	size_t i;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u64 gpa = row[i].gpa, size = row[i].size;
		int r = vm_driver_try_prefault(self->vm.vmd, 0, &gpa, &size, row[i].flags);

		EXPECT_EQ(row[i].left, size) {
			TH_LOG("Wanted 0x%llx bytes left at gpa 0x%llx (%s), got 0x%llx",
			       (unsigned long long)row[i].left, (unsigned long long)row[i].gpa,
			       row[i].name, (unsigned long long)size);
		}
		EXPECT_EQ(row[i].gpa + row[i].size - row[i].left, gpa);
		if (!row_is_right(_metadata, self, row[i].name, row[i].gpa, row[i].wanted, r))
			break;
	}
}

/* set_nx_huge_pages() and param_set_uint(); "never" is for good, so that no VM may live yet. */
TEST_F(refusal, module_parameter)
{
	static const struct {
		const char *name;
		const char *path;
		const char *value;
		int wanted;
	} row[] = {
		{ "nx_huge_pages never", NX_SETTING, "never", EBUSY },
		{ "nx_huge_pages, a line of never", NX_SETTING, "never\n", EBUSY },
		{ "nx_huge_pages, no such word", NX_SETTING, "perhaps", EINVAL },
		{ "nx_huge_pages, no word", NX_SETTING, "\n", EINVAL },
		{ "nx_huge_pages, a number", NX_SETTING, "2", EINVAL },
		{ "recovery ratio, a word", NX_RECOVERY_RATIO_SETTING, "some", EINVAL },
		{ "recovery ratio, negative", NX_RECOVERY_RATIO_SETTING, "-1", EINVAL },
		{ "recovery ratio, too large", NX_RECOVERY_RATIO_SETTING, "4294967296", ERANGE },
		{ "recovery period, a word", NX_RECOVERY_PERIOD_SETTING, "long", EINVAL },
		{ "recovery period, negative", NX_RECOVERY_PERIOD_SETTING, "-1", EINVAL },
		{ "recovery period, too large", NX_RECOVERY_PERIOD_SETTING, "4294967296", ERANGE },
	};
	static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };
	char before[32], after[32];
	size_t i;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		int r;

		ASSERT_EQ(0, setting_read(row[i].path, before, sizeof(before)));
		r = setting_write(row[i].path, row[i].value);
		ASSERT_EQ(0, setting_read(row[i].path, after, sizeof(after)));
		EXPECT_STREQ(before, after) {
			TH_LOG("Wanted %s at gpa 0x%llx (%s, read back), got %s", before,
			       MIXED_GPA, row[i].name, after);
			setting_write(row[i].path, before);
		}
		if (!row_is_right(_metadata, self, row[i].name, MIXED_GPA, row[i].wanted, r))
			break;
	}
}

static void expect_errno(struct __test_metadata *_metadata, int wanted, int got, const char *when)
{
	vm_expect_errno(_metadata, wanted, got, 0, when);
}

static void expect_vm_errno(struct __test_metadata *_metadata, int wanted, int r, const char *when)
{
	expect_errno(_metadata, wanted, r < 0 ? errno : 0, when);
}

/* Rings are for a VM without vCPUs: one that was refused is none. */
TEST(refused_vcpu_counts_for_nothing)
{
	struct kvm_enable_cap limit = { .cap = KVM_CAP_MAX_VCPU_ID, .args = { 4 } };
	struct kvm_enable_cap rings = { .cap = KVM_CAP_DIRTY_LOG_RING, .args = { SZ_64K } };
	int dev, vm, vcpu;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	dev = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	vm = ioctl(dev, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM);
	ASSERT_LE(0, vm);
	expect_vm_errno(_metadata, 0, ioctl(vm, KVM_ENABLE_CAP, &limit), "four vCPUs at most");
	expect_vm_errno(_metadata, EINVAL, ioctl(vm, KVM_CREATE_VCPU, 4), "vCPU 4");
	expect_vm_errno(_metadata, 0, ioctl(vm, KVM_ENABLE_CAP, &rings), "rings, no vCPU");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	expect_vm_errno(_metadata, 0, vcpu, "vCPU 0");
	expect_vm_errno(_metadata, EEXIST, ioctl(vm, KVM_CREATE_VCPU, 0), "vCPU 0 again");
	close(vcpu);
	close(vm);
	close(dev);
}

/* The errno that a child gets, or -1 if there is none to ask. */
static int convert_as_child(int vm)
{
	struct kvm_memory_attributes attributes = {
		.address = MIXED_GPA, .size = SZ_4K, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};
	int status;
	pid_t child = fork();

	if (!child)
		_exit(ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &attributes) ? errno : 0);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ?
	       WEXITSTATUS(status) : -1;
}

/* The memory of a VM is that of the process which has made it. */
TEST(child_may_not_convert)
{
	int dev = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm = ioctl(dev, KVM_CREATE_VM, KVM_X86_SW_PROTECTED_VM), vcpu;

	ASSERT_LE(0, vm);
	expect_errno(_metadata, EIO, convert_as_child(vm), "by a child, no vCPU");
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	ASSERT_LE(0, vcpu);
	expect_errno(_metadata, EIO, convert_as_child(vm), "by a child");
	close(vcpu);
	close(vm);
	close(dev);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
