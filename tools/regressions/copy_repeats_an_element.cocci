// SPDX-License-Identifier: GPL-2.0-only
// Name: copy_repeats_an_element
// Class: UNSAFE
// Origin: held out
// A user would see: what an instruction copies is not what was there, if KVM carries it out
// Observable: yes: contents
// First: emulator emulator.forced.copies_across_pages
// File: arch/x86/kvm/emulate.c
@@
expression ctxt;
@@
x86_emulate_insn(...)
{
<...
- ctxt->mem_read.end = 0;
...>
}
