// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "host/monotonic.h"
#include "host/must_hold.h"
#include "kvm/punctual_vcpu.h"
#include "kvm/vm_driver.h"

static void sleep_until(u64 ns)
{
	struct timespec until = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static void *touch_punctually(void *arg)
{
	struct punctual_vcpu *vcpu = arg;
	u64 offset = 0, due = monotonic_ns();

	while (!__atomic_load_n(&vcpu->stop, __ATOMIC_SEQ_CST)) {
		struct guest_access access;
		u64 waited;

		due += PUNCTUAL_VCPU_NS;
		sleep_until(due);
		access = vm_driver_touch(vcpu->vmd, 0, ACCESS_READ, vcpu->gpa + offset, 0);
		MUST_HOLD(access.end == ACCESS_DONE, "Wanted a page at gpa 0x%llx, got %s",
			  (unsigned long long)(vcpu->gpa + offset), access_end_name(access.end));
		waited = monotonic_ns() - due;
		vcpu->longest = max(vcpu->longest, waited);
		/* It does not make up for what it has missed. */
		due += waited / PUNCTUAL_VCPU_NS * PUNCTUAL_VCPU_NS;
		offset = (offset + GFN_BYTES) % vcpu->size;
	}
	return NULL;
}

static int start_first(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	struct sched_param first = { .sched_priority = 1 };
	pthread_attr_t real_time;
	int r;

	pthread_attr_init(&real_time);
	pthread_attr_setinheritsched(&real_time, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&real_time, SCHED_FIFO);
	pthread_attr_setschedparam(&real_time, &first);
	r = pthread_create(thread, &real_time, run, arg);
	pthread_attr_destroy(&real_time);
	return r;
}

static void *just_start(void *arg)
{
	return arg;
}

bool punctual_vcpu_can_start(void)
{
	pthread_t thread;

	if (start_first(&thread, just_start, NULL))
		return false;
	pthread_join(thread, NULL);
	return true;
}

void punctual_vcpu_start(struct punctual_vcpu *vcpu, struct vm_driver *vmd, u64 gpa, u64 size)
{
	int r;

	*vcpu = (struct punctual_vcpu) { .vmd = vmd, .gpa = gpa, .size = size };
	r = start_first(&vcpu->thread, touch_punctually, vcpu);
	TEST_ASSERT(!r, "Cannot create a thread of real-time priority");
}

u64 punctual_vcpu_stop(struct punctual_vcpu *vcpu)
{
	__atomic_store_n(&vcpu->stop, true, __ATOMIC_SEQ_CST);
	pthread_join(vcpu->thread, NULL);
	return vcpu->longest;
}
