// SPDX-License-Identifier: GPL-2.0-only
// Name: rings_reset_up_to_first_empty_one
// Class: UNSAFE
// First: dirty_ring ring.of_each_vcpu_has_what_it_wrote
// Origin: held out
// A user would see: a VM of which one vCPU is idle loses what the next ones write
// Observable: yes: KVM_RESET_DIRTY_RINGS returns 0, and the pages are not protected again
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_ioctl_reset_dirty_pages(...)
{
<...
- if (r)
+ if (r || !cleared)
break;
...>
}
