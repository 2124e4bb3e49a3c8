// SPDX-License-Identifier: GPL-2.0-only
// Name: second_exit_reads_dead_stack
// Class: UNSAFE
// Origin: held out; CVE-2026-31588
// A user would see: a device that gets rubbish, or the kernel's secrets, for half of what a guest writes
// Observable: yes: data of the second KVM_EXIT_MMIO of enter, whose operand is on KVM's stack
// First: emulator emulator.by_cpu.accesses_device
// File: arch/x86/kvm/x86.c
@@
identifier frag, val;
@@
emulator_read_write_onepage(..., void *val, ...)
{
<...
- if (write && bytes <= 8u) {
- 	frag->val = 0;
- 	frag->data = &frag->val;
- 	memcpy(&frag->val, val, bytes);
- } else {
- 	frag->data = val;
- }
+ frag->data = val;
...>
}
