/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long vCPUs have to wait for a page: one that touches a new page every so often, with the
 * priority of a real-time task, so that it is late only where KVM does not let it go on.
 */
#ifndef LPAGE_PUNCTUAL_VCPU_H
#define LPAGE_PUNCTUAL_VCPU_H

#include <pthread.h>
#include <stdbool.h>

#include <linux/types.h>

struct vm_driver;

/* Time between two touches. */
#define PUNCTUAL_VCPU_NS	100000

struct punctual_vcpu {
	struct vm_driver *vmd;
	pthread_t thread;
	u64 gpa;		/* its pages: the first one's address */
	u64 size;		/* bytes; having touched all, it begins again */
	u64 longest;		/* from when it was to touch a page to the end of that, in ns */
	bool stop;
};

/* Whether this process may have the priority that it takes. */
bool punctual_vcpu_can_start(void);

/* Let the first vCPU begin, which must do nothing else until it stops. */
void punctual_vcpu_start(struct punctual_vcpu *vcpu, struct vm_driver *vmd, u64 gpa, u64 size);

/* Returns the longest that it had to wait, in ns. */
u64 punctual_vcpu_stop(struct punctual_vcpu *vcpu);

#endif /* LPAGE_PUNCTUAL_VCPU_H */
