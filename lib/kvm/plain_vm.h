/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM, host memory and a guest_memfd, for tests that no scenario describes. */
#ifndef LPAGE_PLAIN_VM_H
#define LPAGE_PLAIN_VM_H

#include "host/backing.h"

struct vm_driver;

struct plain_vm {
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
};

/*
 * One vCPU, @size bytes of @kind and @gmem_size bytes of guest_memfd, but no memslot yet.  From
 * here on the kernel's log is watched.
 */
void plain_vm_create(struct plain_vm *vm, enum backing_kind kind, u64 size, u64 gmem_size);

/* Make the first @size bytes of both memslot 1 at @gpa. Returns 0 or the errno. */
int plain_vm_add_memslot(struct plain_vm *vm, u64 gpa, u64 size);

/* Does nothing if @vm is all zero, as it is where a test is skipped before it has one. */
void plain_vm_free(struct plain_vm *vm);

#endif /* LPAGE_PLAIN_VM_H */
