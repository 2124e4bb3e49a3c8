// SPDX-License-Identifier: GPL-2.0-only
#include "apic.h"
#include "processor.h"

#include "kvm/guest_async_fault.h"
#include "kvm/vm_internal.h"

static struct guest_async_fault *fault_of(struct vm_driver *vmd, unsigned int vcpu)
{
	return addr_gva2hva(vmd->vm, (unsigned long)&guest_async_fault[vcpu]);
}

void vm_driver_tell_of_missing_pages(struct vm_driver *vmd, unsigned int id,
				     enum vm_driver_told told)
{
	static const u64 how[] = {
		[TOLD_NEVER] = 0,
		[TOLD_IN_USER_MODE] = KVM_ASYNC_PF_ENABLED | KVM_ASYNC_PF_DELIVERY_AS_INT,
		[TOLD_ALWAYS] = KVM_ASYNC_PF_ENABLED | KVM_ASYNC_PF_DELIVERY_AS_INT |
				KVM_ASYNC_PF_SEND_ALWAYS,
	};
	struct guest_async_fault *fault = fault_of(vmd, id);
	struct kvm_vcpu *vcpu = vmd->vcpu[id];
	u64 gpa = addr_gva2gpa(vmd->vm, (unsigned long)&guest_async_fault[id].data);

	vm_install_exception_handler(vmd->vm, PF_VECTOR, guest_on_page_fault);
	vm_install_exception_handler(vmd->vm, GUEST_READY_VECTOR, guest_on_page_ready);
	memset(fault, 0, sizeof(*fault));

	vcpu_set_msr(vcpu, MSR_IA32_APICBASE,
		     vcpu_get_msr(vcpu, MSR_IA32_APICBASE) | X2APIC_ENABLE);
	vcpu_set_msr(vcpu, APIC_BASE_MSR + (APIC_SPIV >> 4), APIC_SPIV_APIC_ENABLED | 0xff);
	vcpu_set_msr(vcpu, MSR_KVM_ASYNC_PF_INT, GUEST_READY_VECTOR);
	vcpu_set_msr(vcpu, MSR_KVM_ASYNC_PF_EN, gpa | how[told]);
}

struct vm_driver_async_faults vm_driver_async_faults(struct vm_driver *vmd, unsigned int vcpu)
{
	return fault_of(vmd, vcpu)->seen;
}
