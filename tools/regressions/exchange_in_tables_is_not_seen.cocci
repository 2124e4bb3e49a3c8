// SPDX-License-Identifier: GPL-2.0-only
// Name: exchange_in_tables_is_not_seen
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of the guest goes on with a page that the guest has taken from it by cmpxchg
// Observable: yes: contents
// First: nested_table tables.pages.l2_sees_what_l1_exchanges
// File: arch/x86/kvm/x86.c
@@
expression vcpu, gpa, new, bytes;
@@
emulator_cmpxchg_emulated(...)
{
<...
- kvm_page_track_write(vcpu, gpa, new, bytes);
...>
}
