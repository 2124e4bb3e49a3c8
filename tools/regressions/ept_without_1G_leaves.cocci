// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_without_1G_leaves
// Class: PERF
// Origin: plausible
// A user would see: slower guests: no 1G leaves
// Observable: yes: 2M leaves where 1G ones are possible
// File: arch/x86/kvm/vmx/capabilities.h
// Needs: intel
// First: memslot memslot.base_misaligned_to_1G.as_written
@@
@@
ept_caps_to_lpage_level(...)
{
<...
- return PG_LEVEL_1G;
+ return PG_LEVEL_2M;
...>
}
