// SPDX-License-Identifier: GPL-2.0-only
// Name: steal_time_is_not_logged
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: a guest that was migrated finds an old record of its steal time
// Observable: yes: the dirty log of the page that has it
// First: pvclock clock.steal_time_is_logged
// File: arch/x86/kvm/x86.c
@@
@@
record_steal_time(...)
{
<...
- mark_page_dirty_in_slot(...);
+ ;
...>
}
