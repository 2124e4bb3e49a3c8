// SPDX-License-Identifier: GPL-2.0-only
#include "kvm_util.h"
#include "processor.h"
#include "svm_util.h"
#include "vmx.h"

#include <asm/svm.h>
#include <asm/vmx.h>

#include "kvm/guest_nested.h"
#include "kvm/nested_tables.h"

/* By AMD's architecture: libkvm has had two names for this field of the control area. */
#define NESTED_CONTROL		0x90
#define NESTED_PAGING		BIT_ULL(0)
#define NPT_FINAL		BIT_ULL(32)
#define FLUSH_ALL		1

/* CPUs have 8 at least. */
#define NR_ASIDS		4

/* By Intel's architecture, of an exit's qualification: the access, and all that entries allow. */
#define EPT_WRITE		BIT_ULL(1)
#define EPT_FETCH		BIT_ULL(2)
#define EPT_ALLOWED		GENMASK_ULL(5, 3)
#define EPT_FINAL		BIT_ULL(8)

/* What INVEPT forgets: all that page tables have said. */
#define ALL_CONTEXTS		2ull

struct guest_nested guest_nested;

static unsigned int nr_entries;
static void (*l2_code)(u64 vcpu);
static u8 stack[PAGE_SIZE] __aligned(PAGE_SIZE);

/* As if called: the stack is 8 off a multiple of 16. */
static void *stack_top(void)
{
	return stack + sizeof(stack) - 8;
}

static void run_l2(void)
{
	WRITE_ONCE(guest_nested.inside, true);
	l2_code(0);
}

/* Since 7.3 libkvm has a stack of its own for L2, and takes none. */
#define HAS_STACK(set_up, pointer)	\
	__builtin_types_compatible_p(typeof(set_up), void (pointer, void *))

static void set_up_svm(void (*set_up)(struct svm_test_data *svm, void *rip),
		       struct svm_test_data *svm)
{
	set_up(svm, run_l2);
}

static void set_up_svm_with_stack(void (*set_up)(struct svm_test_data *svm, void *rip, void *rsp),
				  struct svm_test_data *svm)
{
	set_up(svm, run_l2, stack_top());
}

static void set_up_vmx(void (*set_up)(struct vmx_pages *vmx, void *rip), struct vmx_pages *vmx)
{
	set_up(vmx, run_l2);
}

static void set_up_vmx_with_stack(void (*set_up)(struct vmx_pages *vmx, void *rip, void *rsp),
				  struct vmx_pages *vmx)
{
	set_up(vmx, run_l2, stack_top());
}

static u64 why_by_npt(u64 info)
{
	return (info & NESTED_FAULT_ALL) | (info & NPT_FINAL ? NESTED_FAULT_FINAL : 0);
}

static void enter_svm(struct svm_test_data *svm)
{
	u64 *control = (void *)&svm->vmcb->control + NESTED_CONTROL;
	const unsigned int used = nr_entries++ % NR_ASIDS;	/* ASIDs since the last flush */

	__builtin_choose_expr(HAS_STACK(generic_svm_setup, struct svm_test_data *),
			      set_up_svm, set_up_svm_with_stack)(generic_svm_setup, svm);
	svm->vmcb->save.rsp = (u64)stack_top();
	if (guest_nested.tables) {
		*control |= NESTED_PAGING;
		svm->vmcb->control.nested_cr3 = guest_nested.tables;
	}
	/* L1 may have changed its page tables, of which nothing is known by an ASID that is new. */
	svm->vmcb->control.asid = used + 1;
	svm->vmcb->control.tlb_ctl = used ? 0 : FLUSH_ALL;
	run_guest(svm->vmcb, svm->vmcb_gpa);
	stgi();

	guest_nested.exit = svm->vmcb->control.exit_code;
	guest_nested.has_left = guest_nested.exit == SVM_EXIT_VMMCALL;
	guest_nested.has_faulted = guest_nested.exit == SVM_EXIT_NPF;
	guest_nested.fault_gpa = svm->vmcb->control.exit_info_2;
	guest_nested.why = why_by_npt(svm->vmcb->control.exit_info_1);
}

/* Of reserved bits there is no more to tell than that. */
static u64 why_by_ept(u64 exit, u64 qualification)
{
	if (exit == EXIT_REASON_EPT_MISCONFIG)
		return NESTED_FAULT_RESERVED;

	return (qualification & EPT_ALLOWED ? NESTED_FAULT_PRESENT : 0) |
	       (qualification & EPT_WRITE ? NESTED_FAULT_WRITE : 0) |
	       (qualification & EPT_FETCH ? NESTED_FAULT_FETCH : 0) |
	       (qualification & EPT_FINAL ? NESTED_FAULT_FINAL : 0);
}

static void flush_ept(void)
{
	const u64 descriptor[2] = { };

	asm volatile("invept %0, %1" : : "m" (descriptor), "r" (ALL_CONTEXTS) : "cc", "memory");
}

static void enter_vmx(struct vmx_pages *vmx)
{
	if (!guest_nested.vmx_on)
		GUEST_ASSERT(prepare_for_vmx_operation(vmx));
	guest_nested.vmx_on = true;
	GUEST_ASSERT(load_vmcs(vmx));
	vmx->eptp_gpa = guest_nested.tables;
	__builtin_choose_expr(HAS_STACK(prepare_vmcs, struct vmx_pages *),
			      set_up_vmx, set_up_vmx_with_stack)(prepare_vmcs, vmx);
	vmwrite(GUEST_RSP, (u64)stack_top());
	/* L1 may have changed its page tables. */
	if (guest_nested.tables)
		flush_ept();
	GUEST_ASSERT(!vmlaunch());

	guest_nested.exit = vmreadz(VM_EXIT_REASON);
	guest_nested.has_left = guest_nested.exit == EXIT_REASON_VMCALL;
	guest_nested.has_faulted = guest_nested.exit == EXIT_REASON_EPT_VIOLATION ||
				   guest_nested.exit == EXIT_REASON_EPT_MISCONFIG;
	guest_nested.fault_gpa = vmreadz(GUEST_PHYSICAL_ADDRESS);
	guest_nested.why = why_by_ept(guest_nested.exit, vmreadz(EXIT_QUALIFICATION));
}

void guest_enter_nested(void (*code)(u64 vcpu))
{
	l2_code = code;
	if (guest_nested.svm)
		enter_svm((void *)guest_nested.state);
	else
		enter_vmx((void *)guest_nested.state);
	WRITE_ONCE(guest_nested.inside, false);
}

/* CPUID would end L2 as well, where it tells of VMX. */
void guest_leave_nested(void)
{
	if (guest_nested.svm)
		vmmcall();
	else
		vmcall();
}
