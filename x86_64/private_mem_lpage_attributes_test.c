// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: KVM_SET_MEMORY_ATTRIBUTES refuses what its documentation does not allow
 * (Documentation/virt/kvm/api.rst), and then changes neither attributes nor leaves; what
 * it accepts outside of every memslot changes no leaf either.  Where it takes leaves it has the
 * TLBs flushed, and only there.
 */
#include <errno.h>
#include <linux/bits.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"
#include "run/scenario_run.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE_GPA	(16ull * SZ_1G)
#define PRIVATE		KVM_MEMORY_ATTRIBUTE_PRIVATE

FIXTURE(attributes)
{
	struct scenario_run *run;
	char name[SUITE_NAME_MAX];
};

FIXTURE_VARIANT(attributes)
{
	const char *name;
	u64 gpa;
	u64 size;
	u64 attributes;
	u64 flags;
	int wanted;
};

#define CALL(_name, _gpa, _size, _attributes, _flags, _wanted)			\
	FIXTURE_VARIANT_ADD(attributes, _name) {				\
		.name = #_name, .gpa = _gpa, .size = _size,			\
		.attributes = _attributes, .flags = _flags, .wanted = _wanted,	\
	}

CALL(zero_size,			BASE_GPA, 0, PRIVATE, 0, EINVAL);
CALL(zero_size_shared,		BASE_GPA, 0, 0, 0, EINVAL);
CALL(unaligned_address,		BASE_GPA + 1, SZ_4K, PRIVATE, 0, EINVAL);
CALL(unaligned_address_half,	BASE_GPA + SZ_2K, SZ_4K, PRIVATE, 0, EINVAL);
CALL(unaligned_size,		BASE_GPA, SZ_4K + 1, PRIVATE, 0, EINVAL);
CALL(size_below_a_page,		BASE_GPA, SZ_2K, PRIVATE, 0, EINVAL);
CALL(unaligned_both,		BASE_GPA + SZ_2K, SZ_2K, PRIVATE, 0, EINVAL);
CALL(wrap_around,		-(u64)SZ_4K, SZ_8K, PRIVATE, 0, EINVAL);
CALL(wrap_around_to_zero,	-(u64)SZ_4K, SZ_4K, PRIVATE, 0, EINVAL);
CALL(wrap_around_from_memslot,	BASE_GPA, -BASE_GPA, PRIVATE, 0, EINVAL);
CALL(unknown_attribute_bit_0,	BASE_GPA, SZ_4K, BIT(0), 0, EINVAL);
CALL(unknown_attribute_bit_4,	BASE_GPA, SZ_4K, PRIVATE | BIT(4), 0, EINVAL);
CALL(unknown_attribute_bit_63,	BASE_GPA, SZ_4K, BIT_ULL(63), 0, EINVAL);
CALL(all_attributes,		BASE_GPA, SZ_4K, ~0ull, 0, EINVAL);
CALL(flag_bit_0,		BASE_GPA, SZ_4K, PRIVATE, BIT(0), EINVAL);
CALL(flag_bit_63,		BASE_GPA, SZ_4K, 0, BIT_ULL(63), EINVAL);

/* Nothing in the documentation bounds the address: KVM keeps it like any other. */
CALL(no_memslot,		BASE_GPA - SZ_2M, SZ_2M, PRIVATE, 0, 0);
CALL(last_gfn,			(GFN_END - 1) * GFN_BYTES, SZ_4K, PRIVATE, 0, 0);
CALL(beyond_last_gfn,		GFN_END * GFN_BYTES, SZ_8K, PRIVATE, 0, 0);

/* The private page of the mixed hugepage among others, and the shared hugepage behind it. */
static const struct step touch_mixed = {
	.op = STEP_TOUCH, .gpa = BASE_GPA, .size = SZ_64K,
};

static const struct step touch_shared = {
	.op = STEP_TOUCH, .gpa = BASE_GPA + SZ_2M, .size = SZ_64K,
};

FIXTURE_SETUP(attributes)
{
	const struct step step[] = {
		{ .op = STEP_MEMSLOT, .slot = 1, .gpa = BASE_GPA, .size = SZ_4M,
		  .backing = BACKING_HUGETLB_2MB },
		{ .op = STEP_CONVERT, .gpa = BASE_GPA + SZ_4K, .size = SZ_4K, .private = true },
		touch_mixed,
		touch_shared,
	};
	size_t i;

	suite_name(self->name, "attributes", variant->name, _metadata->name);
	self->run = scenario_run_start(self->name, suite_traits());
	for (i = 0; i < ARRAY_SIZE(step); i++)
		ASSERT_TRUE(scenario_run_step(self->run, &step[i]));
}

FIXTURE_TEARDOWN(attributes)
{
	scenario_run_free(self->run);
}

TEST_F(attributes, errno_and_no_change)
{
	struct mapping_model *model = self->run->model;
	u64 leaves[NR_LEVELS];
	enum level level;
	int r;

	r = vm_driver_set_attributes(self->run->vmd, variant->gpa, variant->size,
				     variant->attributes, variant->flags);
	EXPECT_EQ(variant->wanted, r) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", strerror(variant->wanted),
		       (unsigned long long)variant->gpa, variant->name, strerror(r));
	}

	/* Before anything else is touched: no leaf came or went. */
	vm_driver_leaves(self->run->vmd, leaves);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		EXPECT_EQ(mapping_model_count(model, level), leaves[level]) {
			TH_LOG("Wanted %s x%llu at gpa 0x%llx (%s), got x%llu",
			       level_name(level),
			       (unsigned long long)mapping_model_count(model, level),
			       (unsigned long long)variant->gpa, variant->name,
			       (unsigned long long)leaves[level]);
		}
	}

	/* The same pages are private as before, and the same hugepages mixed. */
	if (scenario_run_step(self->run, &touch_mixed) &&
	    scenario_run_step(self->run, &touch_shared))
		scenario_run_read_out(self->run);
	ASSERT_TRUE(suite_passed(scenario_run_end(self->run), self->name));
}

TEST(capability_names_private_only)
{
	u64 supported = vm_driver_supported_attributes();

	EXPECT_EQ(PRIVATE, supported) {
		TH_LOG("Wanted PRIVATE and nothing else (KVM_CAP_MEMORY_ATTRIBUTES), got 0x%llx",
		       (unsigned long long)supported);
	}
}

FIXTURE(flush)
{
	struct plain_vm vm;
};

FIXTURE_SETUP(flush)
{
	plain_vm_create(&self->vm, BACKING_HUGETLB_2MB, SZ_4M, SZ_4M);
	ASSERT_EQ(0, plain_vm_add_memslot(&self->vm, BASE_GPA, SZ_4M));
}

FIXTURE_TEARDOWN(flush)
{
	plain_vm_free(&self->vm);
	vm_expect_no_warning(_metadata, BASE_GPA, "after the VM");
}

/* The guest may use what its TLB has until the next exit: nobody sees that, but KVM counts. */
static void expect_flushes(struct __test_metadata *_metadata, FIXTURE_DATA(flush) * self, u64 gpa,
			   bool private, u64 wanted, const char *when)
{
	u64 before = vm_driver_tlb_flushes(self->vm.vmd), got;

	ASSERT_EQ(0, vm_driver_convert(self->vm.vmd, gpa, SZ_2M, private));
	got = vm_driver_tlb_flushes(self->vm.vmd) - before;
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted %llu flushes at gpa 0x%llx (%s), got %llu",
		       (unsigned long long)wanted, (unsigned long long)gpa, when,
		       (unsigned long long)got);
	}
}

TEST_F(flush, where_leaves_go)
{
	struct vm_driver *vmd = self->vm.vmd;

	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA, 1);
	expect_flushes(_metadata, self, BASE_GPA, true, 1, "a hugepage is mapped");
	expect_flushes(_metadata, self, BASE_GPA, false, 0, "nothing is mapped");
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA, 1);
	expect_flushes(_metadata, self, BASE_GPA, false, 0, "nothing is to be changed");
	expect_flushes(_metadata, self, BASE_GPA + SZ_2M, true, 0, "only memory beside is mapped");
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA + SZ_4M - SZ_4K, 1);
	expect_flushes(_metadata, self, BASE_GPA + SZ_2M, false, 1, "one private page is mapped");
	expect_flushes(_metadata, self, BASE_GPA + SZ_4M, true, 0, "there is no memslot");
}

/* Attributes are the VM's: memory that comes later has those that were set before. */
TEST(set_before_there_is_any_memslot)
{
	const u64 private = BASE_GPA + SZ_4K;
	struct backing_view view;
	struct vm_driver *vmd;
	struct guest_access got;

	if (suite_missing(BACKING_HUGETLB_2MB))
		SKIP(return, "%s", suite_missing(BACKING_HUGETLB_2MB));

	kernel_log_start();
	vmd = vm_driver_create_unstarted(1);
	ASSERT_EQ(0, vm_driver_convert_without_memslots(vmd, private, SZ_4K, true));
	vm_driver_start(vmd);
	backing_map(&view, BACKING_HUGETLB_2MB, 0, SZ_4M);
	ASSERT_EQ(0, vm_driver_set_memslot(vmd, 1, BASE_GPA, SZ_4M, view.base, -1, false));

	got = vm_driver_touch(vmd, 0, ACCESS_WRITE, private, 1);
	vm_expect_end(_metadata, ACCESS_MEMORY_FAULT, got.end, private, "private");
	vm_driver_touch(vmd, 0, ACCESS_WRITE, BASE_GPA, 1);
	vm_expect_leaves_of(_metadata, vmd, LEVEL_4K, 1, BASE_GPA, "mixed");
	vm_driver_free(vmd);
	backing_unmap(&view);
	vm_expect_no_warning(_metadata, BASE_GPA, "after the VM");
}

int main(int argc, char **argv)
{
	suite_start(BIT(BACKING_HUGETLB_2MB));
	return suite_harness_run(argc, argv);
}
