// SPDX-License-Identifier: GPL-2.0-only
// Name: device_gets_first_bytes_twice
// Class: ERR
// Origin: plausible
// A user would see: a write across the end of memory stores the wrong half of its bytes in the device
// Observable: yes: data of KVM_EXIT_MMIO
// First: emulator emulator.by_cpu.accesses_device
// File: arch/x86/kvm/x86.c
@@
@@
emulator_read_write(...)
{
<...
- val += now;
...>
}
