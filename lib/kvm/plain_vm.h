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
	void *gmem_map;		/* NULL if the host has not mapped it */
};

/*
 * One vCPU, @size bytes of @kind and @gmem_size bytes of guest_memfd, but no memslot yet.  From
 * here on the kernel's log is watched.
 */
void plain_vm_create(struct plain_vm *vm, enum backing_kind kind, u64 size, u64 gmem_size);

/*
 * The same with a guest_memfd of @size bytes that has attributes of its own: all is private at
 * first, or @shared.  It is all the memory there is: the guest never sees the view, and as
 * the host has the file mapped somewhere else, no leaf goes with the host's own mapping.
 */
void plain_vm_create_in_place(struct plain_vm *vm, u64 size, bool shared);

/* Make the first @size bytes of both memslot 1 at @gpa. Returns 0 or the errno. */
int plain_vm_add_memslot(struct plain_vm *vm, u64 gpa, u64 size);

/* The VM, its guest_memfd and its memory. */
void plain_vm_free(struct plain_vm *vm);

#endif /* LPAGE_PLAIN_VM_H */
