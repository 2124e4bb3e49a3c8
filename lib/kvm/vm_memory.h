/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that VMs take of the kernel: what is not given back is missing here. */
#ifndef LPAGE_VM_MEMORY_H
#define LPAGE_VM_MEMORY_H

#include <stdbool.h>

#include <linux/types.h>

#define MISSING_QUIET	"machine without other VMs"

struct vm_memory {
	u64 page_tables;	/* bytes, of all VMs */
	u64 slab;		/* bytes, in whole pages; attributes are there, too */
	u64 vmalloc;		/* bytes; what memslots know of their hugepages is there */
	u64 free_hugepages;	/* of 2M, that nobody uses */
	u64 pins;		/* that are held (pin_user_pages()), not only for VMs */
	u64 unevictable;	/* bytes; guest_memfd is there, but for each CPU's last pages */
};

/* True if there is a VM on this machine; without debugfs none is found. */
bool vm_memory_has_vms(void);

/* A constant reason why that cannot be told here, or not be told apart from other VMs', or NULL. */
const char *vm_memory_missing(void);

/*
 * Have the kernel give back what is free already: empty slabs, and with KASAN whatever it keeps to
 * catch a use after the free.
 */
void vm_memory_settle(void);

/* Exact at the time of the call. */
struct vm_memory vm_memory_read(void);

#endif /* LPAGE_VM_MEMORY_H */
