// SPDX-License-Identifier: GPL-2.0-only
#include "kvm_util.h"
#include "processor.h"
#include "ucall_common.h"

#include <asm/kvm_para.h>
#include <linux/kvm_para.h>

#include "kvm/guest.h"
#include "kvm/guest_nested.h"

/* Before 6.9 only some of upstream's tests have it. */
#ifndef KVM_FEP
#define KVM_FEP "ud2; .byte 'k', 'v', 'm';"
#endif

struct guest_channel guest_channel[VM_DRIVER_MAX_VCPUS];

/*
 * The one instruction that touches memory under test.  The host may skip it by going
 * to the label behind it, see vm_skip_access(); a call has changed the stack by then.
 */
static u64 guest_touch(struct guest_channel *channel, u64 gpa, u64 tag)
{
	u64 value = 0;

	switch (channel->request.access) {
	case ACCESS_READ:
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "mov (%[gpa]), %[value]\n"
			     "1:"
			     : [value] "+r" (value), [rip] "=m" (channel->recovery_rip),
			     [rsp] "=m" (channel->recovery_rsp)
			     : [gpa] "r" (gpa) : "rcx", "memory");
		break;
	case ACCESS_WRITE:
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "mov %[tag], (%[gpa])\n"
			     "1:"
			     : [rip] "=m" (channel->recovery_rip),
			     [rsp] "=m" (channel->recovery_rsp)
			     : [gpa] "r" (gpa), [tag] "r" (tag) : "rcx", "memory");
		break;
	default:
		/* Behind the tag lies a return instruction; keep off the red zone. */
		asm volatile("lea 1f(%%rip), %%rcx\n\t"
			     "mov %%rcx, %[rip]\n\t"
			     "mov %%rsp, %[rsp]\n\t"
			     "test %[store], %[store]\n\t"
			     "je 2f\n\t"
			     "movb %[ret], (%[code])\n"
			     "2:\n\t"
			     "lea -128(%%rsp), %%rsp\n\t"
			     "call *%[code]\n\t"
			     "lea 128(%%rsp), %%rsp\n"
			     "1:"
			     : [rip] "=m" (channel->recovery_rip),
			     [rsp] "=m" (channel->recovery_rsp)
			     : [code] "r" (gpa + GUEST_CODE_OFFSET), [ret] "i" (GUEST_CODE),
			     [store] "r" ((u32)channel->request.store_code)
			     : "rcx", "memory");
	}
	return value;
}

/*
 * A function of its own: who calls one has nothing below its stack pointer, where an interrupt
 * stores what it interrupts.
 */
static noinline void guest_switch_interrupts(bool on)
{
	if (on)
		asm volatile("sti");
	else
		asm volatile("cli");
}

static void guest_access(struct guest_channel *channel)
{
	const struct guest_request *request = &channel->request;
	u64 page;

	if (request->interrupts)
		guest_switch_interrupts(true);
	for (page = 0; page < request->npages; page++) {
		WRITE_ONCE(channel->page, page);
		channel->value[page] = guest_touch(channel, request->gpa + page * PAGE_SIZE,
						   request->tag + page);
	}
	if (request->interrupts)
		guest_switch_interrupts(false);
}

/*
 * With interrupts off in the guest, Bochs does not let the host's timer end its turn, and one that
 * spins would never leave.  Just for a moment: a fault with interrupts on may leave the vCPU halted
 * instead of waiting for its page (kvm_can_do_async_pf()).
 */
static void guest_let_host_in(void)
{
	asm volatile("sti\n\t"
		     "nop\n\t"
		     "cli");
}

static void guest_spin(struct guest_channel *channel)
{
	const struct guest_request *request = &channel->request;

	WRITE_ONCE(channel->page, 0);
	while (!READ_ONCE(channel->stop_spin)) {
		channel->value[0] = guest_touch(channel, request->gpa, request->tag);
		WRITE_ONCE(channel->spins, channel->spins + 1);
		guest_let_host_in();
	}
}

static void guest_convert(const struct guest_request *request)
{
	u64 flags = KVM_MAP_GPA_RANGE_PAGE_SZ_4K;

	flags |= request->private ? KVM_MAP_GPA_RANGE_ENCRYPTED : KVM_MAP_GPA_RANGE_DECRYPTED;
	kvm_hypercall(KVM_HC_MAP_GPA_RANGE, request->gpa, request->npages, flags, 0);
}

static void guest_copy(const struct guest_request *request)
{
	u64 to = request->gpa, from = request->source, left = request->bytes;

	if (request->forced)
		asm volatile(KVM_FEP "rep movsb"
			     : "+D" (to), "+S" (from), "+c" (left) : : "memory");
	else
		asm volatile("rep movsb"
			     : "+D" (to), "+S" (from), "+c" (left) : : "memory");
}

static void guest_hypercall(struct guest_hypercall *call)
{
	call->result = kvm_hypercall(call->nr, call->arg[0], call->arg[1], call->arg[2], 0);
}

void guest_code(u64 vcpu)
{
	struct guest_channel *channel = &guest_channel[vcpu];

	for (;;) {
		GUEST_UCALL_NONE();

		if (channel->request.op == GUEST_CONVERT)
			guest_convert(&channel->request);
		else if (channel->request.op == GUEST_SPIN)
			guest_spin(channel);
		else if (channel->request.op == GUEST_INSN)
			guest_insn_execute(&channel->insn, &channel->recovery_rip,
					   &channel->recovery_rsp);
		else if (channel->request.op == GUEST_COPY)
			guest_copy(&channel->request);
		else if (channel->request.op == GUEST_HYPERCALL)
			guest_hypercall(&channel->hypercall);
		else if (channel->request.op == GUEST_ENTER_NESTED)
			guest_enter_nested(guest_code);
		else if (channel->request.op == GUEST_LEAVE_NESTED)
			guest_leave_nested();
		else
			guest_access(channel);
	}
}
