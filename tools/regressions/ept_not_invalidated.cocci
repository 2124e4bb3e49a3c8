// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_not_invalidated
// Class: UNSAFE
// Origin: plausible
// A user would see: memory of another guest, or of the host, still mapped
// Observable: hardware: Bochs forgets all translations when a guest is entered
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel hardware
@@
@@
vmx_flush_tlb_current(...)
{
+ return;
...
}
