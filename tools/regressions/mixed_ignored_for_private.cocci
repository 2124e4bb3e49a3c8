// SPDX-License-Identifier: GPL-2.0-only
// Name: mixed_ignored_for_private
// Class: UNSAFE
// First: huge_private huge_private.page_converted_and_back.as_written
// Origin: plausible
// A user would see: private leaves over pages that are shared
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
@@
expression max_level;
identifier linfo;
@@
kvm_mmu_max_mapping_level(...)
{
<...
- if (!linfo->disallow_lpage)
+ if (!linfo->disallow_lpage || is_private)
    break;
...>
}
