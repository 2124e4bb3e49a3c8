// SPDX-License-Identifier: GPL-2.0-only
// Name: emulated_write_not_logged
// Class: UNSAFE
// Origin: plausible
// A user would see: a migrated guest misses what KVM's emulator wrote for it
// Observable: yes: dirty log against contents, of a write across the end of memory
// First: emulator emulator.by_cpu.accesses_device
// File: virt/kvm/kvm_main.c
@@
@@
__kvm_write_guest_page(...)
{
<...
- mark_page_dirty_in_slot(...);
...>
}
