// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a guest of the guest (L2) finds the guest's (L1's) memory as it is, shared or private, by
 * leaves that are as large as attributes, the host's memory and L1's page tables allow; what is
 * done to that memory reaches the leaves of both, and what either writes is logged.  A hugepage
 * that has L1's page tables is mapped small as long as they are used, mixed or not.
 *
 *	memslot 1	[ hugepage under test ][ another one, with page tables of 4K ]
 *	memslot 2	[ L1's other page tables for L2 ]
 *	host		[ memory of both ][ a spare hugepage ]
 *	vCPU 0		L2, by a second root of KVM's, or by shadow paging where L1 has such tables
 *	vCPU 1		L1
 *
 * Whether a page is private KVM tells by L2's gpa (kvm_mmu_page_fault()), so that it is L1's here,
 * but for shared memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/falloc.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/idle_page.h"
#include "host/one_cpu.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nested_tables.h"
#include "kvm/nx_mitigation.h"
#include "kvm/vm_driver.h"
#include "scenario/scenario.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)
#define SLOT_SIZE	((u64)SZ_4M)
#define NR_PAGES	(SLOT_SIZE / SZ_4K)
#define TAG		0x2e57ed0000000001ull

#define RING_BYTES	SZ_64K	/* a CPU with PML keeps back some hundred entries */

/* The vCPUs. */
enum { L2, L1, NR_VCPUS };

/* Pages, the first ones of the first hugepage, none of which KVM maps with another one. */
#define OF_L1		0
#define OF_L2		64
#define OF_BOTH		128
#define CONVERTED	256
#define BESIDE		384
#define OTHER		512
#define PAGE_TABLE	(OTHER + 448)	/* L1's, where it maps 4K for L2 */
#define TABLES		NR_PAGES
#define SPARE		(TABLES + 512)

/* More page tables than KVM takes at a time to see what has changed (KVM_PAGE_ARRAY_NR). */
#define NR_MANY		40

struct nested_vm {
	struct vm_driver *vmd;
	struct backing_view view;
	struct backing_view small_view;
	struct nested_tables tables;
	int gmem_fd;
};

static u64 gpa_of(u64 page)
{
	return BASE + page * SZ_4K;
}

static u64 *host_page(const struct nested_vm *vm, u64 page)
{
	return vm->view.base + page * SZ_4K;
}

static int set_memslot(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 1, BASE, SLOT_SIZE, vm->view.base, vm->gmem_fd,
				     false);
}

static int delete_memslot(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 1, BASE, 0, NULL, -1, false);
}

/* Only a memslot without a guest_memfd can be logged (check_memory_region_flags()). */
static int set_shared_memslot(const struct nested_vm *vm, bool logged)
{
	return vm_driver_set_memslot(vm->vmd, 1, BASE, SLOT_SIZE, vm->view.base, -1, logged);
}

static int set_memslot_of_tables(const struct nested_vm *vm, bool there)
{
	return vm_driver_set_memslot(vm->vmd, 2, vm->tables.gpa, there ? SZ_2M : 0,
				     vm->tables.memory, -1, false);
}

static int log_tables(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 2, vm->tables.gpa, SZ_2M, vm->tables.memory, -1,
				     true);
}

static int convert(const struct nested_vm *vm, u64 page, bool private)
{
	return vm_driver_convert(vm->vmd, gpa_of(page), SZ_4K, private);
}

static void enter_nested(const struct nested_vm *vm, bool with_tables)
{
	vm_driver_enter_nested(vm->vmd, with_tables ? &vm->tables : NULL);
}

static void add_memslots(struct __test_metadata *_metadata, struct nested_vm *vm)
{
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, SLOT_SIZE);
	ASSERT_EQ(0, set_memslot(vm));
	ASSERT_EQ(0, set_memslot_of_tables(vm, true));
}

/* The memory of L1's page tables is a hugepage of the host's, too, unless @small_tables. */
static void set_up(struct __test_metadata *_metadata, struct nested_vm *vm, bool small_tables)
{
	kernel_log_start();
	vm->vmd = vm_driver_create(NR_VCPUS);
	backing_map(&vm->view, BACKING_HUGETLB_2MB, 0, SLOT_SIZE + 2 * SZ_2M);
	backing_map(&vm->small_view, BACKING_ANONYMOUS, 0, SZ_2M);
	vm->tables = (struct nested_tables) {
		.memory = small_tables ? vm->small_view.base : host_page(vm, TABLES),
		.gpa = gpa_of(TABLES), .base = BASE,
	};
	nested_tables_write(&vm->tables);
	add_memslots(_metadata, vm);
}

static void tear_down(struct __test_metadata *_metadata, struct nested_vm *vm)
{
	vm_driver_free(vm->vmd);
	close(vm->gmem_fd);
	backing_unmap(&vm->view);
	backing_unmap(&vm->small_view);
	setting_restore();
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* What this program changes: whether logs split hugepages at once; what drops all page tables. */
static const struct step no_split = { .op = STEP_EAGER_SPLIT };
static const struct step change_nx = { .op = STEP_NX_HUGEPAGES };

static const char *name_of(unsigned int vcpu)
{
	return vcpu == L2 ? "L2" : "L1";
}

static void write_page(struct __test_metadata *_metadata, const struct nested_vm *vm,
		       unsigned int vcpu, u64 page, u64 tag)
{
	struct guest_access got;

	got = vm_driver_touch(vm->vmd, vcpu, ACCESS_WRITE, gpa_of(page), tag);
	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa_of(page), name_of(vcpu));
}

static void expect_read(struct __test_metadata *_metadata, const struct nested_vm *vm,
			unsigned int vcpu, u64 page, enum access_end end, u64 content,
			const char *when)
{
	struct guest_access got;
	char text[64];

	snprintf(text, sizeof(text), "%s, %s", when, name_of(vcpu));
	got = vm_driver_touch(vm->vmd, vcpu, ACCESS_READ, gpa_of(page), 0);
	vm_expect_end(_metadata, end, got.end, gpa_of(page), text);
	if (end == ACCESS_DONE)
		vm_expect_content(_metadata, content, got.value, gpa_of(page), text);
}

/* By both. */
static void expect_content(struct __test_metadata *_metadata, const struct nested_vm *vm, u64 page,
			   u64 wanted, const char *when)
{
	expect_read(_metadata, vm, L2, page, ACCESS_DONE, wanted, when);
	expect_read(_metadata, vm, L1, page, ACCESS_DONE, wanted, when);
}

/*
 * There are @nr_2m leaves of 2M, and small ones if @small.  How many of these is left open: shadow
 * paging maps pages ahead.
 */
static void expect_leaves(struct __test_metadata *_metadata, const struct nested_vm *vm, u64 nr_2m,
			  bool small, const char *when)
{
	u64 leaves[NR_LEVELS];
	char text[64];

	vm_driver_leaves(vm->vmd, leaves);
	vm_expect_print_leaves(leaves, text, sizeof(text));
	EXPECT_TRUE(leaves[LEVEL_2M] == nr_2m && !!leaves[LEVEL_4K] == small &&
		    !leaves[LEVEL_1G]) {
		TH_LOG("Wanted 2M x%llu, %s 4K at gpa 0x%llx (%s), got %s",
		       (unsigned long long)nr_2m, small ? "some" : "no", BASE, when, text);
	}
}

/* Shared memory of both, whether L1 has page tables for L2 or not. */
FIXTURE(memory)
{
	struct nested_vm vm;
};

FIXTURE_VARIANT(memory)
{
	bool with_tables;
};

FIXTURE_VARIANT_ADD(memory, second_root) {
};

FIXTURE_VARIANT_ADD(memory, shadow_paging) {
	.with_tables = true,
};

FIXTURE_SETUP(memory)
{
	const char *missing = vm_driver_missing_nested(variant->with_tables) ? :
			      suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	set_up(_metadata, &self->vm, false);
	enter_nested(&self->vm, variant->with_tables);
}

FIXTURE_TEARDOWN(memory)
{
	tear_down(_metadata, &self->vm);
}

/* The spare hugepage in the place of the one under test, which somebody else may get now. */
static void use_spare(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	void *at = host_page(vm, 0);

	ASSERT_EQ(at, mremap(host_page(vm, SPARE), SZ_2M, SZ_2M, MREMAP_MAYMOVE | MREMAP_FIXED,
			     at));
}

TEST_F(memory, levels_follow_attributes)
{
	const struct nested_vm *vm = &self->vm;
	u64 leaves[NR_LEVELS];
	int round;

	for (round = 0; round < 2; round++) {
		write_page(_metadata, vm, L1, OF_L1, TAG);
		expect_leaves(_metadata, vm, 1, false, "uniform, L1");
		write_page(_metadata, vm, L2, OF_L2, TAG);
		expect_leaves(_metadata, vm, 2, false, "uniform, both");
		ASSERT_EQ(0, convert(vm, CONVERTED, true));
		expect_leaves(_metadata, vm, 0, false, "mixed now");
		write_page(_metadata, vm, L2, OF_L2, TAG);
		expect_leaves(_metadata, vm, 0, true, "mixed, L2");
		vm_driver_leaves(vm->vmd, leaves);
		leaves[LEVEL_4K]++;
		write_page(_metadata, vm, L1, OF_L1, TAG);
		vm_expect_leaves(_metadata, vm->vmd, leaves, BASE, "mixed, both");
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, BASE, SZ_2M, true));
		write_page(_metadata, vm, L2, OF_L2, TAG);
		expect_leaves(_metadata, vm, 0, true, "private, in 4K pages");
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, BASE, SZ_2M, false));
		expect_leaves(_metadata, vm, 0, false, "uniform again");
	}
}

TEST_F(memory, conversion_reaches_both)
{
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED;
	unsigned int vcpu;

	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		write_page(_metadata, vm, vcpu, page, TAG);
		expect_content(_metadata, vm, page, TAG, "shared");
		ASSERT_EQ(0, convert(vm, page, true));
		write_page(_metadata, vm, vcpu, page, TAG + 1);
		expect_content(_metadata, vm, page, TAG + 1, "private");
		vm_expect_content(_metadata, TAG, *host_page(vm, page), gpa_of(page), "host");
		ASSERT_EQ(0, convert(vm, page, false));
		expect_content(_metadata, vm, page, TAG, "shared again");
	}
}

TEST_F(memory, hole_reaches_both)
{
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED;
	unsigned int vcpu;

	ASSERT_EQ(0, convert(vm, page, true));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		write_page(_metadata, vm, vcpu, page, TAG);
		expect_content(_metadata, vm, page, TAG, "private");
		ASSERT_EQ(0, fallocate(vm->gmem_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				       page * SZ_4K, SZ_4K));
		expect_content(_metadata, vm, page, 0, "cut out");
	}
}

TEST_F(memory, what_the_host_takes_is_gone_for_both)
{
	const struct nested_vm *vm = &self->vm;

	write_page(_metadata, vm, L1, OF_BOTH, TAG);
	write_page(_metadata, vm, L2, OF_BOTH, TAG);
	*host_page(vm, SPARE + OF_BOTH) = TAG + 1;
	use_spare(_metadata, vm);
	expect_leaves(_metadata, vm, 0, false, "taken");
	expect_content(_metadata, vm, OF_BOTH, TAG + 1, "taken");
}

TEST_F(memory, memslot_is_gone_for_both)
{
	const struct nested_vm *vm = &self->vm;

	write_page(_metadata, vm, L1, OF_BOTH, TAG);
	write_page(_metadata, vm, L2, OF_BOTH, TAG);
	ASSERT_EQ(0, delete_memslot(vm));
	expect_leaves(_metadata, vm, 0, false, "deleted");
	expect_read(_metadata, vm, L2, OF_BOTH, ACCESS_MMIO, 0, "deleted");
	expect_read(_metadata, vm, L1, OF_BOTH, ACCESS_MMIO, 0, "deleted");
	ASSERT_EQ(0, set_memslot(vm));
	expect_content(_metadata, vm, OF_BOTH, TAG, "there again");
}

static void replace_memslot(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	ASSERT_EQ(0, delete_memslot(vm));
	ASSERT_EQ(0, set_shared_memslot(vm, false));
}

static void expect_log(struct __test_metadata *_metadata, const struct nested_vm *vm, bool rings,
		       u64 page, bool wanted, const char *when)
{
	u64 log[NR_PAGES / 64] = { };
	bool got;

	if (rings)
		vm_driver_get_ring_log(vm->vmd, 1, log, NR_PAGES);
	else
		ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 1, log));
	got = log[page / 64] & BIT_ULL(page % 64);
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got the opposite",
		       wanted ? "a dirty page" : "a clean page",
		       (unsigned long long)gpa_of(page), when);
	}
}

/* The second one that writes finds the page protected anew, or would not be seen. */
static void expect_logged(struct __test_metadata *_metadata, const struct nested_vm *vm, bool rings)
{
	int round;

	for (round = 0; round < 3; round++) {
		write_page(_metadata, vm, L1, OF_BOTH, TAG);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by L1");
		write_page(_metadata, vm, L2, OF_BOTH, TAG + 1);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by L2");
		expect_content(_metadata, vm, OF_BOTH, TAG + 1, "written by L2");
		expect_log(_metadata, vm, rings, OF_BOTH, false, "only read since");
		write_page(_metadata, vm, L1, OF_BOTH, TAG);
		write_page(_metadata, vm, L2, OF_BOTH, TAG);
		expect_log(_metadata, vm, rings, OF_BOTH, true, "written by both");
		expect_log(_metadata, vm, rings, OF_BOTH, false, "not written since");
	}
}

/* Of two pages each writes another one, and has the other's, too, which is clean for it. */
static void expect_logged_side_by_side(struct __test_metadata *_metadata,
				       const struct nested_vm *vm, unsigned int first)
{
	unsigned int second = first == L1 ? L2 : L1;
	int round;

	for (round = 0; round < 2; round++) {
		expect_content(_metadata, vm, OF_BOTH, *host_page(vm, OF_BOTH), "read");
		expect_content(_metadata, vm, OF_BOTH + 1, *host_page(vm, OF_BOTH + 1), "read");
		write_page(_metadata, vm, first, OF_BOTH, TAG);
		write_page(_metadata, vm, second, OF_BOTH + 1, TAG);
		expect_log(_metadata, vm, false, OF_BOTH + 1, true, "written by the other");
	}
}

TEST_F(memory, what_either_writes_is_logged)
{
	const struct nested_vm *vm = &self->vm;

	replace_memslot(_metadata, vm);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	ASSERT_EQ(0, set_shared_memslot(vm, true));
	expect_logged(_metadata, vm, false);
	expect_logged_side_by_side(_metadata, vm, L1);
	expect_logged_side_by_side(_metadata, vm, L2);
}

TEST_F(memory, what_either_writes_is_in_a_ring)
{
	struct nested_vm *vm = &self->vm;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	close(vm->gmem_fd);
	vm_driver_use_rings(vm->vmd, RING_BYTES);
	add_memslots(_metadata, vm);
	replace_memslot(_metadata, vm);
	enter_nested(vm, variant->with_tables);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	ASSERT_EQ(0, set_shared_memslot(vm, true));
	expect_logged(_metadata, vm, true);
}

/* KVM flushes no TLBs for it (kvm_mmu_notifier_clear_young()): let the end of a memslot do so. */
static void mark_idle(struct __test_metadata *_metadata, const struct nested_vm *vm, void *hva)
{
	ASSERT_EQ(0, idle_page_mark(hva));
	write_page(_metadata, vm, L1, OF_L1, TAG);
	ASSERT_EQ(0, delete_memslot(vm));
	ASSERT_EQ(0, set_memslot(vm));
}

static void expect_idle(struct __test_metadata *_metadata, void *hva, bool wanted, u64 gpa,
			const char *when)
{
	bool got;

	ASSERT_EQ(0, idle_page_read(hva, &got));
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got the opposite",
		       wanted ? "an idle page" : "a used page", (unsigned long long)gpa, when);
	}
}

static void drop_page_tables(struct __test_metadata *_metadata)
{
	char value[8];

	ASSERT_EQ(0, setting_read(NX_SETTING, value, sizeof(value)));
	ASSERT_EQ(0, setting_change_for_now(NX_SETTING, *value == 'Y' ? "off" : "force"));
}

/* Where nothing is split ahead, the hugepages are protected; where it is, there are none. */
TEST_F(memory, log_leaves_nothing_large_that_is_written)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	replace_memslot(_metadata, vm);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	expect_leaves(_metadata, vm, 2, false, "no log");
	ASSERT_EQ(0, set_shared_memslot(vm, true));
	write_page(_metadata, vm, L2, OF_L2, TAG);
	expect_leaves(_metadata, vm, 1, true, "logged, written by L2");
	write_page(_metadata, vm, L1, OF_L1, TAG);
	expect_leaves(_metadata, vm, 0, true, "logged, written by both");
}

TEST_F(memory, hugepages_come_back_after_a_log)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	replace_memslot(_metadata, vm);
	for (round = 0; round < 2; round++) {
		write_page(_metadata, vm, L1, OF_L1, TAG);
		write_page(_metadata, vm, L2, OF_L2, TAG);
		expect_leaves(_metadata, vm, 2, false, "no log");
		ASSERT_EQ(0, set_shared_memslot(vm, true));
		write_page(_metadata, vm, L1, OF_L1, TAG);
		write_page(_metadata, vm, L2, OF_L2, TAG);
		expect_leaves(_metadata, vm, 0, true, "logged");
		ASSERT_EQ(0, set_shared_memslot(vm, false));
	}
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	expect_leaves(_metadata, vm, 2, false, "no log any more");
}

/* The hugepages of both are split at once, into all of their leaves. */
TEST_F(memory, log_splits_the_hugepages_of_both)
{
	const struct nested_vm *vm = &self->vm;

	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "Y"));
	replace_memslot(_metadata, vm);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	ASSERT_EQ(0, set_shared_memslot(vm, true));
	vm_expect_leaves_of(_metadata, vm->vmd, LEVEL_4K, 2 * SZ_2M / SZ_4K, BASE, "logged");
}

/* Nothing is protected or split at first, so that what is cleared has to be. */
TEST_F(memory, cleared_page_is_logged_again)
{
	u64 cleared[NR_PAGES / 64] = { };
	const struct nested_vm *vm = &self->vm;
	unsigned int vcpu;

	if (vm_driver_missing_protect(PROTECT_INITIALLY_SET))
		SKIP(return, "%s", vm_driver_missing_protect(PROTECT_INITIALLY_SET));
	if (suite_missing_mode(&no_split))
		SKIP(return, "%s", suite_missing_mode(&no_split));

	ASSERT_EQ(0, setting_change_for_now(EAGER_SPLIT_SETTING, "N"));
	cleared[OF_BOTH / 64] = BIT_ULL(OF_BOTH % 64);
	ASSERT_EQ(0, vm_driver_manual_protect(vm->vmd, PROTECT_INITIALLY_SET));
	replace_memslot(_metadata, vm);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	ASSERT_EQ(0, set_shared_memslot(vm, true));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		write_page(_metadata, vm, L1, OF_BOTH, TAG);
		write_page(_metadata, vm, L2, OF_BOTH, TAG);
		ASSERT_EQ(0, vm_driver_clear_log(vm->vmd, 1, 0, NR_PAGES, cleared));
		expect_log(_metadata, vm, false, OF_BOTH, false, "cleared");
		write_page(_metadata, vm, vcpu, OF_BOTH, TAG + 1);
		expect_log(_metadata, vm, false, OF_BOTH, true, name_of(vcpu));
	}
}

/* A memslot of small pages, about which the host can ask KVM one by one (kvm_age_gfn()). */
TEST_F(memory, use_by_either_is_seen)
{
	const u64 gpa = BASE + SZ_1G - SZ_2M;
	const struct nested_vm *vm = &self->vm;
	struct backing_view view;
	unsigned int vcpu;
	cpu_set_t before;

	if (idle_page_missing())
		SKIP(return, "%s", idle_page_missing());

	before = one_cpu_stay();
	backing_map(&view, BACKING_ANONYMOUS, 0, SZ_2M);
	one_cpu_leave(&before);
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 3, gpa, SZ_2M, view.base, -1, false));
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		vm_driver_touch(vm->vmd, L1, ACCESS_READ, gpa, 0);
		vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa, 0);
		mark_idle(_metadata, vm, view.base);
		expect_idle(_metadata, view.base, true, gpa, "not touched");
		vm_driver_touch(vm->vmd, vcpu, ACCESS_READ, gpa, 0);
		expect_idle(_metadata, view.base, false, gpa, name_of(vcpu));
	}
	ASSERT_EQ(0, vm_driver_set_memslot(vm->vmd, 3, gpa, 0, NULL, -1, false));
	backing_unmap(&view);
}

TEST_F(memory, what_either_executes_is_split_and_recovered)
{
	const struct nested_vm *vm = &self->vm;
	unsigned int vcpu;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	*((u8 *)host_page(vm, OF_BOTH) + GUEST_CODE_OFFSET) = GUEST_CODE;
	vm_driver_leave_nested(vm->vmd);
	ASSERT_EQ(0, nx_mitigation_force());
	vm_driver_nx_changed(vm->vmd);
	enter_nested(vm, variant->with_tables);
	for (vcpu = 0; vcpu < NR_VCPUS; vcpu++) {
		u64 splits = vm_driver_nx_splits(vm->vmd);
		struct guest_access got;

		got = vm_driver_touch(vm->vmd, vcpu, ACCESS_EXECUTE, gpa_of(OF_BOTH), 0);
		vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa_of(OF_BOTH), name_of(vcpu));
		expect_leaves(_metadata, vm, 0, true, "executed");
		EXPECT_EQ(splits + 1, vm_driver_nx_splits(vm->vmd)) {
			TH_LOG("Wanted one more split hugepage at gpa 0x%llx (%s), got 0x%llx",
			       BASE, name_of(vcpu),
			       (unsigned long long)(vm_driver_nx_splits(vm->vmd) - splits));
		}
	}
	ASSERT_EQ(0, nx_mitigation_recover_all());
	vm_driver_wait_for_splits(vm->vmd, 0);
	write_page(_metadata, vm, L1, OF_L1, TAG);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	expect_leaves(_metadata, vm, 2, false, "recovered");
}

/* Its roots are obsolete at once, and it goes on with new ones. */
TEST_F(memory, page_tables_are_dropped_under_l2)
{
	const struct nested_vm *vm = &self->vm;
	u64 leaves[NR_LEVELS];
	int round;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	for (round = 0; round < 3; round++) {
		write_page(_metadata, vm, L1, OF_L1, TAG + round);
		write_page(_metadata, vm, L2, OF_L2, TAG + round);
		vm_driver_leaves(vm->vmd, leaves);
		EXPECT_EQ(2, leaves[LEVEL_2M]);
		drop_page_tables(_metadata);
		vm_driver_leaves(vm->vmd, leaves);
		EXPECT_EQ(0, leaves[LEVEL_2M]) {
			TH_LOG("Wanted no leaf of 2M at gpa 0x%llx (dropped), got %llu", BASE,
			       (unsigned long long)leaves[LEVEL_2M]);
		}
		expect_content(_metadata, vm, OF_L1, TAG + round, "dropped");
		expect_content(_metadata, vm, OF_L2, TAG + round, "dropped");
	}
}

/* Only L2 has one. */
TEST_F(memory, what_takes_the_leaf_of_l2_flushes)
{
	const struct nested_vm *vm = &self->vm;
	u64 before;

	write_page(_metadata, vm, L2, OF_L2, TAG);
	before = vm_driver_tlb_flushes(vm->vmd);
	ASSERT_EQ(0, convert(vm, OF_L2, true));
	EXPECT_LT(before, vm_driver_tlb_flushes(vm->vmd)) {
		TH_LOG("Wanted a flush at gpa 0x%llx (converted), got none",
		       (unsigned long long)gpa_of(OF_L2));
	}
}

/* KVM can do so only where L1 has no page tables for L2. */
TEST_F(memory, prefault_by_l2)
{
	const struct nested_vm *vm = &self->vm;
	u64 gpa = BASE, size = SZ_2M;
	int r;

	if (!vm_driver_has_prefault())
		SKIP(return, "KVM_PRE_FAULT_MEMORY");

	r = vm_driver_try_prefault(vm->vmd, L2, &gpa, &size, 0);
	vm_expect_errno(_metadata, variant->with_tables ? EOPNOTSUPP : 0, r, BASE, "L2");
	expect_leaves(_metadata, vm, !variant->with_tables, false, "pre-faulted by L2");
}

/* L1's page tables for L2, which KVM shadows. */
FIXTURE(tables)
{
	struct nested_vm vm;
};

FIXTURE_VARIANT(tables)
{
	bool small;		/* the host's pages that have them */
};

FIXTURE_VARIANT_ADD(tables, pages) {
	.small = true,
};

FIXTURE_VARIANT_ADD(tables, hugepages) {
};

FIXTURE_SETUP(tables)
{
	const char *missing = vm_driver_missing_nested(true) ? :
			      suite_missing(BACKING_HUGETLB_2MB);

	if (missing)
		SKIP(return, "%s", missing);

	set_up(_metadata, &self->vm, variant->small);
}

FIXTURE_TEARDOWN(tables)
{
	tear_down(_metadata, &self->vm);
}

/* Have L2, which has not run yet, see the first hugepage by leaves of 4K. */
static void use_pages(const struct nested_vm *vm)
{
	nested_tables_use_pages(&vm->tables, 0, host_page(vm, PAGE_TABLE), gpa_of(PAGE_TABLE));
}

/* The same once KVM has a shadow of the tables: it sees what L1 writes to them, not the host. */
static void change_to_pages(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	use_pages(vm);
	write_page(_metadata, vm, L1, TABLES + NESTED_DIRECTORY,
		   nested_tables_link(gpa_of(PAGE_TABLE)));
}

/*
 * L1 writes the first entry of the page table @table, while L2 is not there, which then goes on.
 * It is marked as used already, so that KVM keeps its leaf if that fits (FNAME(sync_spte)).
 */
static void change_entry(struct __test_metadata *_metadata, const struct nested_vm *vm, u64 table,
			 u64 entry)
{
	vm_driver_leave_nested(vm->vmd);
	write_page(_metadata, vm, L1, table,
		   entry | nested_tables_accessed() | nested_tables_dirty());
	enter_nested(vm, true);
}

TEST_F(tables, small_leaves_of_l1_are_small)
{
	const struct nested_vm *vm = &self->vm;

	use_pages(vm);
	enter_nested(vm, true);
	write_page(_metadata, vm, L2, OF_L2, TAG);
	expect_leaves(_metadata, vm, 0, true, "L2, by leaves of 4K");
	write_page(_metadata, vm, L1, OF_L1, TAG);
	expect_leaves(_metadata, vm, 1, true, "L1");
}

/* By leaves of 2M, whose table KVM keeps protected, and of 4K (mmu_try_to_unsync_pages()). */
TEST_F(tables, l2_sees_what_l1_maps_anew)
{
	const struct nested_vm *vm = &self->vm;
	int small, round;

	*host_page(vm, 0) = TAG;
	*host_page(vm, OTHER) = TAG + 1;
	for (small = 0; small < 2; small++) {
		u64 table = small ? PAGE_TABLE : TABLES + NESTED_DIRECTORY;

		if (small)
			change_to_pages(_metadata, vm);
		enter_nested(vm, true);
		for (round = 0; round < 4; round++) {
			u64 gpa = gpa_of(round & 1 ? 0 : OTHER);

			expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + (round & 1),
				    small ? "mapped by 4K" : "mapped by 2M");
			change_entry(_metadata, vm, table,
				     small ? nested_tables_leaf(gpa) :
					     nested_tables_huge_leaf(gpa));
		}
		vm_driver_leave_nested(vm->vmd);
	}
}

/*
 * L1's tables are protected in each root that has them: KVM's of L1, and of L2 as it is without
 * such tables.  @writer is the vCPU by which they change.
 */
static void expect_change_seen(struct __test_metadata *_metadata, const struct nested_vm *vm,
			       unsigned int writer)
{
	const u64 table = TABLES + NESTED_DIRECTORY;
	int round;

	*host_page(vm, 0) = TAG;
	*host_page(vm, OTHER) = TAG + 1;
	for (round = 0; round < 2; round++) {
		u64 entry = nested_tables_huge_leaf(gpa_of(round ? OTHER : 0));

		enter_nested(vm, false);
		if (!round || writer == L2)
			write_page(_metadata, vm, L2, table, entry);
		vm_driver_leave_nested(vm->vmd);
		if (!round || writer == L1)
			write_page(_metadata, vm, L1, table, entry);
		enter_nested(vm, true);
		expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG + round, name_of(writer));
		vm_driver_leave_nested(vm->vmd);
	}
}

TEST_F(tables, change_by_l1_is_seen_in_spite_of_another_root)
{
	expect_change_seen(_metadata, &self->vm, L1);
}

TEST_F(tables, change_by_l2_without_tables_is_seen)
{
	expect_change_seen(_metadata, &self->vm, L2);
}

/* The page table PAGE_TABLE + @i is for the 2M from the third hugepage on: beyond memslots. */
static u64 gpa_of_many(u64 i)
{
	return BASE + SLOT_SIZE + SZ_2M + i * SZ_2M;
}

static u64 read_many(const struct nested_vm *vm, u64 i)
{
	return vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa_of_many(i), 0).value;
}

static void use_many(const struct nested_vm *vm)
{
	u64 i;

	for (i = 0; i < NR_MANY; i++)
		nested_tables_use_pages(&vm->tables, (gpa_of_many(i) - BASE) / SZ_2M,
					host_page(vm, PAGE_TABLE + i), gpa_of(PAGE_TABLE + i));
}

TEST_F(tables, l2_sees_many_that_l1_has_changed)
{
	const struct nested_vm *vm = &self->vm;
	u64 i, round;

	use_many(vm);
	for (i = 0; i < 2 * NR_MANY; i++)
		*host_page(vm, i) = TAG + i;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < NR_MANY; i++)
			write_page(_metadata, vm, L1, PAGE_TABLE + i,
				   nested_tables_leaf(gpa_of(round * NR_MANY + i)));
		enter_nested(vm, true);
		for (i = 0; i < NR_MANY; i++)
			vm_expect_content(_metadata, TAG + round * NR_MANY + i, read_many(vm, i),
					  gpa_of_many(i), round ? "changed" : "mapped");
		vm_driver_leave_nested(vm->vmd);
	}
}

/* KVM finds all of them by the page, also after one of them has gone (pte_list_remove()). */
TEST_F(tables, page_at_many_places_of_l2_is_taken_from_all)
{
	const struct nested_vm *vm = &self->vm;
	const u64 elsewhere = NR_MANY / 3;
	u64 before[NR_LEVELS], after[NR_LEVELS], i;

	use_many(vm);
	for (i = 0; i < NR_MANY; i++)
		*host_page(vm, PAGE_TABLE + i) = nested_tables_leaf(BASE);
	*host_page(vm, 0) = TAG;
	enter_nested(vm, true);
	for (i = 0; i < NR_MANY; i++)
		vm_expect_content(_metadata, TAG, read_many(vm, i), gpa_of_many(i), "mapped");
	*host_page(vm, 1) = TAG + 2;
	change_entry(_metadata, vm, PAGE_TABLE + elsewhere, nested_tables_leaf(gpa_of(1)));
	vm_expect_content(_metadata, TAG + 2, read_many(vm, elsewhere), gpa_of_many(elsewhere),
			  "mapped elsewhere");
	*host_page(vm, SPARE) = TAG + 1;
	*host_page(vm, SPARE + 1) = TAG + 1;
	vm_driver_leaves(vm->vmd, before);
	use_spare(_metadata, vm);
	vm_driver_leaves(vm->vmd, after);
	EXPECT_EQ(NR_MANY, before[LEVEL_4K] - after[LEVEL_4K]) {
		TH_LOG("Wanted %u leaves less at gpa 0x%llx (taken), got %llu", NR_MANY, BASE,
		       (unsigned long long)(before[LEVEL_4K] - after[LEVEL_4K]));
	}
	for (i = 0; i < NR_MANY; i++)
		vm_expect_content(_metadata, TAG + 1, read_many(vm, i), gpa_of_many(i), "taken");
}

/* By a leaf of 2M, one of 4K, or the entry that has the table of that. */
TEST_F(tables, l2_does_not_write_what_l1_protects)
{
	const u64 directory = TABLES + NESTED_DIRECTORY;
	const struct {
		const char *name;
		u64 table;
		u64 entry;
	} way[] = {
		{ "leaf of 2M", directory, nested_tables_huge_leaf(BASE) },
		{ "leaf of 4K", PAGE_TABLE, nested_tables_leaf(BASE) },
		{ "page table", directory, nested_tables_link(gpa_of(PAGE_TABLE)) },
	};
	const struct nested_vm *vm = &self->vm;
	size_t i;

	for (i = 0; i < 3; i++) {
		bool ends;

		if (i == 1)
			change_to_pages(_metadata, vm);
		enter_nested(vm, true);
		*host_page(vm, 0) = TAG;
		*host_page(vm, 1) = TAG;
		expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, way[i].name);
		write_page(_metadata, vm, L2, 0, TAG + 1);
		change_entry(_metadata, vm, way[i].table, way[i].entry & ~NESTED_WRITABLE);
		/* KVM may map the other one ahead, and sees nothing of the write then. */
		expect_read(_metadata, vm, L2, 1, ACCESS_DONE, TAG, way[i].name);
		ends = vm_driver_ends_nested(vm->vmd, ACCESS_WRITE, BASE, TAG + 2);
		EXPECT_TRUE(ends) {
			TH_LOG("Wanted an exit to L1 at gpa 0x%llx (protected, %s), got none",
			       BASE, way[i].name);
		}
		vm_expect_content(_metadata, TAG + 1, *host_page(vm, 0), BASE, way[i].name);
		if (!ends)
			vm_driver_leave_nested(vm->vmd);
		write_page(_metadata, vm, L1, way[i].table, way[i].entry);
		enter_nested(vm, true);
		write_page(_metadata, vm, L2, 0, TAG + 2);
		vm_expect_content(_metadata, TAG + 2, *host_page(vm, 0), BASE, way[i].name);
		vm_driver_leave_nested(vm->vmd);
	}
}

static void expect_marked(struct __test_metadata *_metadata, const u64 *entry, u64 page,
			  const char *when)
{
	EXPECT_TRUE(*entry & nested_tables_dirty()) {
		TH_LOG("Wanted a dirty flag in L1's entry at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)gpa_of(page), when, (unsigned long long)*entry);
	}
}

/* Also if the page was mapped ahead, when another one was read (FNAME(protect_clean_gpte)). */
TEST_F(tables, what_l2_writes_is_marked_in_them)
{
	const struct nested_vm *vm = &self->vm;
	const u64 *entry = host_page(vm, PAGE_TABLE);
	int page;

	if (!nested_tables_dirty())
		SKIP(return, "accessed and dirty flags in EPT for guests");

	use_pages(vm);
	enter_nested(vm, true);
	for (page = 0; page < 4; page++)
		vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa_of(page), 0);
	ASSERT_EQ(0, madvise(vm->view.base, SZ_2M, MADV_DONTNEED));
	*host_page(vm, 0) = TAG;
	expect_read(_metadata, vm, L2, 0, ACCESS_DONE, TAG, "alone again");
	for (page = 0; page < 4; page++) {
		write_page(_metadata, vm, L2, page, TAG);
		expect_marked(_metadata, &entry[page], page, "written by L2");
	}
}

/* KVM marks them as L1's CPU would, which is a write to the table. */
TEST_F(tables, what_is_marked_in_them_is_logged)
{
	const struct nested_vm *vm = &self->vm;
	const u64 table = NESTED_DIRECTORY;
	u64 log[SZ_2M / SZ_4K / 64];
	enum access access;

	if (!nested_tables_dirty())
		SKIP(return, "accessed and dirty flags in EPT for guests");

	enter_nested(vm, true);
	ASSERT_EQ(0, log_tables(vm));
	ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
	for (access = ACCESS_READ; access <= ACCESS_WRITE; access++) {
		vm_driver_touch(vm->vmd, L2, access, gpa_of(OF_L2), TAG);
		ASSERT_EQ(0, vm_driver_get_log(vm->vmd, 2, log));
		EXPECT_TRUE(log[0] & BIT_ULL(table)) {
			TH_LOG("Wanted a dirty page at gpa 0x%llx (%s by L2), got pages 0x%llx",
			       (unsigned long long)gpa_of(TABLES + table),
			       access == ACCESS_READ ? "read" : "written",
			       (unsigned long long)log[0]);
		}
	}
	expect_marked(_metadata, &vm->tables.memory[table * SZ_4K / sizeof(u64)], OF_L2,
		      "written by L2");
}

/* L1 writes to the hugepages that have tables, beside them. */
static void write_beside_tables(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	write_page(_metadata, vm, L1, OTHER + BESIDE, TAG);
	write_page(_metadata, vm, L1, TABLES + BESIDE, TAG);
}

/* A page of each becomes private, or all of both shared, which takes all leaves. */
static void mix_beside_tables(struct __test_metadata *_metadata, const struct nested_vm *vm,
			      bool mixed)
{
	if (!mixed) {
		ASSERT_EQ(0, vm_driver_convert(vm->vmd, gpa_of(OTHER), SZ_4M, false));
		return;
	}

	ASSERT_EQ(0, convert(vm, OTHER + CONVERTED, true));
	ASSERT_EQ(0, convert(vm, TABLES + CONVERTED, true));
}

/* All that KVM shadows goes. */
static void forget_tables(struct __test_metadata *_metadata, const struct nested_vm *vm)
{
	vm_driver_leave_nested(vm->vmd);
	drop_page_tables(_metadata);
	vm_driver_nx_changed(vm->vmd);
}

/*
 * As long as there is a shadow of them, the count in disallow_lpage is up, beside the flag for what
 * is mixed (account_shadowed()).
 */
TEST_F(tables, their_hugepages_are_small_while_used)
{
	const struct nested_vm *vm = &self->vm;
	int mixed;

	if (suite_missing_mode(&change_nx))
		SKIP(return, "%s", suite_missing_mode(&change_nx));

	if (variant->small)
		SKIP(return, "page tables in a hugepage");

	use_pages(vm);
	for (mixed = 0; mixed < 2; mixed++) {
		write_beside_tables(_metadata, vm);
		expect_leaves(_metadata, vm, 2, false, "not used yet");
		enter_nested(vm, true);
		write_page(_metadata, vm, L2, OF_L2, TAG);
		write_beside_tables(_metadata, vm);
		expect_leaves(_metadata, vm, 0, true, "used");

		mix_beside_tables(_metadata, vm, true);
		if (!mixed)
			mix_beside_tables(_metadata, vm, false);
		write_beside_tables(_metadata, vm);
		expect_leaves(_metadata, vm, 0, true, mixed ? "used, mixed" : "used, uniform");

		forget_tables(_metadata, vm);
		write_beside_tables(_metadata, vm);
		expect_leaves(_metadata, vm, mixed ? 0 : 2, mixed, "not used any more");
		mix_beside_tables(_metadata, vm, false);
		write_beside_tables(_metadata, vm);
		expect_leaves(_metadata, vm, 2, false, "neither used nor mixed");
	}
}

/* What KVM shadows of it, and what it knows of the memslot, go at once. */
TEST_F(tables, their_memslot_may_go)
{
	const struct nested_vm *vm = &self->vm;
	int round;

	for (round = 0; round < 2; round++) {
		enter_nested(vm, true);
		write_page(_metadata, vm, L2, OF_L2, TAG + round);
		expect_leaves(_metadata, vm, 1, false, "used");
		vm_driver_leave_nested(vm->vmd);
		ASSERT_EQ(0, set_memslot_of_tables(vm, false));
		expect_leaves(_metadata, vm, 0, false, "deleted");
		ASSERT_EQ(0, set_memslot_of_tables(vm, true));
	}
}

/*
 * After L2 has read @shared it has the page as @content, which it had before.  A page that KVM has
 * mapped ahead as a shared one is stale from the beginning (FNAME(pte_prefetch)).
 */
static bool is_private_beside(struct __test_metadata *_metadata, const struct nested_vm *vm,
			      u64 shared, u64 page, u64 content)
{
	struct guest_access got;

	expect_read(_metadata, vm, L2, page, ACCESS_DONE, content, "private");
	/* Neither of the two has a leaf any more. */
	ASSERT_EQ(0, madvise(vm->view.base, SZ_2M, MADV_DONTNEED));
	ASSERT_EQ(0, convert(vm, page, false));
	ASSERT_EQ(0, convert(vm, page, true));
	expect_read(_metadata, vm, L2, shared, ACCESS_DONE, TAG, "shared");
	got = vm_driver_touch(vm->vmd, L2, ACCESS_READ, gpa_of(page), 0);
	if (got.value == TAG && known_bug_expected(PREFETCH_IGNORES_ATTRIBUTES))
		return false;
	vm_expect_content(_metadata, content, got.value, gpa_of(page), "private beside shared");
	return true;
}

/* By leaves of 2M of L1's as well as by small ones, which L2 has used while all was shared. */
TEST_F(tables, neighbours_of_a_shared_page_stay_private)
{
	const bool bug = known_bug_expected(PREFETCH_IGNORES_ATTRIBUTES);
	const struct nested_vm *vm = &self->vm;
	const u64 page = CONVERTED + 1;
	bool stays = true;
	int small;

	for (small = 0; small < 2; small++) {
		if (small)
			change_to_pages(_metadata, vm);
		*host_page(vm, page - 1) = TAG;
		*host_page(vm, page) = TAG;
		*host_page(vm, page + 1) = TAG;
		enter_nested(vm, true);
		expect_read(_metadata, vm, L2, page, ACCESS_DONE, TAG, "shared");
		ASSERT_EQ(0, convert(vm, page, true));
		write_page(_metadata, vm, L1, page, TAG + 1);
		stays &= is_private_beside(_metadata, vm, page - 1, page, TAG + 1);
		ASSERT_EQ(0, convert(vm, page, false));
		ASSERT_EQ(0, convert(vm, page, true));
		stays &= is_private_beside(_metadata, vm, page + 1, page, TAG + 1);
		ASSERT_EQ(0, convert(vm, page, false));
		vm_driver_leave_nested(vm->vmd);
	}
	if (!stays)
		SUITE_XFAIL(return, known_bug(PREFETCH_IGNORES_ATTRIBUTES)->reason);
	if (bug)
		SUITE_XPASS(return, known_bug(PREFETCH_IGNORES_ATTRIBUTES)->reason);
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB) | BIT(BACKING_ANONYMOUS));
	return test_harness_run(argc, argv);
}
