// SPDX-License-Identifier: GPL-2.0-only
// Name: emulated_atomic_not_logged
// Class: UNSAFE
// Origin: fixed by 910c57dfa4d1 (Feb 2024, CVE-2024-35804)
// A user would see: a migrated guest misses what it wrote by a locked instruction that KVM had to emulate
// Observable: yes: dirty log against contents, with kvm.force_emulation_prefix=1 and LOCK CMPXCHG behind the prefix
// First: emulator emulator.forced.accesses_memory
// File: arch/x86/kvm/x86.c
@@
@@
emulator_cmpxchg_emulated(...)
{
<...
- kvm_vcpu_mark_page_dirty(...);
...>
}
