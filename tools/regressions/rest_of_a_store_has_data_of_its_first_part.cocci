// SPDX-License-Identifier: GPL-2.0-only
// Name: rest_of_a_store_has_data_of_its_first_part
// Class: UNSAFE
// Origin: plausible, of a blind test
// A user would see: what a device gets is not what the guest has stored
// Observable: yes: exits
// First: emulator emulator.forced.half_of_a_store_rings_a_doorbell
// File: arch/x86/kvm/x86.c
@@
@@
emulator_read_write_onepage(...)
{
<...
- val += handled;
...>
}
