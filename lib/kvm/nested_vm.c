// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>
#include <unistd.h>

#include "host/must_hold.h"
#include "kvm/kernel_log.h"
#include "kvm/nested_vm.h"
#include "kvm/vm_driver.h"

#define HUGEPAGE	((u64)SZ_2M)

u64 nested_gpa(u64 page)
{
	return NESTED_VM_GPA + page * SZ_4K;
}

u64 *nested_page(const struct nested_vm *vm, u64 page)
{
	return vm->view.base + page * SZ_4K;
}

int nested_vm_set_memslot(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 1, NESTED_VM_GPA, NESTED_VM_SIZE, vm->view.base,
				     vm->gmem_fd, false);
}

int nested_vm_delete_memslot(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 1, NESTED_VM_GPA, 0, NULL, -1, false);
}

int nested_vm_set_shared_memslot(const struct nested_vm *vm, bool logged)
{
	return vm_driver_set_memslot(vm->vmd, 1, NESTED_VM_GPA, NESTED_VM_SIZE, vm->view.base, -1,
				     logged);
}

int nested_vm_set_tables(const struct nested_vm *vm, bool logged)
{
	return vm_driver_set_memslot(vm->vmd, 2, vm->tables.gpa, HUGEPAGE, vm->tables.memory, -1,
				     logged);
}

int nested_vm_delete_tables(const struct nested_vm *vm)
{
	return vm_driver_set_memslot(vm->vmd, 2, vm->tables.gpa, 0, NULL, -1, false);
}

int nested_convert(const struct nested_vm *vm, u64 page, bool private)
{
	return vm_driver_convert(vm->vmd, nested_gpa(page), SZ_4K, private);
}

void nested_vm_enter(const struct nested_vm *vm, bool with_tables)
{
	vm_driver_enter_nested(vm->vmd, with_tables ? &vm->tables : NULL);
}

void nested_vm_use_pages(const struct nested_vm *vm)
{
	nested_tables_use_pages(&vm->tables, 0, nested_page(vm, NESTED_VM_PAGE_TABLE),
				nested_gpa(NESTED_VM_PAGE_TABLE));
}

static void add_memslots(struct nested_vm *vm)
{
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, NESTED_VM_SIZE);
	MUST_HOLD(!nested_vm_set_memslot(vm) && !nested_vm_set_tables(vm, false), "No memslots");
}

void nested_vm_create(struct nested_vm *vm, bool small_tables)
{
	kernel_log_start();
	*vm = (struct nested_vm) { .vmd = vm_driver_create(NR_NESTED_VCPUS) };
	backing_map(&vm->view, BACKING_HUGETLB_2MB, 0,
		    NESTED_VM_SPARE * SZ_4K + HUGEPAGE);
	backing_map(&vm->small_view, BACKING_ANONYMOUS, 0, HUGEPAGE);
	vm->tables = (struct nested_tables) {
		.memory = small_tables ? vm->small_view.base :
					 nested_page(vm, NESTED_VM_TABLES),
		.gpa = nested_gpa(NESTED_VM_TABLES),
		.base = NESTED_VM_GPA,
	};
	nested_tables_write(&vm->tables);
	add_memslots(vm);
}

void nested_vm_use_rings(struct nested_vm *vm, u32 bytes)
{
	close(vm->gmem_fd);
	vm_driver_use_rings(vm->vmd, bytes);
	add_memslots(vm);
}

void nested_vm_use_spare(const struct nested_vm *vm)
{
	void *at = nested_page(vm, 0);
	void *got = mremap(nested_page(vm, NESTED_VM_SPARE), HUGEPAGE, HUGEPAGE,
			   MREMAP_MAYMOVE | MREMAP_FIXED, at);

	MUST_HOLD(got == at, "Cannot move a hugepage of the host's");
}

void nested_vm_free(struct nested_vm *vm)
{
	vm_driver_free(vm->vmd);
	close(vm->gmem_fd);
	backing_unmap(&vm->view);
	backing_unmap(&vm->small_view);
}
