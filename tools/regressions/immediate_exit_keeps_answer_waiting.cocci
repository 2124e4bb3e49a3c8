// SPDX-License-Identifier: GPL-2.0-only
// Name: immediate_exit_keeps_answer_waiting
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: a vCPU saved after an exit goes on without what it was answered
// Observable: yes: a load from a device that is completed by a KVM_RUN with immediate_exit
// First: emulator emulator.by_cpu.exits_are_completed_without_guest
// File: arch/x86/kvm/x86.c
@@
identifier R, out;
@@
kvm_arch_vcpu_ioctl_run(...)
{
...
+ if (!vcpu->wants_to_run) {
+	R = -EINTR;
+	goto out;
+ }
if (unlikely(vcpu->arch.complete_userspace_io)) { ... } else { ... }
...
- if (!vcpu->wants_to_run) {
- 	R = -EINTR;
- 	goto out;
- }
...
}
