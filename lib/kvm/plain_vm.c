// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"

void plain_vm_create(struct plain_vm *vm, enum backing_kind kind, u64 size, u64 gmem_size)
{
	kernel_log_start();
	vm->vmd = vm_driver_create(1);
	backing_map(&vm->view, kind, 0, size);
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, gmem_size);
}

int plain_vm_add_memslot(struct plain_vm *vm, u64 gpa, u64 size)
{
	return vm_driver_set_memslot(vm->vmd, 1, gpa, size, vm->view.base, vm->gmem_fd, false);
}

void plain_vm_free(struct plain_vm *vm)
{
	if (!vm->vmd)
		return;

	vm_driver_free(vm->vmd);
	close(vm->gmem_fd);
	backing_unmap(&vm->view);
}
