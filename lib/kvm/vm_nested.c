// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitmap.h>

#include "processor.h"
#include "svm_util.h"
#include "vmx.h"

#include "host/must_hold.h"
#include "host/release.h"
#include "kvm/nested_tables.h"
#include "kvm/vm_internal.h"
#include "kvm/vm_stats.h"

struct guest_nested *vm_nested(struct vm_driver *vmd)
{
	return addr_gva2hva(vmd->vm, (unsigned long)&guest_nested);
}

const char *vm_driver_missing_nested(bool with_tables)
{
	bool svm = kvm_cpu_has(X86_FEATURE_SVM);

	if (!svm && !kvm_cpu_has(X86_FEATURE_VMX))
		return "nested virtualization (kvm_amd.nested, kvm_intel.nested)";
	if (with_tables && !(svm ? kvm_cpu_has(X86_FEATURE_NPT) : kvm_cpu_has_ept()))
		return "nested paging for guests of guests (NPT, EPT)";
	return NULL;
}

const char *vm_driver_missing_zap_of_orphans(void)
{
	return release_running() < RELEASE(7, 3) ? "orphaned page tables that are dropped" : NULL;
}

static void ask(struct vm_driver *vmd, int op)
{
	MUST_HOLD(vmd->nested != (op == GUEST_ENTER_NESTED), "The guest is there already");
	vmd->nested = op == GUEST_ENTER_NESTED;
	vm_channel(vmd, 0)->request = (struct guest_request) { .op = op };
	vm_run_guest(vmd, 0, vm_no_exit, NULL);
}

static u64 root_of(struct vm_driver *vmd, const struct nested_tables *tables)
{
	struct kvm_sregs sregs;
	bool five_levels;

	vcpu_sregs_get(vmd->vcpu[0], &sregs);
	five_levels = kvm_cpu_has(X86_FEATURE_SVM) && (sregs.cr4 & X86_CR4_LA57);
	return tables->gpa + (five_levels ? NESTED_TOP : NESTED_ROOT) * PAGE_SIZE;
}

void vm_driver_enter_nested(struct vm_driver *vmd, const struct nested_tables *tables)
{
	struct guest_nested *nested = vm_nested(vmd);
	u64 before[NR_LEVELS];
	u64 state;

	if (!nested->state) {
		nested->svm = kvm_cpu_has(X86_FEATURE_SVM);
		if (nested->svm)
			vcpu_alloc_svm(vmd->vm, (void *)&state);
		else
			vcpu_alloc_vmx(vmd->vm, (void *)&state);
		nested->state = state;
	}
	nested->tables = tables ? root_of(vmd, tables) : 0;
	vm_stats_leaves(vmd->vm, before);
	ask(vmd, GUEST_ENTER_NESTED);
	vm_add_own_leaves_of_nested(vmd, before);
}

void vm_driver_leave_nested(struct vm_driver *vmd)
{
	const struct guest_nested *nested = vm_nested(vmd);

	ask(vmd, GUEST_LEAVE_NESTED);
	MUST_HOLD(!nested->inside && nested->has_left,
		  "Wanted the guest of the guest to leave, got exit 0x%llx",
		  (unsigned long long)nested->exit);
}

/*
 * The nested state first, so that the registers are those of where it leads: VMX leaves L2, to come
 * back by what L1 knows of it (vmx_set_nested_state()).  It takes no MSRs by then.
 */
static void go_back_to(struct kvm_vcpu *vcpu, struct kvm_x86_state *state)
{
	vcpu_nested_state_set(vcpu, &state->nested);
	vcpu_sregs_set(vcpu, &state->sregs);
	vcpu_regs_set(vcpu, &state->regs);
}

void vm_driver_restore_nested(struct vm_driver *vmd)
{
	struct kvm_vcpu *vcpu = vmd->vcpu[0];
	struct kvm_x86_state *state;
	struct kvm_sregs sregs;

	MUST_HOLD(vmd->nested, "The guest is not there");
	if (vm_nested(vmd)->svm) {
		vcpu_sregs_get(vcpu, &sregs);
		sregs.efer &= ~(u64)EFER_NX;
		vcpu_sregs_set(vcpu, &sregs);
	}
	state = vcpu_save_state(vcpu);
	go_back_to(vcpu, state);
	kvm_x86_state_cleanup(state);
}

void vm_driver_take_back_nested(struct vm_driver *vmd, const struct nested_tables *tables)
{
	struct kvm_vcpu *vcpu = vmd->vcpu[0];
	struct kvm_x86_state *of_l1, *of_l2;
	u8 saved_stack[PAGE_SIZE], *stack;
	size_t size;

	/* What L1 will return to from there: all that it calls lies in the stack's first page. */
	of_l1 = vcpu_save_state(vcpu);
	stack = addr_gva2hva(vmd->vm, of_l1->regs.rsp);
	size = PAGE_SIZE - of_l1->regs.rsp % PAGE_SIZE;
	memcpy(saved_stack, stack, size);
	vm_driver_enter_nested(vmd, tables);
	of_l2 = vcpu_save_state(vcpu);
	go_back_to(vcpu, of_l2);
	go_back_to(vcpu, of_l1);
	memcpy(stack, saved_stack, size);
	vm_nested(vmd)->inside = false;
	vmd->nested = false;
	kvm_x86_state_cleanup(of_l1);
	kvm_x86_state_cleanup(of_l2);
}

int vm_driver_limit_tables(struct vm_driver *vmd, u32 nr)
{
	return __vm_ioctl(vmd->vm, KVM_SET_NR_MMU_PAGES, (void *)(unsigned long)nr) ? errno : 0;
}

/* After an access of L2's to the page at @gpa: see vm_driver_ends_nested(). */
static bool l2_has_ended(struct vm_driver *vmd, u64 gpa, unsigned int *why)
{
	const struct guest_nested *nested = vm_nested(vmd);

	vmd->nested = nested->inside;
	if (vmd->nested)
		return false;

	MUST_HOLD(nested->has_faulted && nested->fault_gpa / PAGE_SIZE == gpa / PAGE_SIZE,
		  "Wanted a fault of L1's at gpa 0x%llx, got exit 0x%llx at 0x%llx",
		  (unsigned long long)gpa, (unsigned long long)nested->exit,
		  (unsigned long long)nested->fault_gpa);
	*why = nested->why;
	return true;
}

bool vm_driver_ends_nested(struct vm_driver *vmd, enum access access, u64 gpa, u64 tag,
			   unsigned int *why)
{
	vmd->nested_may_end = true;
	vm_driver_touch(vmd, 0, access, gpa, tag);
	vmd->nested_may_end = false;
	return l2_has_ended(vmd, gpa, why);
}

bool vm_driver_insn_ends_nested(struct vm_driver *vmd, struct guest_insn *insn, unsigned int *why)
{
	const u64 no_input[GUEST_INSN_MAX_EXITS] = { };
	struct guest_insn_exits exits;

	vmd->nested_may_end = true;
	vm_driver_insn(vmd, 0, insn, no_input, &exits);
	vmd->nested_may_end = false;
	return l2_has_ended(vmd, insn->gpa, why);
}

/* VMX has no page that is written then and not by the guest as well. */
const char *vm_driver_missing_nested_control(void)
{
	return kvm_cpu_has(X86_FEATURE_SVM) ? NULL : "a control block in memory (SVM)";
}

void vm_driver_log_nested_control(struct vm_driver *vmd)
{
	vm_mem_region_set_flags(vmd->vm, 0, KVM_MEM_LOG_DIRTY_PAGES);
}

bool vm_driver_wrote_nested_control(struct vm_driver *vmd)
{
	const struct kvm_userspace_memory_region2 own = memslot2region(vmd->vm, 0)->region;
	const struct svm_test_data *svm = addr_gva2hva(vmd->vm, vm_nested(vmd)->state);
	unsigned long *log = bitmap_zalloc(own.memory_size / PAGE_SIZE);
	bool written;

	kvm_vm_get_dirty_log(vmd->vm, 0, log);
	written = test_bit((svm->vmcb_gpa - own.guest_phys_addr) / PAGE_SIZE, log);
	bitmap_free(log);
	return written;
}
