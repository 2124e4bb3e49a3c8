// SPDX-License-Identifier: GPL-2.0-only
// Name: hypercall_result_not_cleared
// Class: ERR
// Origin: fixed by 9a1dfeff4414 (Dec 2024)
// A user would see: a guest whose VMM leaves hypercall.ret alone takes a conversion that was done for one that failed
// Observable: yes: hypercall.ret is not 0 at the exit, if something else used that part of kvm_run before
// First: hypercall global.hypercall_returns_its_answer
// File: arch/x86/kvm/x86.c
@@
@@
____kvm_emulate_hypercall(...)
{
<...
- vcpu->run->hypercall.ret = 0;
...>
}
