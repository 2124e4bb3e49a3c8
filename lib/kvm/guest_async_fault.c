// SPDX-License-Identifier: GPL-2.0-only
#include "apic.h"
#include "processor.h"

#include "kvm/guest.h"
#include "kvm/guest_async_fault.h"

/* As a token: everybody who waits for a page is to look (kvm_async_pf_wakeup_all()). */
#define TOKEN_OF_ALL	(~0u)

struct guest_async_fault guest_async_fault;

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
	struct vm_driver_async_faults *seen = &guest_async_fault.seen;

	if (READ_ONCE(guest_async_fault.data.flags) != KVM_PV_REASON_PAGE_NOT_PRESENT)
		seen->nr_unexplained++;
	else
		note(&seen->nr_missing, seen->missing, fault_address());
	WRITE_ONCE(guest_async_fault.data.flags, 0);
	regs->rip = guest_channel[0].recovery_rip;
}

/* KVM tells nothing more before the token is 0 again, and that acknowledged. */
void guest_on_page_ready(struct ex_regs *regs)
{
	struct vm_driver_async_faults *seen = &guest_async_fault.seen;
	u32 token = READ_ONCE(guest_async_fault.data.token);

	if (token == TOKEN_OF_ALL)
		seen->nr_ready_for_all++;
	else
		note(&seen->nr_ready, seen->ready, token);
	WRITE_ONCE(guest_async_fault.data.token, 0);
	wrmsr(MSR_KVM_ASYNC_PF_ACK, 1);
	wrmsr(APIC_BASE_MSR + (APIC_EOI >> 4), 0);
}
