// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_full_loses_entry
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses a page now and then, of a guest that writes to many
// Observable: yes: with more than 512 pages written at once, one is not in the dirty log
// File: arch/x86/kvm/vmx/vmx.c
// Needs: intel
// First: dirty_log dirty_log.every_page_written_at_once.automatic
@@
identifier idx;
expression tail;
@@
vmx_flush_pml_buffer(...)
{
<...
(
- tail = (idx >= PML_LOG_NR_ENTRIES) ? 0 : idx + 1;
+ tail = (idx >= PML_LOG_NR_ENTRIES) ? 1 : idx + 1;
|
- idx = 0;
+ idx = 1;
)
...>
}
