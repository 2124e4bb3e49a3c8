// SPDX-License-Identifier: GPL-2.0-only
#include <sys/mman.h>
#include <unistd.h>

#include "host/must_hold.h"
#include "kvm/kernel_log.h"
#include "kvm/plain_vm.h"
#include "kvm/vm_driver.h"

void plain_vm_create(struct plain_vm *vm, enum backing_kind kind, u64 size, u64 gmem_size)
{
	kernel_log_start();
	*vm = (struct plain_vm) { .vmd = vm_driver_create(1) };
	backing_map(&vm->view, kind, 0, size);
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, gmem_size);
}

void plain_vm_create_in_place(struct plain_vm *vm, u64 size, bool shared)
{
	kernel_log_start();
	*vm = (struct plain_vm) { .vmd = vm_driver_create(1) };
	vm->gmem_fd = vm_driver_create_gmem_in_place(vm->vmd, size, shared);
	backing_map(&vm->view, BACKING_ANONYMOUS, 0, size);
	vm->gmem_map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->gmem_fd, 0);
	MUST_HOLD(vm->gmem_map != MAP_FAILED, "Cannot map a guest_memfd");
}

int plain_vm_add_memslot(struct plain_vm *vm, u64 gpa, u64 size)
{
	return vm_driver_set_memslot(vm->vmd, 1, gpa, size, vm->view.base, vm->gmem_fd, false);
}

void plain_vm_free(struct plain_vm *vm)
{
	vm_driver_free(vm->vmd);
	if (vm->gmem_map)
		munmap(vm->gmem_map, vm->view.size);
	close(vm->gmem_fd);
	backing_unmap(&vm->view);
}
