// SPDX-License-Identifier: GPL-2.0-only
// Name: interrupted_fault_stays_reader
// Class: HANG
// First: signal global.killed_while_held_in_run
// Origin: plausible
// A user would see: after a signal in a fault no memslot can be deleted any more, and the end of the VM warns
// Observable: yes: a warning in the kernel log when the process is killed
// File: arch/x86/kvm/mmu/mmu.c
// Afterwards: reboot
@@
expression vcpu;
@@
kvm_handle_error_pfn(...)
{
<...
+ if (srcu_read_lock(&vcpu->kvm->srcu) < 0)
+	return -EIO;
 kvm_handle_signal_exit(vcpu);
...>
}
