// SPDX-License-Identifier: GPL-2.0-only
// Name: mapped_page_stays_pinned
// Class: PERF
// Equivalent before: 6.13
// First: numa migration.uniform.anonymous_thp
// Origin: plausible
// A user would see: memory that a guest has touched cannot be moved, nor ever be freed
// Observable: yes: the host's memory stays on its node; 6.12 lets go of a mapped page elsewhere
// File: virt/kvm/kvm_main.c
@@
@@
kvm_release_page_dirty(...)
{
<...
- kvm_release_page_clean(page);
+ kvm_set_page_accessed(page);
...>
}
