// SPDX-License-Identifier: GPL-2.0-only
// Name: allocation_skips_first_page
// Class: ERR
// First: memory_back pages_of_guest_memfd_come_and_go
// Origin: generated, by make mutate
// A user would see: memory that fallocate() has not allocated, so that a fault finds none later
// Observable: yes: the unevictable memory of the machine
// File: virt/kvm/guest_memfd.c
@@
identifier index, start, end;
statement S;
@@
kvm_gmem_allocate(...)
{
...
- for (index = start; index < end; )
+ for (index = start + 1; index < end; )
S
...
}
