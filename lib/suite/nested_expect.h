/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of guests of guests have both of them do, and expect; see vm_expect.h. */
#ifndef LPAGE_NESTED_EXPECT_H
#define LPAGE_NESTED_EXPECT_H

#include <stdio.h>

#include "suite/suite_harness.h"

#include "kvm/nested_vm.h"
#include "kvm/vm_driver.h"
#include "suite/vm_expect.h"

static inline const char *nested_name(enum nested_vcpu vcpu)
{
	return vcpu == L2 ? "L2" : "L1";
}

/* Let @vcpu write @tag to the page, which has to be possible. */
static inline void nested_write(struct __test_metadata *_metadata, const struct nested_vm *vm,
				enum nested_vcpu vcpu, u64 page, u64 tag)
{
	const u64 gpa = nested_gpa(page);
	struct guest_access got = vm_driver_touch(vm->vmd, vcpu, ACCESS_WRITE, gpa, tag);

	vm_expect_end(_metadata, ACCESS_DONE, got.end, gpa, nested_name(vcpu));
}

/*
 * nested_vm_use_pages() once KVM has a shadow of the tables: it sees what L1 writes to them, not
 * what the host does.
 */
static inline void nested_change_to_pages(struct __test_metadata *_metadata,
					  const struct nested_vm *vm)
{
	nested_vm_use_pages(vm);
	nested_write(_metadata, vm, L1, NESTED_VM_TABLES + NESTED_DIRECTORY,
		     nested_tables_link(nested_gpa(NESTED_VM_PAGE_TABLE)));
}

/*
 * L1 writes the first entry of the page table @table, while L2 is not there, which then goes on.
 * It is marked as used already, so that KVM keeps its leaf if that fits (FNAME(sync_spte)).
 */
static inline void nested_change_entry(struct __test_metadata *_metadata,
				       const struct nested_vm *vm, u64 table, u64 entry)
{
	vm_driver_leave_nested(vm->vmd);
	nested_write(_metadata, vm, L1, table,
		     entry | nested_tables_accessed() | nested_tables_dirty());
	nested_vm_enter(vm, true);
}

/* What @vcpu reads there ends as @end and, if it is done, is @content. */
static inline void nested_expect_read(struct __test_metadata *_metadata,
				      const struct nested_vm *vm, enum nested_vcpu vcpu, u64 page,
				      enum access_end end, u64 content, const char *when)
{
	const u64 gpa = nested_gpa(page);
	struct guest_access got = vm_driver_touch(vm->vmd, vcpu, ACCESS_READ, gpa, 0);
	char text[64];

	snprintf(text, sizeof(text), "%s, %s", when, nested_name(vcpu));
	vm_expect_end(_metadata, end, got.end, gpa, text);
	if (end == ACCESS_DONE)
		vm_expect_content(_metadata, content, got.value, gpa, text);
}

/* Both read @content there. */
static inline void nested_expect_content(struct __test_metadata *_metadata,
					 const struct nested_vm *vm, u64 page, u64 content,
					 const char *when)
{
	nested_expect_read(_metadata, vm, L2, page, ACCESS_DONE, content, when);
	nested_expect_read(_metadata, vm, L1, page, ACCESS_DONE, content, when);
}

/*
 * There are @nr_2m leaves of 2M, and small ones if @small.  How many of these is left open: shadow
 * paging maps pages ahead.
 */
static inline void nested_expect_leaves(struct __test_metadata *_metadata,
					const struct nested_vm *vm, u64 nr_2m, bool small,
					const char *when)
{
	u64 leaves[NR_LEVELS];
	char text[64];

	vm_driver_leaves(vm->vmd, leaves);
	vm_expect_print_leaves(leaves, text, sizeof(text));
	EXPECT_TRUE(leaves[LEVEL_2M] == nr_2m && !!leaves[LEVEL_4K] == small &&
		    !leaves[LEVEL_1G]) {
		TH_LOG("Wanted 2M x%llu, %s 4K at gpa 0x%llx (%s), got %s",
		       (unsigned long long)nr_2m, small ? "some" : "no", NESTED_VM_GPA, when,
		       text);
	}
}

#endif /* LPAGE_NESTED_EXPECT_H */
