// SPDX-License-Identifier: GPL-2.0-only
// Name: file_number_0_is_an_error
// Class: ERR
// Origin: generated
// A user would see: a guest_memfd that is no file, where stdin was closed
// Observable: yes: EBADF
// First: lifetime global.file_number_0
// File: virt/kvm/guest_memfd.c
@@
identifier fd;
@@
__kvm_gmem_create(...)
{
<...
- if (fd < 0)
+ if (fd <= 0)
  	return fd;
...>
}
