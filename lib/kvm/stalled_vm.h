/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM whose shared memory has no pages yet, so that a fault there is held until it gets one. */
#ifndef LPAGE_STALLED_VM_H
#define LPAGE_STALLED_VM_H

#include "host/stalled_memory.h"

struct vm_driver;

struct stalled_vm {
	struct vm_driver *vmd;
	struct stalled_memory memory;
	int gmem_fd;
};

/*
 * @nr_vcpus vCPUs and memslot 1 of @size bytes at @gpa, with a guest_memfd. From here on the
 * kernel's log is watched. Returns NULL, or a constant reason why this host cannot, with nothing
 * made.
 */
const char *stalled_vm_create(struct stalled_vm *vm, unsigned int nr_vcpus, u64 gpa, u64 size);

/* The VM, its guest_memfd and its memory. */
void stalled_vm_free(struct stalled_vm *vm);

#endif /* LPAGE_STALLED_VM_H */
