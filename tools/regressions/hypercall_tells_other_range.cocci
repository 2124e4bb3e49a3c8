// SPDX-License-Identifier: GPL-2.0-only
// Name: hypercall_tells_other_range
// Class: ERR
// Origin: plausible
// A user would see: a guest's conversion leaves one page out
// Observable: yes: fields of KVM_EXIT_HYPERCALL
// First: hypercall global.hypercall_returns_its_answer
// File: arch/x86/kvm/x86.c
@@
expression N;
@@
____kvm_emulate_hypercall(...)
{
<...
- vcpu->run->hypercall.args[1] = N;
+ vcpu->run->hypercall.args[1] = N - 1;
...>
}
