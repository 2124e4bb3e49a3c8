// SPDX-License-Identifier: GPL-2.0-only
// Name: unmapped_memory_stays_mapped
// Class: UNSAFE
// Origin: held out
// A user would see: the guest goes on with memory that is somebody else's by now
// Observable: yes: leaves stay
// First: host_change change.unmapped_page_is_gone
// File: virt/kvm/kvm_main.c
@@
typedef kvm_mn_ret_t;
identifier hva_range;
@@
kvm_mmu_notifier_invalidate_range_start(...)
{
<...
(
- kvm_handle_hva_range(kvm, &hva_range)
+ (range->event == MMU_NOTIFY_UNMAP ? (kvm_mn_ret_t) { } : kvm_handle_hva_range(kvm, &hva_range))
|
- __kvm_handle_hva_range(kvm, &hva_range)
+ (range->event == MMU_NOTIFY_UNMAP ? (kvm_mn_ret_t) { } : __kvm_handle_hva_range(kvm, &hva_range))
)
...>
}

@@
identifier hva_range;
@@
kvm_mmu_notifier_invalidate_range_end(...)
{
<...
(
- kvm_handle_hva_range(kvm, &hva_range);
+ if (range->event != MMU_NOTIFY_UNMAP)
+ 	kvm_handle_hva_range(kvm, &hva_range);
|
- __kvm_handle_hva_range(kvm, &hva_range);
+ if (range->event != MMU_NOTIFY_UNMAP)
+ 	__kvm_handle_hva_range(kvm, &hva_range);
)
...>
}
