// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <unistd.h>

#include "host/must_hold.h"
#include "kvm/kernel_log.h"
#include "kvm/stalled_vm.h"
#include "kvm/vm_driver.h"

const char *stalled_vm_create(struct stalled_vm *vm, unsigned int nr_vcpus, u64 gpa, u64 size)
{
	const char *missing = stalled_memory_map(&vm->memory, size);
	int r;

	if (missing)
		return missing;

	kernel_log_start();
	vm->vmd = vm_driver_create(nr_vcpus);
	vm->gmem_fd = vm_driver_create_gmem(vm->vmd, size);
	r = vm_driver_set_memslot(vm->vmd, 1, gpa, size, vm->memory.hva, vm->gmem_fd, false);
	MUST_HOLD(!r, "Wanted memslot 1 at gpa 0x%llx, got %s", (unsigned long long)gpa,
		  strerror(r));
	return NULL;
}

void stalled_vm_free(struct stalled_vm *vm)
{
	vm_driver_free(vm->vmd);
	close(vm->gmem_fd);
	stalled_memory_unmap(&vm->memory);
}
