/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mitigation by which KVM executes no hugepage (kvm.nx_huge_pages), until setting_restore().
 * Where its parameters cannot be changed is for suite_missing_mode() to say.
 */
#ifndef LPAGE_NX_MITIGATION_H
#define LPAGE_NX_MITIGATION_H

/* From now on what is executed is split, and nothing is recovered. Returns 0 or the errno. */
int nx_mitigation_force(void);

/*
 * From now on each period of a millisecond recovers all that is split; so does one that begins
 * at once (set_nx_huge_pages_recovery_param()).  Returns 0 or the errno.
 */
int nx_mitigation_recover_all(void);

/*
 * Switch it on or off, whichever it is not: KVM drops all page tables of all VMs
 * (set_nx_huge_pages()).  Returns 0 or the errno.
 */
int nx_mitigation_change(void);

#endif /* LPAGE_NX_MITIGATION_H */
