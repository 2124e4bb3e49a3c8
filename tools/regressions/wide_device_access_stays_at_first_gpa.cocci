// SPDX-License-Identifier: GPL-2.0-only
// Name: wide_device_access_stays_at_first_gpa
// Class: ERR
// Origin: plausible
// A user would see: the second half of a 16-byte access to a device goes where the first one went
// Observable: yes: gpa of KVM_EXIT_MMIO
// First: emulator emulator.by_cpu.accesses_device
// File: arch/x86/kvm/x86.c
@@
expression frag, len;
@@
complete_emulated_mmio(...)
{
<...
- frag->gpa += len;
...>
}
