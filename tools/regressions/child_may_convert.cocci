// SPDX-License-Identifier: GPL-2.0-only
// Name: child_may_convert
// Class: ERR
// Origin: held out
// A user would see: a child that was forked changes the attributes of its parent's VM
// Observable: yes: no EIO
// First: refusal global.child_may_not_convert
// File: virt/kvm/kvm_main.c
@@
identifier kvm;
@@
kvm_vm_ioctl(...)
{
<...
- kvm->mm != current->mm
+ (kvm->created_vcpus && kvm->mm != current->mm)
...>
}
