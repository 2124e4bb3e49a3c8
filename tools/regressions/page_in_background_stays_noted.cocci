// SPDX-License-Identifier: GPL-2.0-only
// Name: page_in_background_stays_noted
// Class: HANG
// Origin: held out
// A user would see: a guest whose memory was swapped out twice stops the second time
// Observable: yes: the vCPU stays halted
// First: async_fault async.same_page_again
// File: arch/x86/kvm/x86.c
@@
expression vcpu, work;
@@
kvm_arch_async_page_present(...)
{
<...
- kvm_del_async_pf_gfn(vcpu, work->arch.gfn);
+ if (work->notpresent_injected)
+ 	kvm_del_async_pf_gfn(vcpu, work->arch.gfn);
...>
}
