// SPDX-License-Identifier: GPL-2.0-only
#include "apic.h"
#include "processor.h"

#include "kvm/guest.h"
#include "kvm/guest_async_fault.h"

/* As a token: everybody who waits for a page is to look (kvm_async_pf_wakeup_all()). */
#define TOKEN_OF_ALL	(~0u)

struct guest_async_fault guest_async_fault[VM_DRIVER_MAX_VCPUS];

/* libkvm numbers APICs as vCPUs. */
static unsigned int this_vcpu(void)
{
	return rdmsr(APIC_BASE_MSR + (APIC_ID >> 4));
}

/* CR2, where a page fault has its address, and KVM its token. */
static u64 fault_address(void)
{
	u64 address;

	asm volatile("mov %%cr2, %0" : "=r" (address));
	return address;
}

/* A token that does not fit is counted as all others are. */
static void note(u32 *nr, u32 token[VM_DRIVER_MAX_TOLD], u32 value)
{
	if (*nr < VM_DRIVER_MAX_TOLD)
		token[*nr] = value;
	++*nr;
}

void guest_on_page_fault(struct ex_regs *regs)
{
	unsigned int vcpu = this_vcpu();
	struct guest_async_fault *fault = &guest_async_fault[vcpu];

	if (READ_ONCE(fault->data.flags) != KVM_PV_REASON_PAGE_NOT_PRESENT)
		fault->seen.nr_unexplained++;
	else
		note(&fault->seen.nr_missing, fault->seen.missing, fault_address());
	WRITE_ONCE(fault->data.flags, 0);
	regs->rip = guest_channel[vcpu].recovery_rip;
}

/* KVM tells nothing more before the token is 0 again, and that acknowledged. */
void guest_on_page_ready(struct ex_regs *regs)
{
	struct guest_async_fault *fault = &guest_async_fault[this_vcpu()];
	u32 token = READ_ONCE(fault->data.token);

	if (token == TOKEN_OF_ALL)
		fault->seen.nr_ready_for_all++;
	else
		note(&fault->seen.nr_ready, fault->seen.ready, token);
	WRITE_ONCE(fault->data.token, 0);
	wrmsr(MSR_KVM_ASYNC_PF_ACK, 1);
	wrmsr(APIC_BASE_MSR + (APIC_EOI >> 4), 0);
}
