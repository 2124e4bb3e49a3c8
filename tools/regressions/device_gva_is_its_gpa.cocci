// SPDX-License-Identifier: GPL-2.0-only
// Name: device_gva_is_its_gpa
// Class: UNSAFE
// First: emulator emulator.forced.gva_of_memory_is_gpa_of_device
// Origin: generated
// A user would see: writes to memory that go to a device, when the emulator carries them out
// Observable: yes: an exit in place of the write
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_handle_noslot_fault(...)
{
<...
- fault->is_tdp ? 0 : fault->addr
+ fault->addr
...>
}
