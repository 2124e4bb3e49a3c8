/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's part in asynchronous page faults that it is told of (MSR_KVM_ASYNC_PF_EN). */
#ifndef LPAGE_GUEST_ASYNC_FAULT_H
#define LPAGE_GUEST_ASYNC_FAULT_H

#include <linux/types.h>

#include <asm/kvm_para.h>

#include "kvm/vm_driver.h"

struct ex_regs;

/* The interrupt by which KVM tells that a page is there. */
#define GUEST_READY_VECTOR	0x40

/* Of each vCPU, in guest memory: the host reaches it by addr_gva2hva(). */
struct guest_async_fault {
	struct kvm_vcpu_pv_apf_data data __aligned(64);
	struct vm_driver_async_faults seen;
};

extern struct guest_async_fault guest_async_fault[VM_DRIVER_MAX_VCPUS];

/* For #PF: the page of an access is not there, which the guest skips. */
void guest_on_page_fault(struct ex_regs *regs);

/* For the interrupt. */
void guest_on_page_ready(struct ex_regs *regs);

#endif /* LPAGE_GUEST_ASYNC_FAULT_H */
