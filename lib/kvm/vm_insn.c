// SPDX-License-Identifier: GPL-2.0-only
/* Single instructions and hypercalls of the guest, with all their exits. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "host/must_hold.h"
#include "kvm/vm_internal.h"

struct insn_run {
	const struct guest_insn *insn;
	const u64 *input;
	struct guest_insn_exits *exits;
};

/*
 * Between two exits of an instruction the kernel's stack is used for something else: what KVM has
 * to write next must not lie there any more (emulator_read_write()).
 */
static void use_kernel_stack(void)
{
	static const char * const file[] = { "status", "stat", "maps", "mountinfo" };
	struct timeval no_time = { };
	char path[32], text[4096];
	fd_set none[3] = { };
	size_t i;
	int fd;

	select(FD_SETSIZE, &none[0], &none[1], &none[2], &no_time);
	/* Much of what is there is on its way through printf(), deep down. */
	for (i = 0; i < ARRAY_SIZE(file); i++) {
		snprintf(path, sizeof(path), "/proc/self/%s", file[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		while (read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
}

static void on_insn_exit(struct vm_driver *vmd, unsigned int id, void *arg);

/*
 * KVM_RUN with immediate_exit takes an answer and does not enter the guest; the instruction may
 * have another exit in store, though.
 */
static void complete_exit(struct vm_driver *vmd, unsigned int id, struct insn_run *insn_run)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	int r;

	run->immediate_exit = 1;
	r = __vcpu_run(vmd->vcpu[id]) ? errno : 0;
	run->immediate_exit = 0;
	if (!r)
		on_insn_exit(vmd, id, insn_run);
	else
		TEST_ASSERT(r == EINTR, "Wanted an exit to be completed with EINTR, got errno %d",
			    r);
	memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
}

static void on_insn_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	struct insn_run *insn_run = arg;
	struct guest_insn_exits *exits = insn_run->exits;
	struct guest_insn_exit *exit = &exits->exit[exits->nr];
	u64 input;

	TEST_ASSERT(exits->nr < GUEST_INSN_MAX_EXITS, "Too many exits of one instruction");
	input = insn_run->input[exits->nr++];
	*exit = (struct guest_insn_exit) { };
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		exit->end = ACCESS_MMIO;
		exit->gpa = run->mmio.phys_addr;
		exit->size = run->mmio.len;
		exit->is_write = run->mmio.is_write;
		if (exit->is_write)
			memcpy(&exit->data, run->mmio.data, sizeof(exit->data));
		else
			memcpy(run->mmio.data, &input, sizeof(input));
		if (insn_run->insn->kind == INSN_ENTER)
			use_kernel_stack();
		if (insn_run->insn->completed)
			complete_exit(vmd, id, insn_run);
		return;
	case KVM_EXIT_MEMORY_FAULT:
		exit->end = ACCESS_MEMORY_FAULT;
		exit->gpa = run->memory_fault.gpa;
		exit->size = run->memory_fault.size;
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		exit->end = ACCESS_INTERNAL_ERROR;
		break;
	case KVM_EXIT_UNKNOWN:
		exit->end = ACCESS_EFAULT;
		break;
	default:
		vm_no_exit(vmd, id, NULL);
	}
	vm_skip_access(vmd, id);
}

void vm_driver_insn(struct vm_driver *vmd, unsigned int vcpu, struct guest_insn *insn,
		    const u64 input[GUEST_INSN_MAX_EXITS], struct guest_insn_exits *exits)
{
	struct guest_channel *channel = vm_channel(vmd, vcpu);
	struct insn_run run = { .insn = insn, .input = input, .exits = exits };

	*exits = (struct guest_insn_exits) { };
	vm_map_range(vmd, insn->gpa, insn->size);
	channel->insn = *insn;
	guest_insn_assemble(&channel->insn);
	channel->request = (struct guest_request) { .op = GUEST_INSN };
	vm_run_guest(vmd, vcpu, on_insn_exit, &run);
	*insn = channel->insn;
}

void vm_driver_copy(struct vm_driver *vmd, unsigned int vcpu, u64 to, u64 from, u64 bytes,
		    bool forced)
{
	vm_map_range(vmd, to, bytes);
	vm_map_range(vmd, from, bytes);
	vm_channel(vmd, vcpu)->request = (struct guest_request) {
		.op = GUEST_COPY, .gpa = to, .source = from, .bytes = bytes, .forced = forced,
	};
	vm_run_guest(vmd, vcpu, vm_no_exit, NULL);
}

static void on_hypercall_exit(struct vm_driver *vmd, unsigned int id, void *arg)
{
	struct kvm_run *run = vmd->vcpu[id]->run;
	struct guest_hypercall *call = arg;

	if (run->exit_reason != KVM_EXIT_HYPERCALL)
		vm_no_exit(vmd, id, NULL);

	call->nr_exits++;
	call->exit_nr = run->hypercall.nr;
	memcpy(call->exit_arg, run->hypercall.args, sizeof(call->exit_arg));
	call->exit_result = run->hypercall.ret;
	if (call->answers)
		run->hypercall.ret = call->answer;
}

void vm_driver_hypercall(struct vm_driver *vmd, unsigned int vcpu, struct guest_hypercall *call)
{
	struct guest_channel *channel = vm_channel(vmd, vcpu);

	channel->hypercall = *call;
	channel->request = (struct guest_request) { .op = GUEST_HYPERCALL };
	call->nr_exits = 0;
	vm_run_guest(vmd, vcpu, on_hypercall_exit, call);
	call->result = channel->hypercall.result;
}

int vm_driver_add_doorbell(struct vm_driver *vmd, u64 gpa, unsigned int size)
{
	struct kvm_ioeventfd bell = {
		.addr = gpa,
		.len = size,
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};

	MUST_HOLD(bell.fd >= 0, "Cannot create an eventfd: errno %d", errno);
	vm_ioctl(vmd->vm, KVM_IOEVENTFD, &bell);
	return bell.fd;
}
