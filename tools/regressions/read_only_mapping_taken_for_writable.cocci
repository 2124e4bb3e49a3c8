// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_mapping_taken_for_writable
// Class: UNSAFE
// Origin: held out
// A user would see: the guest writes to memory of the kernel that the host's process may only read
// Observable: yes: KVM_RUN's errno
// First: backing global.no_page_is_written_through_a_read_only_mapping
// File: virt/kvm/kvm_main.c
@@
expression args;
@@
hva_to_pfn_remapped(...)
{
<...
kvm_resolve_pfn(...,
- args.writable
+ true
 )
...>
}
