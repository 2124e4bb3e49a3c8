// SPDX-License-Identifier: GPL-2.0-only
// Name: host_protection_not_asked
// Class: UNSAFE
// First: backing read_only.memfd.write_after_read
// Origin: plausible
// A user would see: the guest writes to memory that the host has made read-only, or shares with others
// Observable: yes: a write that must fail is carried out
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
@@
tdp_mmu_map_handle_target_level(...)
{
<...
- fault->map_writable
+ true
...>
}
