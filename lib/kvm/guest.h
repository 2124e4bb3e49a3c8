/* SPDX-License-Identifier: GPL-2.0-only */
/* What runs in the guest, and how host and guest talk. */
#ifndef LPAGE_GUEST_H
#define LPAGE_GUEST_H

#include "kvm/guest_insn.h"
#include "kvm/vm_driver.h"

/* What host and guest tell each other; one for each vCPU, in guest memory. */
struct guest_channel {
	struct guest_request request;
	u64 page;			/* the guest is at this page of an access */
	u64 recovery_rip;		/* where it goes on if the page is to be skipped */
	u64 recovery_rsp;
	u64 spins;
	bool stop_spin;
	struct guest_insn insn;
	struct guest_hypercall hypercall;
	u64 value[GUEST_BATCH_PAGES];
};

/* In guest memory: the host reaches it by addr_gva2hva(). */
extern struct guest_channel guest_channel[VM_DRIVER_MAX_VCPUS];

/* Carries out one request after the other; @vcpu says by which channel. Never returns. */
void guest_code(u64 vcpu);

#endif /* LPAGE_GUEST_H */
