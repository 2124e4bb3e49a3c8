// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_without_2M_leaves
// Class: PERF
// Origin: plausible
// A user would see: slower guests: no huge leaves
// Observable: yes: 4K leaves where 2M ones are possible
// File: arch/x86/kvm/vmx/capabilities.h
// Needs: intel
@@
@@
ept_caps_to_lpage_level(...)
{
<...
- return PG_LEVEL_1G;
+ return PG_LEVEL_4K;
...>
}
