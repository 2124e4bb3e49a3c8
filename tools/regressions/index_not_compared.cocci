// SPDX-License-Identifier: GPL-2.0-only
// Name: index_not_compared
// Class: EQUIVALENT
// Origin: plausible; catalogue E8
// A user would see: nothing without entries that a failed reservation left over
// Observable: no: entries without attributes do not exist otherwise
// File: virt/kvm/kvm_main.c
@@
expression E;
@@
kvm_range_has_memory_attributes(...)
{
<...
- xas.xa_index != index || E
+ E
...>
}
