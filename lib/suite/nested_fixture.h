/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of tests about the page tables that a guest (L1) has for a guest of its own (L2), and
 * which KVM shadows.
 *
 *	memslot 1	[ hugepage under test ][ another one, with page tables of 4K ]
 *	memslot 2	[ L1's other page tables ]
 */
#ifndef LPAGE_NESTED_FIXTURE_H
#define LPAGE_NESTED_FIXTURE_H

#include <linux/bits.h>

#include "suite/suite_harness.h"

#include "host/setting.h"
#include "kvm/nested_vm.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

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

	nested_vm_create(&self->vm, variant->small);
}

FIXTURE_TEARDOWN(tables)
{
	nested_vm_free(&self->vm);
	setting_restore();
	vm_expect_no_warning(_metadata, NESTED_VM_GPA, "after the VM");
}

#endif /* LPAGE_NESTED_FIXTURE_H */
