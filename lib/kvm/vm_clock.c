// SPDX-License-Identifier: GPL-2.0-only
#include "processor.h"

#include <asm/kvm_para.h>

#include "kvm/vm_internal.h"

/* Of MSR_KVM_SYSTEM_TIME_NEW: the address is one to write to. */
#define CLOCK_ENABLED	1

void vm_driver_keep_clock(struct vm_driver *vmd, unsigned int vcpu, u64 gpa)
{
	vcpu_set_msr(vmd->vcpu[vcpu], MSR_KVM_SYSTEM_TIME_NEW, gpa | CLOCK_ENABLED);
}

void vm_driver_set_clock(struct vm_driver *vmd, u64 ns)
{
	const struct kvm_clock_data clock = { .clock = ns };

	vm_ioctl(vmd->vm, KVM_SET_CLOCK, &clock);
}
