/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM whose vCPU L2 can be a guest of the guest, with memory of both, and of page tables for it.
 *
 *	memslot 1	[ hugepage under test ][ another one ]
 *	memslot 2	[ the guest's (L1's) page tables for L2 ]
 *	host		[ memory of both memslots ][ a spare hugepage ]
 */
#ifndef LPAGE_NESTED_VM_H
#define LPAGE_NESTED_VM_H

#include <linux/sizes.h>

#include "host/backing.h"
#include "kvm/nested_tables.h"

struct vm_driver;

/* The vCPUs. */
enum nested_vcpu { L2, L1, NR_NESTED_VCPUS };

#define NESTED_VM_GPA		(16ull * SZ_1G)
#define NESTED_VM_SIZE		((u64)SZ_4M)	/* of memslot 1 */

/* The other hugepages, by their first page: below, a page is counted from NESTED_VM_GPA on. */
#define NESTED_VM_OTHER		512
#define NESTED_VM_TABLES	1024
#define NESTED_VM_SPARE		1536		/* not of the guest's */

/* A page of the other one in which L1 may have a page table, for 4K each. */
#define NESTED_VM_PAGE_TABLE	(NESTED_VM_OTHER + 448)

struct nested_vm {
	struct vm_driver *vmd;
	struct backing_view view;	/* hugetlb pages of 2M */
	struct backing_view small_view;
	struct nested_tables tables;
	int gmem_fd;			/* of memslot 1 */
};

/* With both memslots; the host has page tables in small pages if @small_tables. */
void nested_vm_create(struct nested_vm *vm, bool small_tables);
void nested_vm_free(struct nested_vm *vm);

/* The VM is made anew, with dirty rings of @bytes. */
void nested_vm_use_rings(struct nested_vm *vm, u32 bytes);

u64 nested_gpa(u64 page);
u64 *nested_page(const struct nested_vm *vm, u64 page);

/*
 * Let vCPU L2 go on as a guest of the guest, by the tables if @with_tables.  Until then, and again
 * after vm_driver_leave_nested(), it is in the guest itself.
 */
void nested_vm_enter(const struct nested_vm *vm, bool with_tables);

/* Have L2, which has not run yet, see the first hugepage by leaves of 4K of L1's. */
void nested_vm_use_pages(const struct nested_vm *vm);

/* Each returns 0 or the errno. */
int nested_vm_set_memslot(const struct nested_vm *vm);
int nested_vm_delete_memslot(const struct nested_vm *vm);
int nested_vm_set_tables(const struct nested_vm *vm, bool logged);
int nested_vm_delete_tables(const struct nested_vm *vm);
int nested_convert(const struct nested_vm *vm, u64 page, bool private);

/*
 * Memslot 1 without its guest_memfd, which must not be there: only such a memslot can be logged
 * (check_memory_region_flags()).
 */
int nested_vm_set_shared_memslot(const struct nested_vm *vm, bool logged);

/* Put the spare hugepage in the place of the one under test, which somebody else may get now. */
void nested_vm_use_spare(const struct nested_vm *vm);

#endif /* LPAGE_NESTED_VM_H */
