// SPDX-License-Identifier: GPL-2.0-only
#include "processor.h"

#include <asm/kvm_para.h>

#include "kvm/vm_internal.h"

/* Of MSR_KVM_SYSTEM_TIME_NEW and MSR_KVM_STEAL_TIME: the address is one to write to. */
#define KEPT		1

void vm_driver_keep_clock(struct vm_driver *vmd, unsigned int vcpu, u64 gpa)
{
	vcpu_set_msr(vmd->vcpu[vcpu], MSR_KVM_SYSTEM_TIME_NEW, gpa | KEPT);
}

void vm_driver_end_clock(struct vm_driver *vmd, unsigned int vcpu)
{
	vcpu_set_msr(vmd->vcpu[vcpu], MSR_KVM_SYSTEM_TIME_NEW, 0);
}

void vm_driver_tell_stop(struct vm_driver *vmd, unsigned int vcpu)
{
	vcpu_ioctl(vmd->vcpu[vcpu], KVM_KVMCLOCK_CTRL, NULL);
}

void vm_driver_tell_wall_clock(struct vm_driver *vmd, unsigned int vcpu, u64 gpa)
{
	vcpu_set_msr(vmd->vcpu[vcpu], MSR_KVM_WALL_CLOCK_NEW, gpa);
}

void vm_driver_keep_steal_time(struct vm_driver *vmd, unsigned int vcpu, u64 gpa)
{
	vcpu_set_msr(vmd->vcpu[vcpu], MSR_KVM_STEAL_TIME, gpa | KEPT);
}

void vm_driver_set_clock(struct vm_driver *vmd, u64 ns)
{
	const struct kvm_clock_data clock = { .clock = ns };

	vm_ioctl(vmd->vm, KVM_SET_CLOCK, &clock);
}
