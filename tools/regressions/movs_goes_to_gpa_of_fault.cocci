// SPDX-License-Identifier: GPL-2.0-only
// Name: movs_goes_to_gpa_of_fault
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: a movs between a device and memory at the same place of a page meets only one of them
// Observable: yes: exits and registers of such a movs
// First: emulator emulator.by_cpu.accesses_device
// File: arch/x86/kvm/emulate.c
@@
@@
emulator_can_use_gpa(...)
{
...
- if (ctxt->d & TwoMemOp)
-	return false;
...
}
