/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's part in a guest of its own (L2), which executes the same code as the guest (L1). */
#ifndef LPAGE_GUEST_NESTED_H
#define LPAGE_GUEST_NESTED_H

#include <linux/types.h>

/* Of vCPU 0, in guest memory: the host reaches it by addr_gva2hva(). */
struct guest_nested {
	bool svm;		/* else VMX */
	bool vmx_on;
	bool inside;		/* L2 has begun, and has not left */
	bool has_left;		/* by guest_leave_nested() */
	bool has_faulted;	/* L1's page tables do not allow what it did, at ... */
	u64 fault_gpa;		/* ... this gpa of its, and ... */
	u64 why;		/* ... so L1 was told, see enum nested_fault */
	u64 exit;		/* by the CPU's number */
	u64 state;		/* gva of libkvm's struct svm_test_data or struct vmx_pages */
	u64 tables;		/* gpa of L1's page tables for L2, 0 if there are none */
};

extern struct guest_nested guest_nested;

/* Of L1: let L2 execute @code for vCPU 0, which does not return, until L2 leaves. */
void guest_enter_nested(void (*code)(u64 vcpu));

/* Of L2: go on in L1. */
void guest_leave_nested(void);

#endif /* LPAGE_GUEST_NESTED_H */
