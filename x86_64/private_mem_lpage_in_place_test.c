// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: where attributes are of guest_memfd (KVM_SET_MEMORY_ATTRIBUTES2, conversion in place), its
 * memory is mapped by 4K leaves, private or shared; a conversion takes the leaves of just its
 * range, in each memslot that it lies in, and leaves data where they are; attributes go with the
 * file, through holes and memslots; the host reaches the shared pages and no others, and what it
 * holds does not become private.  What is refused has changed nothing.
 *
 * A page of a KVM_X86_SW_PROTECTED_VM stays what it is when it is converted, as nothing encrypts or
 * clears it: that both sides find what the other one has stored is claimed of this type of VM only.
 * As its guest has no way to say which kind of memory it expects, none of its accesses leaves with
 * KVM_EXIT_MEMORY_FAULT; which attribute a page has is seen by the host, which gets SIGBUS or not.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/pressure.h"
#include "host/sigbus.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define PAGE		((u64)SZ_4K)

/* Two hugepages. */
#define SIZE		((u64)SZ_4M)
#define PAGES		(SIZE / PAGE)
#define HUGE		(SZ_2M / PAGE)

/* What is in page n: TAG + n, stored by the guest; by the host HOST_TAG + n. */
#define TAG		0x1a97ace000000001ull
#define HOST_TAG	0x4057405700000001ull

static int convert(struct plain_vm *vm, u64 page, u64 nr, bool private)
{
	u64 held;

	return vm_driver_convert_in_place(vm->gmem_fd, page * PAGE, nr * PAGE, private, &held);
}

static int punch_hole(struct plain_vm *vm, u64 page, u64 nr)
{
	return fallocate(vm->gmem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, page * PAGE,
			 nr * PAGE);
}

/* The guest goes through @nr pages from @gpa on, and stores TAG + @first in the first of them. */
static void touch(struct plain_vm *vm, enum access access, u64 gpa, u64 nr, u64 first,
		  struct guest_access *result)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS, .access = access, .gpa = gpa, .npages = nr, .tag = TAG + first,
	};

	vm_driver_guest(vm->vmd, 0, &request, result);
}

/* The place of page @page of the file in the host's mapping of it. */
static u64 *host_address(struct plain_vm *vm, u64 page)
{
	return vm->gmem_map + page * PAGE;
}

/* The host reaches @hva, a mapping of what the guest has at @gpa, if that is not @private. */
static void expect_host_at(struct __test_metadata *_metadata, u64 *hva, bool private, u64 wanted,
			   u64 gpa, const char *when)
{
	u64 got = 0;
	bool reached = sigbus_load(hva, &got);

	EXPECT_EQ(!private, reached) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", private ? "SIGBUS" : "a page",
		       (unsigned long long)gpa, when, reached ? "a page" : "SIGBUS");
	}
	if (reached && !private)
		vm_expect_content(_metadata, wanted, got, gpa, when);
}

static void expect_host(struct __test_metadata *_metadata, struct plain_vm *vm, u64 page,
			bool private, u64 wanted, const char *when)
{
	expect_host_at(_metadata, host_address(vm, page), private, wanted, BASE + page * PAGE,
		       when);
}

/* The guest finds TAG + @first in the page at @gpa, the next tag in the next ... */
static void expect_guest(struct __test_metadata *_metadata, struct plain_vm *vm, u64 gpa, u64 nr,
			 u64 first, struct guest_access *result, const char *when)
{
	u64 page;

	touch(vm, ACCESS_READ, gpa, nr, 0, result);
	for (page = 0; page < nr; page++) {
		vm_expect_end(_metadata, ACCESS_DONE, result[page].end, gpa + page * PAGE, when);
		vm_expect_content(_metadata, TAG + first + page, result[page].value,
				  gpa + page * PAGE, when);
	}
}

static void expect_result(struct __test_metadata *_metadata, int wanted, int got, u64 gpa,
			  const char *when)
{
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", strerror(wanted),
		       (unsigned long long)gpa, when, strerror(got));
	}
}

/* Pages @page on become @private, which nothing hinders. */
static void become(struct __test_metadata *_metadata, struct plain_vm *vm, u64 page, u64 nr,
		   bool private, const char *when)
{
	expect_result(_metadata, 0, convert(vm, page, nr, private), BASE + page * PAGE, when);
}

static void tear_down(struct __test_metadata *_metadata, struct plain_vm *vm)
{
	plain_vm_free(vm);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* The file is one memslot, whose pages the guest has all stored to. */
FIXTURE(in_place)
{
	struct plain_vm vm;
	struct guest_access result[PAGES];
};

FIXTURE_VARIANT(in_place)
{
	bool private;		/* what all pages are at first */
};

FIXTURE_VARIANT_ADD(in_place, shared_at_first) { .private = false };
FIXTURE_VARIANT_ADD(in_place, private_at_first) { .private = true };

FIXTURE_SETUP(in_place)
{
	if (vm_driver_missing_in_place())
		SKIP(return, "%s", vm_driver_missing_in_place());
	plain_vm_create_in_place(&self->vm, SIZE, !variant->private);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, SIZE));
	touch(&self->vm, ACCESS_WRITE, BASE, PAGES, 0, self->result);
}

FIXTURE_TEARDOWN(in_place)
{
	tear_down(_metadata, &self->vm);
}

static void expect_leaves(struct __test_metadata *_metadata, struct plain_vm *vm, u64 wanted,
			  const char *when)
{
	vm_expect_leaves_of(_metadata, vm->vmd, LEVEL_4K, wanted, BASE, when);
}

/* Ranges of pages, by where they lie in the two hugepages. */
static const struct range {
	const char *name;
	u64 first;
	u64 nr;
} range[] = {
	{ "first page", 0, 1 },
	{ "a page in the middle", HUGE / 2, 1 },
	{ "last page of a hugepage", HUGE - 1, 1 },
	{ "first page of the next hugepage", HUGE, 1 },
	{ "last page", PAGES - 1, 1 },
	{ "two pages, one of each hugepage", HUGE - 1, 2 },
	{ "ends of both hugepages", HUGE - 3, 8 },
	{ "a whole hugepage", HUGE, HUGE },
	{ "all but the first and the last page", 1, PAGES - 2 },
	{ "all pages", 0, PAGES },
};

/*
 * What is not in the range is mapped still: no access adds a leaf.  Then all pages are there, and
 * as they were.
 */
static void expect_converted(struct __test_metadata *_metadata, FIXTURE_DATA(in_place) * self,
			     const struct range *range, bool private)
{
	const u64 end = range->first + range->nr;
	struct plain_vm *vm = &self->vm;

	expect_leaves(_metadata, vm, PAGES - range->nr, range->name);
	expect_guest(_metadata, vm, BASE, range->first, 0, self->result, range->name);
	expect_guest(_metadata, vm, BASE + end * PAGE, PAGES - end, end, self->result, range->name);
	expect_leaves(_metadata, vm, PAGES - range->nr, range->name);
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, range->name);
	expect_leaves(_metadata, vm, PAGES, range->name);
	expect_host(_metadata, vm, range->first, private, TAG + range->first, range->name);
	expect_host(_metadata, vm, end - 1, private, TAG + end - 1, range->name);
}

/* The pages on both sides of the range, if there are any. */
static void expect_beside(struct __test_metadata *_metadata, struct plain_vm *vm,
			  const struct range *range, bool private)
{
	const u64 before = range->first - 1, behind = range->first + range->nr;

	if (range->first)
		expect_host(_metadata, vm, before, private, TAG + before, range->name);
	if (behind < PAGES)
		expect_host(_metadata, vm, behind, private, TAG + behind, range->name);
}

TEST_F(in_place, all_leaves_are_4K)
{
	expect_leaves(_metadata, &self->vm, PAGES, "all as at first");
	expect_host(_metadata, &self->vm, 0, variant->private, TAG, "all as at first");
	become(_metadata, &self->vm, 0, PAGES, !variant->private, "all converted");
	expect_guest(_metadata, &self->vm, BASE, PAGES, 0, self->result, "all converted");
	expect_leaves(_metadata, &self->vm, PAGES, "all converted");
	expect_host(_metadata, &self->vm, 0, !variant->private, TAG, "all converted");
}

/* A range of pages that are all @private becomes the opposite, and so again. */
static void there_and_back(struct __test_metadata *_metadata, FIXTURE_DATA(in_place) * self,
			   const struct range *range, bool private)
{
	become(_metadata, &self->vm, range->first, range->nr, !private, range->name);
	expect_converted(_metadata, self, range, !private);
	expect_beside(_metadata, &self->vm, range, private);
	become(_metadata, &self->vm, range->first, range->nr, private, range->name);
	expect_converted(_metadata, self, range, private);
	expect_beside(_metadata, &self->vm, range, private);
}

TEST_F(in_place, conversion_takes_just_its_leaves)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(range) && __test_passed(_metadata); i++)
		there_and_back(_metadata, self, &range[i], variant->private);
}

/*
 * As who runs VMs does it: the memslot's address is that of the host's mapping, so that KVM is told
 * as well of what the host has mapped no more.
 */
TEST_F(in_place, memslot_at_the_mapping)
{
	const struct range ends = { "memslot at the mapping", HUGE - 3, 8 };
	struct plain_vm *vm = &self->vm;

	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 1, BASE, 0, NULL, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 1, BASE, SIZE, vm->gmem_map, vm->gmem_fd,
					   false));
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, ends.name);
	there_and_back(_metadata, self, &ends, variant->private);
	there_and_back(_metadata, self, &ends, variant->private);
}

/* Every third page is converted, the first and the last among them, then all of them. */
TEST_F(in_place, conversion_of_mixed_pages)
{
	const struct range all = { "all of a mixed range", 0, PAGES };
	u64 page;

	for (page = 0; page < PAGES; page += 3)
		become(_metadata, &self->vm, page, 1, !variant->private, "every third page");
	expect_guest(_metadata, &self->vm, BASE, PAGES, 0, self->result, "every third page");
	for (page = 0; page < PAGES; page++)
		expect_host(_metadata, &self->vm, page, (page % 3 == 0) != variant->private,
			    TAG + page, "every third page");
	expect_leaves(_metadata, &self->vm, PAGES, "every third page");

	become(_metadata, &self->vm, 0, PAGES, !variant->private, all.name);
	expect_converted(_metadata, self, &all, !variant->private);
	for (page = 0; page < PAGES; page++)
		expect_host(_metadata, &self->vm, page, !variant->private, TAG + page, all.name);
}

TEST_F(in_place, prefault_maps_4K)
{
	u64 stopped;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	become(_metadata, &self->vm, 0, PAGES, !variant->private, "all converted");
	become(_metadata, &self->vm, 1, HUGE, variant->private, "some converted back");
	expect_leaves(_metadata, &self->vm, 0, "all converted");
	ASSERT_EQ(0, vm_driver_prefault(self->vm.vmd, BASE, SIZE, &stopped));
	expect_leaves(_metadata, &self->vm, PAGES, "mixed and pre-faulted");
	expect_guest(_metadata, &self->vm, BASE, PAGES, 0, self->result, "mixed and pre-faulted");
	expect_leaves(_metadata, &self->vm, PAGES, "mixed and pre-faulted");
}

/* The guest asks, and the host does what the exit says. */
TEST_F(in_place, guest_asks)
{
	struct guest_hypercall call = {
		.nr = KVM_HC_MAP_GPA_RANGE,
		.arg = { BASE + HUGE * PAGE, 2, variant->private ? KVM_MAP_GPA_RANGE_DECRYPTED :
								   KVM_MAP_GPA_RANGE_ENCRYPTED },
		.answers = true,
	};
	const struct range asked = { "asked for by the guest", HUGE, 2 };

	vm_driver_hypercall(self->vm.vmd, 0, &call);
	ASSERT_EQ(1, call.nr_exits);
	ASSERT_EQ(KVM_HC_MAP_GPA_RANGE, call.exit_nr);
	become(_metadata, &self->vm, (call.exit_arg[0] - BASE) / PAGE, call.exit_arg[1],
	       call.exit_arg[2] & KVM_MAP_GPA_RANGE_ENCRYPTED, asked.name);
	expect_converted(_metadata, self, &asked, !variant->private);
}

/* What the one stores the other one finds, in the same page, which is private in between. */
TEST_F(in_place, data_go_both_ways)
{
	const u64 page = HUGE - 1, gpa = BASE + page * PAGE;
	struct plain_vm *vm = &self->vm;
	struct guest_access got;
	int i;

	for (i = 0; i < 3; i++) {
		become(_metadata, vm, page, 1, false, "made shared");
		expect_host(_metadata, vm, page, false, TAG + page + i, "made shared");
		EXPECT_TRUE(sigbus_store(host_address(vm, page), HOST_TAG + i));
		become(_metadata, vm, page, 1, true, "made private");
		got = vm_driver_touch(vm->vmd, 0, ACCESS_READ, gpa, 0);
		vm_expect_content(_metadata, HOST_TAG + i, got.value, gpa, "made private");
		expect_host(_metadata, vm, page, true, 0, "made private");
		EXPECT_FALSE(sigbus_store(host_address(vm, page), 0));
		vm_driver_touch(vm->vmd, 0, ACCESS_WRITE, gpa, TAG + page + i + 1);
	}
	got = vm_driver_touch(vm->vmd, 0, ACCESS_READ, gpa, 0);
	vm_expect_content(_metadata, TAG + page + i, got.value, gpa, "stored by the guest");
}

/* A page that nobody has touched since is private or shared as well, and empty. */
TEST_F(in_place, attributes_survive_a_hole)
{
	struct plain_vm *vm = &self->vm;
	const bool converted = !variant->private;
	u64 page;

	become(_metadata, vm, HUGE - 2, 4, converted, "before the hole");
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, "before the hole");
	ASSERT_EQ(0, punch_hole(vm, HUGE - 4, 8));
	expect_leaves(_metadata, vm, PAGES - 8, "hole");
	for (page = HUGE - 4; page < HUGE + 4; page++)
		expect_host(_metadata, vm, page,
			    (page >= HUGE - 2 && page < HUGE + 2) == converted, 0, "hole");
	touch(vm, ACCESS_READ, BASE + (HUGE - 4) * PAGE, 8, 0, self->result);
	for (page = 0; page < 8; page++)
		vm_expect_content(_metadata, 0, self->result[page].value,
				  BASE + (HUGE - 4 + page) * PAGE, "hole");
	expect_leaves(_metadata, vm, PAGES, "hole");
	for (page = HUGE - 4; page < HUGE + 4; page++)
		expect_host(_metadata, vm, page,
			    (page >= HUGE - 2 && page < HUGE + 2) == converted, 0, "hole, touched");
}

/* They are the file's, wherever its memslot lies, and what lies there then has its own. */
TEST_F(in_place, attributes_survive_the_memslot)
{
	const u64 elsewhere = BASE + SZ_1G;
	struct vm_driver *vmd = self->vm.vmd;
	const bool converted = !variant->private;
	struct plain_vm other = { .vmd = vmd };

	become(_metadata, &self->vm, HUGE, 3, converted, "with its memslot");
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE, 0, NULL, -1, false));
	expect_leaves(_metadata, &self->vm, 0, "no memslot");
	expect_host(_metadata, &self->vm, HUGE, converted, TAG + HUGE, "no memslot");
	expect_host(_metadata, &self->vm, 0, !converted, TAG, "no memslot");

	/* Another one converts what is not bound. */
	become(_metadata, &self->vm, 0, 1, converted, "no memslot");
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, elsewhere, SIZE));
	expect_guest(_metadata, &self->vm, elsewhere, PAGES, 0, self->result, "elsewhere");
	expect_leaves(_metadata, &self->vm, PAGES, "elsewhere");
	expect_host(_metadata, &self->vm, 0, converted, TAG, "elsewhere");
	expect_host(_metadata, &self->vm, HUGE, converted, TAG + HUGE, "elsewhere");
	expect_host(_metadata, &self->vm, HUGE + 3, !converted, TAG + HUGE + 3, "elsewhere");

	other.gmem_fd = vm_driver_create_gmem_in_place(vmd, SIZE, true);
	other.gmem_map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, other.gmem_fd, 0);
	ASSERT_NE(MAP_FAILED, other.gmem_map);
	ASSERT_EQ(0, vm_driver_bind_memslot(vmd, 2, BASE, SIZE, other.gmem_map, other.gmem_fd, 0));
	expect_host(_metadata, &other, HUGE, false, 0, "another file");
	become(_metadata, &other, 0, PAGES, true, "another file is converted");
	expect_leaves(_metadata, &self->vm, PAGES, "another file is converted");
	expect_host(_metadata, &self->vm, HUGE, converted, TAG + HUGE, "another file is converted");
	expect_host(_metadata, &self->vm, 1, !converted, TAG + 1, "another file is converted");
	munmap(other.gmem_map, SIZE);
	close(other.gmem_fd);
}

/* By whatever mapping: all are taken from the host, and come back when it touches them. */
TEST_F(in_place, every_mapping_of_the_host_goes)
{
	struct plain_vm *vm = &self->vm;
	u64 *second, *third;

	second = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vm->gmem_fd, HUGE * PAGE);
	ASSERT_NE(MAP_FAILED, second);
	third = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, vm->gmem_fd, (HUGE - 1) * PAGE);
	ASSERT_NE(MAP_FAILED, third);
	become(_metadata, vm, 0, PAGES, false, "shared");
	expect_host(_metadata, vm, HUGE, false, TAG + HUGE, "shared");
	expect_host_at(_metadata, second, false, TAG + HUGE, BASE + HUGE * PAGE, "second mapping");
	expect_host_at(_metadata, third + PAGE / sizeof(u64), false, TAG + HUGE,
		       BASE + HUGE * PAGE, "third mapping");
	become(_metadata, vm, HUGE, 1, true, "private");
	expect_host(_metadata, vm, HUGE, true, 0, "private");
	expect_host_at(_metadata, second, true, 0, BASE + HUGE * PAGE, "second mapping");
	expect_host_at(_metadata, third + PAGE / sizeof(u64), true, 0, BASE + HUGE * PAGE,
		       "third mapping");
	expect_host_at(_metadata, third, false, TAG + HUGE - 1, BASE + (HUGE - 1) * PAGE,
		       "third mapping");
	become(_metadata, vm, HUGE, 1, false, "shared again");
	expect_host_at(_metadata, second, false, TAG + HUGE, BASE + HUGE * PAGE, "shared again");
	munmap(second, PAGE);
	munmap(third, 2 * PAGE);
}

/* A pipe holds page @page of the file until it is empty. */
static void hold(struct __test_metadata *_metadata, struct plain_vm *vm, u64 page, int pipe_fd)
{
	struct iovec from = { host_address(vm, page), PAGE };

	ASSERT_EQ(PAGE, vmsplice(pipe_fd, &from, 1, 0));
}

static void let_go(struct __test_metadata *_metadata, int pipe_fd)
{
	char bytes[SZ_4K];

	ASSERT_EQ(sizeof(bytes), read(pipe_fd, bytes, sizeof(bytes)));
}

/* Nothing of pages @page on can become private because of page @held, and nothing changes. */
static void expect_held(struct __test_metadata *_metadata, FIXTURE_DATA(in_place) * self, u64 page,
			u64 nr, u64 held, const char *when)
{
	struct plain_vm *vm = &self->vm;
	u64 offset = 0, i;
	int r;

	r = vm_driver_convert_in_place(vm->gmem_fd, page * PAGE, nr * PAGE, true, &offset);
	expect_result(_metadata, EAGAIN, r, BASE + page * PAGE, when);
	EXPECT_EQ(held * PAGE, offset) {
		TH_LOG("Wanted error_offset 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)(held * PAGE), (unsigned long long)(BASE + page * PAGE),
		       when, (unsigned long long)offset);
	}
	expect_leaves(_metadata, vm, PAGES, when);
	for (i = page; i < page + nr; i++)
		expect_host(_metadata, vm, i, false, TAG + i, when);
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, when);
}

TEST_F(in_place, held_page_stays_shared)
{
	struct plain_vm *vm = &self->vm;
	int first[2], second[2];

	ASSERT_EQ(0, pipe(first));
	ASSERT_EQ(0, pipe(second));
	become(_metadata, vm, 0, PAGES, false, "all shared");
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, "all shared");
	hold(_metadata, vm, HUGE - 2, first[1]);
	hold(_metadata, vm, HUGE + 1, second[1]);
	expect_held(_metadata, self, HUGE - 2, 1, HUGE - 2, "just a held page");
	expect_held(_metadata, self, HUGE - 4, 8, HUGE - 2, "two held pages");
	expect_held(_metadata, self, HUGE - 4, 3, HUGE - 2, "held page at the end");
	expect_held(_metadata, self, HUGE + 1, 3, HUGE + 1, "held page at the beginning");
	expect_held(_metadata, self, 0, PAGES, HUGE - 2, "all pages");

	/* What is held hinders nothing else. */
	become(_metadata, vm, HUGE - 4, 8, false, "shared as it is");
	become(_metadata, vm, HUGE - 1, 2, true, "between held pages");
	become(_metadata, vm, HUGE - 1, 2, false, "between held pages");
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, "between held pages");

	let_go(_metadata, first[0]);
	expect_held(_metadata, self, HUGE - 4, 8, HUGE + 1, "second page is held still");
	let_go(_metadata, second[0]);
	become(_metadata, vm, HUGE - 4, 8, true, "held no more");
	expect_leaves(_metadata, vm, PAGES - 8, "held no more");
	expect_host(_metadata, vm, HUGE - 2, true, 0, "held no more");
	expect_guest(_metadata, vm, BASE, PAGES, 0, self->result, "held no more");
}

/* All allocations fail from the first, the second ... on: nothing changes until none does. */
TEST_F(in_place, no_memory_changes_nothing)
{
	struct pressure pressure = { .first = 1 };
	const struct range converted = { "memory again", 1, PAGES - 2 };
	struct plain_vm *vm = &self->vm;
	int r = ENOMEM;

	if (pressure_missing_slab())
		SKIP(return, "%s", pressure_missing_slab());

	for (; pressure.first < PAGES && __test_passed(_metadata); pressure.first++) {
		pressure_ask(&pressure);
		r = convert(vm, 1, PAGES - 2, !variant->private);
		pressure_release();
		if (!r)
			break;
		expect_result(_metadata, ENOMEM, r, BASE, "no memory");
		expect_leaves(_metadata, vm, PAGES, "no memory");
		expect_host(_metadata, vm, 1, variant->private, TAG + 1, "no memory");
		expect_host(_metadata, vm, PAGES - 2, variant->private, TAG + PAGES - 2,
			    "no memory");
	}
	expect_result(_metadata, 0, r, BASE, "memory again");
	/* It needs memory. */
	EXPECT_LT(1, pressure.first);
	expect_converted(_metadata, self, &converted, !variant->private);
}

/*
 * Two memslots of one file, the second of which lies first in it, and a part that is not bound; a
 * conversion goes by the file.
 */
#define PART_PAGES	16ull
#define PART		(PART_PAGES * PAGE)
#define FIRST_GPA	BASE
#define SECOND_GPA	(BASE + SZ_4M + PAGE)

FIXTURE(two_memslots)
{
	struct plain_vm vm;
	struct guest_access result[2 * PART_PAGES];
};

FIXTURE_SETUP(two_memslots)
{
	struct plain_vm *vm = &self->vm;

	if (vm_driver_missing_in_place())
		SKIP(return, "%s", vm_driver_missing_in_place());
	plain_vm_create_in_place(vm, 3 * PART, true);
	ASSERT_EQ(0, vm_driver_bind_memslot(vm->vmd, 1, FIRST_GPA, PART, vm->view.base + PART,
					    vm->gmem_fd, PART));
	ASSERT_EQ(0, vm_driver_bind_memslot(vm->vmd, 2, SECOND_GPA, PART, vm->view.base,
					    vm->gmem_fd, 0));
	touch(vm, ACCESS_WRITE, FIRST_GPA, PART_PAGES, PART_PAGES, self->result);
	touch(vm, ACCESS_WRITE, SECOND_GPA, PART_PAGES, 0, self->result);
}

FIXTURE_TEARDOWN(two_memslots)
{
	tear_down(_metadata, &self->vm);
}

/* Of page @page of the file.  What is not bound counts as behind the first memslot. */
static u64 part_gpa(u64 page)
{
	return page < PART_PAGES ? SECOND_GPA + page * PAGE :
				   FIRST_GPA + (page - PART_PAGES) * PAGE;
}

/* How many of pages [@first, @first + @nr) lie in the file's part @part. */
static u64 pages_in_part(u64 first, u64 nr, u64 part)
{
	u64 page, found = 0;

	for (page = first; page < first + nr; page++)
		found += page / PART_PAGES == part;
	return found;
}

/* First the one memslot's pages are touched again, then those of the other. */
static void expect_both(struct __test_metadata *_metadata, FIXTURE_DATA(two_memslots) * self,
			u64 first, u64 nr, const char *when)
{
	u64 gone_first = pages_in_part(first, nr, 1), gone_second = pages_in_part(first, nr, 0);
	struct plain_vm *vm = &self->vm;

	expect_leaves(_metadata, vm, 2 * PART_PAGES - gone_first - gone_second, when);
	expect_guest(_metadata, vm, FIRST_GPA, PART_PAGES, PART_PAGES, self->result, when);
	expect_leaves(_metadata, vm, 2 * PART_PAGES - gone_second, when);
	expect_guest(_metadata, vm, SECOND_GPA, PART_PAGES, 0, self->result, when);
	expect_leaves(_metadata, vm, 2 * PART_PAGES, when);
}

static void convert_part(struct __test_metadata *_metadata, FIXTURE_DATA(two_memslots) * self,
			 const struct range *range, bool private)
{
	expect_result(_metadata, 0, convert(&self->vm, range->first, range->nr, private),
		      part_gpa(range->first), range->name);
	expect_both(_metadata, self, range->first, range->nr, range->name);
}

/* Just the range is private. */
static void expect_private_part(struct __test_metadata *_metadata, struct plain_vm *vm,
				const struct range *range)
{
	u64 page;

	for (page = 0; page < 2 * PART_PAGES; page++)
		expect_host_at(_metadata, host_address(vm, page),
			       page >= range->first && page < range->first + range->nr, TAG + page,
			       part_gpa(page), range->name);
}

TEST_F(two_memslots, conversion_takes_leaves_of_both)
{
	static const struct range row[] = {
		{ "last page of the second", PART_PAGES - 1, 1 },
		{ "first page of the first", PART_PAGES, 1 },
		{ "from the second into the first", PART_PAGES - 2, 5 },
		{ "all of both", 0, 2 * PART_PAGES },
		{ "from the first into what is not bound", 2 * PART_PAGES - 3, 7 },
		{ "what is not bound", 2 * PART_PAGES, PART_PAGES },
		{ "the whole file", 0, 3 * PART_PAGES },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row) && __test_passed(_metadata); i++) {
		convert_part(_metadata, self, &row[i], true);
		expect_private_part(_metadata, &self->vm, &row[i]);
		convert_part(_metadata, self, &row[i], false);
	}
}

TEST_F(two_memslots, hole_takes_leaves_of_both)
{
	const struct range one_of_each = { "one page of each", PART_PAGES - 1, 2 };
	const u64 first = PART_PAGES - 2, nr = 5;

	convert_part(_metadata, self, &one_of_each, true);
	ASSERT_EQ(0, punch_hole(&self->vm, first, nr));
	expect_leaves(_metadata, &self->vm, 2 * PART_PAGES - nr, "hole, mixed");
}

/* Mixed pages, all mapped, of which nothing may change. */
#define IS_PRIVATE(page) ((page) % 3 == 1)

FIXTURE(refused)
{
	struct plain_vm vm;
	struct guest_access result[PART_PAGES];
};

FIXTURE_SETUP(refused)
{
	u64 page;

	if (vm_driver_missing_in_place())
		SKIP(return, "%s", vm_driver_missing_in_place());
	plain_vm_create_in_place(&self->vm, PART, true);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE, PART));
	for (page = 0; page < PART_PAGES; page++)
		become(_metadata, &self->vm, page, 1, IS_PRIVATE(page), "every third page");
	touch(&self->vm, ACCESS_WRITE, BASE, PART_PAGES, 0, self->result);
}

FIXTURE_TEARDOWN(refused)
{
	tear_down(_metadata, &self->vm);
}

static void expect_refused(struct __test_metadata *_metadata, FIXTURE_DATA(refused) * self,
			   int wanted, int got, const char *when)
{
	u64 page;

	expect_result(_metadata, wanted, got, BASE, when);
	expect_leaves(_metadata, &self->vm, PART_PAGES, when);
	for (page = 0; page < PART_PAGES; page++)
		expect_host(_metadata, &self->vm, page, IS_PRIVATE(page), TAG + page, when);
	expect_guest(_metadata, &self->vm, BASE, PART_PAGES, 0, self->result, when);
}

#define PRIVATE	KVM_MEMORY_ATTRIBUTE_PRIVATE

TEST_F(refused, arguments)
{
	static const struct {
		const char *name;
		u64 offset, size, attributes, flags;
	} row[] = {
		{ "no size", 0, 0, PRIVATE },
		{ "no size, shared", PAGE, 0, 0 },
		{ "offset within a page", 1, PAGE, PRIVATE },
		{ "offset of half a page", PAGE / 2, PAGE, PRIVATE },
		{ "size of a byte", 0, 1, PRIVATE },
		{ "size of half a page", 0, PAGE / 2, PRIVATE },
		{ "size of a page and a byte", 0, PAGE + 1, PRIVATE },
		{ "from half a page to half a page", PAGE / 2, PAGE / 2, PRIVATE },
		{ "one page beyond the end", PART - PAGE, 2 * PAGE, PRIVATE },
		{ "one page beyond the end, shared", PART - PAGE, 2 * PAGE, 0 },
		{ "all and one page beyond the end", 0, PART + PAGE, PRIVATE },
		{ "behind the end", PART, PAGE, PRIVATE },
		{ "far behind the end", BIT_ULL(40), PAGE, PRIVATE },
		{ "negative offset", -PAGE, PAGE, PRIVATE },
		{ "offset that wraps into the file", -PAGE, 2 * PAGE, PRIVATE },
		{ "size that wraps", PAGE, -PAGE, PRIVATE },
		{ "size that is negative", 0, BIT_ULL(63), PRIVATE },
		{ "flag bit 0", 0, PAGE, PRIVATE, BIT(0) },
		{ "flag bit 63", 0, PAGE, PRIVATE, BIT_ULL(63) },
		{ "flag bit 63, shared", PAGE, PAGE, 0, BIT_ULL(63) },
		{ "attribute bit 0", 0, PAGE, PRIVATE | BIT(0) },
		{ "attribute bit 1 alone", 0, PAGE, BIT(1) },
		{ "attribute bit 2", 0, PAGE, PRIVATE | BIT(2) },
		{ "attribute bit 4", 0, PAGE, PRIVATE | BIT(4) },
		{ "attribute bit 63", 0, PAGE, PRIVATE | BIT_ULL(63) },
		{ "all attributes", 0, PAGE, ~0ull },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row) && __test_passed(_metadata); i++) {
		struct gmem_attributes attributes = {
			.offset = row[i].offset,
			.size = row[i].size,
			.attributes = row[i].attributes,
			.flags = row[i].flags,
		};
		int r = vm_driver_try_gmem_attributes(self->vm.gmem_fd, &attributes);

		expect_refused(_metadata, self, EINVAL, r, row[i].name);
	}
}

TEST_F(refused, reserved_words)
{
	struct gmem_attributes attributes = { .size = PAGE, .attributes = PRIVATE };
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attributes.reserved) && __test_passed(_metadata); i++) {
		snprintf(name, sizeof(name), "reserved word %zu", i);
		attributes.reserved[i] = i & 1 ? BIT_ULL(63) : 1;
		expect_refused(_metadata, self, EINVAL,
			       vm_driver_try_gmem_attributes(self->vm.gmem_fd, &attributes), name);
		attributes.reserved[i] = 0;
	}
}

/* What is asked for ends where the mapping does, or is not there. */
TEST_F(refused, memory)
{
	struct gmem_attributes attributes = { .size = PAGE, .attributes = PRIVATE };
	void *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);
	const size_t size = sizeof(attributes);
	const int fd = self->vm.gmem_fd;

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + PAGE, PAGE));
	memcpy(map + PAGE - size / 2, &attributes, size / 2);
	expect_refused(_metadata, self, EFAULT, vm_driver_try_gmem_attributes(fd, NULL), "NULL");
	expect_refused(_metadata, self, EFAULT,
		       vm_driver_try_gmem_attributes(fd, map + PAGE - size / 2), "half of it");
	munmap(map, PAGE);
}

/* The VM has no attributes then, and its ioctl is none. */
TEST_F(refused, of_the_vm)
{
	struct vm_driver *vmd = self->vm.vmd;

	EXPECT_EQ(0, vm_driver_supported_attributes());
	expect_refused(_metadata, self, ENOTTY, vm_driver_convert(vmd, BASE, PAGE, true),
		       "KVM_SET_MEMORY_ATTRIBUTES, private");
	expect_refused(_metadata, self, ENOTTY, vm_driver_convert(vmd, BASE + PAGE, PAGE, false),
		       "KVM_SET_MEMORY_ATTRIBUTES, shared");
	expect_refused(_metadata, self, ENOTTY, vm_driver_convert(vmd, BASE, 1, true),
		       "KVM_SET_MEMORY_ATTRIBUTES, within a page");
}

/* A VM of another type has nothing private: its files take no such attribute. */
TEST_F(refused, without_private_memory)
{
	struct gmem_attributes attributes = { .size = PAGE, .attributes = PRIVATE };
	int fd = vm_driver_create_gmem_of_host(PART);
	u64 *map;

	ASSERT_LE(0, fd);
	map = mmap(NULL, PART, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	expect_refused(_metadata, self, EINVAL, vm_driver_try_gmem_attributes(fd, &attributes),
		       "file of another VM");
	expect_host_at(_metadata, map, false, 0, BASE, "file of another VM");
	munmap(map, PART);
	close(fd);
}

int main(int argc, char **argv)
{
	suite_start_in_place();
	pressure_prepare_slab();
	return suite_harness_run(argc, argv);
}
