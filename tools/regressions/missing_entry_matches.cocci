// SPDX-License-Identifier: GPL-2.0-only
// Name: missing_entry_matches
// Class: UNSAFE
// Origin: plausible
// A user would see: a range is taken for private though most of it is shared: the conversion is left out
// Observable: yes: a private page is reached as shared, levels are wrong; only from 7.x on, 6.12 has other code
// File: virt/kvm/kvm_main.c
@@
@@
kvm_range_has_memory_attributes(...)
{
<...
if (!entry)
- return !attrs;
+ return true;
...>
}
