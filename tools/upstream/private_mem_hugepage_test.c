// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verify the size of the mappings KVM creates when guest memory is partly
 * private and partly shared.  KVM must not map a hugepage that contains both,
 * and should map a hugepage again once it contains only one of them.
 *
 * Count the leaf SPTEs after each change, both right away, i.e. what the change
 * didn't zap, and after every page of the memslots has been faulted in.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include <linux/sizes.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

/* Arbitrary, but aligned to 1G, and not in the way of memslot 0. */
#define BASE_GPA	(4UL * SZ_1G)
#define FIRST_SLOT	10
#define MAX_SLOTS	8
#define MEM_SIZE	(16UL * SZ_2M)
#define SHARED_PATTERN	0xaaaaaaaaaaaaaaaaUL
#define PRIVATE_PATTERN	0x5555555555555555UL

#define P		((u64)PAGE_SIZE)
#define M		((u64)SZ_1M)
#define G		((u64)SZ_1G)

struct leaves {
	u64 nr_4k, nr_2m, nr_1g;
};

enum action { END, ADD_SLOT, DELETE_SLOT, MOVE_SLOT, TO_PRIVATE, TO_SHARED };

static const char * const action_name[] = {
	"", "add memslot", "delete memslot", "move memslot", "convert to private",
	"convert to shared",
};

struct row {
	enum action action;
	u64 offset;			/* From BASE_GPA. */
	u64 size;			/* The new offset, for MOVE_SLOT of the only memslot. */
	struct leaves kept;		/* Right after the action. */
	struct leaves mapped;		/* After faulting in all memslots. */
};

/* Head, middle and tail of a conversion, with hugepages of up to 2M. */
static const struct row one_memslot[] = {
	{ ADD_SLOT,	0,		8 * M,		{    0, 0 }, {    0, 4 } },
	{ TO_PRIVATE,	5 * P,		P,		{    0, 3 }, {  512, 3 } },
	{ TO_PRIVATE,	5 * P,		P,		{  512, 3 }, {  512, 3 } },
	{ TO_SHARED,	5 * P,		P,		{  511, 3 }, {    0, 4 } },
	{ TO_PRIVATE,	0,		P,		{    0, 3 }, {  512, 3 } },
	{ TO_PRIVATE,	2 * M - P,	P,		{  511, 3 }, {  512, 3 } },
	{ TO_SHARED,	0,		P,		{  511, 3 }, {  512, 3 } },
	{ TO_SHARED,	2 * M - P,	P,		{  511, 3 }, {    0, 4 } },
	{ TO_PRIVATE,	1 * M,		3 * M,		{    0, 2 }, { 1024, 2 } },
	{ TO_SHARED,	2 * M - P,	2 * P,		{ 1022, 2 }, { 1024, 2 } },
	{ TO_SHARED,	1 * M,		3 * M,		{  256, 2 }, {    0, 4 } },
	{ TO_PRIVATE,	1 * M,		1 * M + P,	{    0, 2 }, { 1024, 2 } },
	{ TO_SHARED,	1 * M,		1 * M,		{  768, 2 }, {  512, 3 } },
	{ TO_SHARED,	2 * M,		P,		{  511, 3 }, {    0, 4 } },
	{ TO_PRIVATE,	0,		2 * P,		{    0, 3 }, {  512, 3 } },
	{ TO_PRIVATE,	0,		3 * P,		{  509, 3 }, {  512, 3 } },
	{ TO_SHARED,	P,		2 * P,		{  510, 3 }, {  512, 3 } },
	{ TO_SHARED,	0,		2 * M,		{    0, 3 }, {    0, 4 } },
	{ TO_PRIVATE,	P,		4 * M,		{    0, 1 }, { 1536, 1 } },
	{ TO_SHARED,	2 * M - P,	4 * M + 2 * P,	{  511, 0 }, {  512, 3 } },
	{ TO_PRIVATE,	0,		8 * M,		{    0, 0 }, { 2048, 0 } },
	{ TO_SHARED,	2 * M,		4 * M,		{ 1024, 0 }, { 1024, 2 } },
	{ TO_SHARED,	0,		8 * M,		{    0, 0 }, {    0, 4 } },
	{ DELETE_SLOT,	0,		8 * M,		{    0, 0 }, {    0, 0 } },
	{ END }
};

/* KVM knows the attributes before it knows of a memslot, and afterwards. */
static const struct row new_memslot[] = {
	{ TO_PRIVATE,	5 * P,		P,		{    0, 0 }, {    0, 0 } },
	{ TO_PRIVATE,	8 * M - P,	P,		{    0, 0 }, {    0, 0 } },
	{ ADD_SLOT,	0,		8 * M,		{    0, 0 }, { 1024, 2 } },
	{ DELETE_SLOT,	0,		8 * M,		{    0, 0 }, {    0, 0 } },
	{ TO_SHARED,	5 * P,		P,		{    0, 0 }, {    0, 0 } },
	{ TO_PRIVATE,	0,		3 * M,		{    0, 0 }, {    0, 0 } },
	{ ADD_SLOT,	0,		8 * M,		{    0, 0 }, { 1536, 1 } },
	{ DELETE_SLOT,	0,		8 * M,		{    0, 0 }, {    0, 0 } },
	{ TO_SHARED,	0,		8 * M,		{    0, 0 }, {    0, 0 } },
	{ ADD_SLOT,	0,		8 * M,		{    0, 0 }, {    0, 4 } },
	{ END }
};

/* A range may cover several memslots, parts of some, and gaps between them. */
static const struct row adjacent_memslots[] = {
	{ ADD_SLOT,	0,		2 * M,		{    0, 0 }, {    0, 1 } },
	{ ADD_SLOT,	2 * M,		3 * M,		{    0, 1 }, {  256, 2 } },
	{ ADD_SLOT,	5 * M,		3 * M,		{  256, 2 }, {  512, 3 } },
	{ TO_PRIVATE,	2 * M - P,	2 * P,		{  512, 1 }, { 1536, 1 } },
	{ TO_SHARED,	2 * M - P,	2 * P,		{ 1534, 1 }, {  512, 3 } },
	{ TO_PRIVATE,	5 * M - P,	2 * P,		{  510, 3 }, {  512, 3 } },
	{ TO_PRIVATE,	1 * M,		11 * M,		{    0, 0 }, { 2048, 0 } },
	{ TO_SHARED,	0,		16 * M,		{    0, 0 }, {  512, 3 } },
	{ DELETE_SLOT,	2 * M,		3 * M,		{  256, 2 }, {  256, 2 } },
	{ TO_PRIVATE,	0,		8 * M - P,	{    0, 0 }, { 1280, 0 } },
	{ TO_SHARED,	0,		8 * M - P,	{    1, 0 }, {  256, 2 } },
	{ END }
};

/* The hugepages at both ends exceed the memslot. */
static const struct row misaligned_memslot[] = {
	{ ADD_SLOT,	2 * M - P,	4 * M + 2 * P,	{    0, 0 }, {    2, 2 } },
	{ TO_PRIVATE,	2 * M - P,	2 * P,		{    1, 1 }, {  514, 1 } },
	{ TO_SHARED,	2 * M - P,	2 * P,		{  512, 1 }, {    2, 2 } },
	{ TO_PRIVATE,	6 * M - P,	2 * P,		{    1, 1 }, {  514, 1 } },
	{ TO_SHARED,	6 * M - P,	2 * P,		{  512, 1 }, {    2, 2 } },
	{ TO_PRIVATE,	0,		3 * M,		{    1, 1 }, {  514, 1 } },
	{ TO_PRIVATE,	5 * M,		11 * M,		{  513, 0 }, { 1026, 0 } },
	{ TO_SHARED,	0,		16 * M,		{    0, 0 }, {    2, 2 } },
	{ END }
};

/* The host's hugepages are elsewhere. */
static const struct row unlike_host_memslot[] = {
	{ ADD_SLOT,	0,		4 * M,		{    0, 0 }, { 1024, 0 } },
	{ TO_PRIVATE,	0,		3 * M,		{  256, 0 }, { 1024, 0 } },
	{ TO_SHARED,	0,		3 * M,		{  256, 0 }, { 1024, 0 } },
	{ END }
};

/* No guest_memfd: private pages can't be mapped, their neighbors can. */
static const struct row shared_only_memslot[] = {
	{ TO_PRIVATE,	5 * P,		P,		{    0, 0 }, {    0, 0 } },
	{ ADD_SLOT,	0,		4 * M,		{    0, 0 }, {  511, 1 } },
	{ TO_SHARED,	5 * P,		P,		{  511, 1 }, {    0, 2 } },
	{ TO_PRIVATE,	4 * M - P,	P,		{    0, 1 }, {  511, 1 } },
	{ TO_PRIVATE,	8 * M + 5 * P,	P,		{  511, 1 }, {  511, 1 } },
	{ MOVE_SLOT,	0,		8 * M,		{    0, 0 }, {  511, 1 } },
	{ TO_SHARED,	8 * M + 5 * P,	P,		{  511, 1 }, {    0, 2 } },
	{ MOVE_SLOT,	8 * M,		0,		{    0, 0 }, {  511, 1 } },
	{ END }
};

/* Upper levels depend on the levels below, and on the attributes of these. */
static const struct row one_memslot_1g[] = {
	{ ADD_SLOT,	0,		1 * G,		{    0,   0, 0 }, {    0,   0, 1 } },
	{ TO_PRIVATE,	6 * M + P,	P,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ TO_PRIVATE,	10 * M + P,	P,		{  512, 510, 0 }, { 1024, 510, 0 } },
	{ TO_SHARED,	10 * M + P,	P,		{ 1023, 510, 0 }, {  512, 511, 0 } },
	{ TO_SHARED,	6 * M + P,	P,		{  511, 511, 0 }, {    0,   0, 1 } },
	{ TO_PRIVATE,	2 * M,		2 * M,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ TO_SHARED,	2 * M,		2 * M,		{    0, 511, 0 }, {    0,   0, 1 } },
	{ TO_PRIVATE,	0,		P,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ TO_PRIVATE,	1 * G - P,	P,		{  512, 510, 0 }, { 1024, 510, 0 } },
	{ TO_SHARED,	0,		P,		{ 1023, 510, 0 }, {  512, 511, 0 } },
	{ TO_SHARED,	1 * G - P,	P,		{  511, 511, 0 }, {    0,   0, 1 } },
	{ TO_PRIVATE,	3 * M,		4 * M,		{    0,   0, 0 }, { 1536, 509, 0 } },
	{ TO_SHARED,	3 * M,		4 * M,		{  512, 509, 0 }, {    0,   0, 1 } },
	{ TO_PRIVATE,	P,		P,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ TO_PRIVATE,	1 * G - 2 * M,	2 * M,		{  512, 510, 0 }, { 1024, 510, 0 } },
	{ TO_SHARED,	1 * G - 2 * M,	2 * M,		{  512, 510, 0 }, {  512, 511, 0 } },
	{ DELETE_SLOT,	0,		1 * G,		{    0,   0, 0 }, {    0,   0, 0 } },
	{ ADD_SLOT,	0,		1 * G,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ TO_SHARED,	0,		1 * G,		{    0,   0, 0 }, {    0,   0, 1 } },
	{ DELETE_SLOT,	0,		1 * G,		{    0,   0, 0 }, {    0,   0, 0 } },
	{ TO_PRIVATE,	4 * M + P,	P,		{    0,   0, 0 }, {    0,   0, 0 } },
	{ ADD_SLOT,	0,		1 * G,		{    0,   0, 0 }, {  512, 511, 0 } },
	{ END }
};

struct slot {
	u64 offset, size;
	void *mem;
	int guest_memfd;
};

struct test {
	const char *name;
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
	u32 flags;			/* Of new memslots. */
	void *mem;			/* Backs BASE_GPA. */
	int nr_slots;
	struct slot slots[MAX_SLOTS];
	bool by_guest;			/* Conversions and faults. */
	struct leaves base;		/* What memslot 0 needs. */
};

enum guest_op { GUEST_READ, GUEST_WRITE, GUEST_CONVERT, GUEST_SPIN, GUEST_STOP };

static struct guest_task {
	u64 op, gpa, size, value;
} task;

static void guest_code(void)
{
	u64 i;

	for (;;) {
		switch (task.op) {
		case GUEST_READ:
			for (i = 0; i < task.size; i += PAGE_SIZE)
				task.value = READ_ONCE(*(u64 *)(task.gpa + i));
			break;
		case GUEST_WRITE:
			WRITE_ONCE(*(u64 *)task.gpa, task.value);
			break;
		case GUEST_CONVERT:
			kvm_hypercall_map_gpa_range(task.gpa, task.size, task.value ?
						    KVM_MAP_GPA_RANGE_ENCRYPTED : 0);
			break;
		case GUEST_SPIN:
			while (READ_ONCE(task.op) == GUEST_SPIN) {
				READ_ONCE(*(u64 *)task.gpa);
				WRITE_ONCE(task.value, task.value + 1);
			}
			break;
		}
		GUEST_SYNC(0);
	}
}

static struct guest_task *guest_task(struct test *t)
{
	return addr_gva2hva(t->vm, (gva_t)&task);
}

static void *finish_guest_op(void *arg)
{
	struct guest_task *task = guest_task(arg);
	struct test *t = arg;
	struct kvm_run *run = t->vcpu->run;
	struct ucall uc;

	for (vcpu_run(t->vcpu); run->exit_reason == KVM_EXIT_HYPERCALL; vcpu_run(t->vcpu)) {
		TEST_ASSERT_EQ(run->hypercall.args[0], task->gpa);
		TEST_ASSERT_EQ(run->hypercall.args[1], task->size / PAGE_SIZE);
		vm_set_memory_attributes(t->vm, task->gpa, task->size,
					 task->value ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0);
		run->hypercall.ret = 0;
	}
	TEST_ASSERT_EQ(get_ucall(t->vcpu, &uc), UCALL_SYNC);
	return NULL;
}

static void start_guest_op(struct test *t, enum guest_op op, u64 offset, u64 size, u64 value)
{
	*guest_task(t) = (struct guest_task){ op, BASE_GPA + offset, size, value };
}

static u64 run_guest(struct test *t, enum guest_op op, u64 offset, u64 size, u64 value)
{
	start_guest_op(t, op, offset, size, value);
	finish_guest_op(t);
	return guest_task(t)->value;
}

static struct leaves count_leaves(struct test *t)
{
	return (struct leaves){
		vm_get_stat(t->vm, pages_4k) - t->base.nr_4k,
		vm_get_stat(t->vm, pages_2m) - t->base.nr_2m,
		vm_get_stat(t->vm, pages_1g) - t->base.nr_1g,
	};
}

static void assert_leaves(struct test *t, struct leaves wanted, const char *what, u64 offset,
			  u64 size)
{
	struct leaves got = count_leaves(t);

	TEST_ASSERT(!memcmp(&got, &wanted, sizeof(got)),
		    "Wanted %lu 4K, %lu 2M, %lu 1G leaves after %s 0x%lx, 0x%lx (%s), got %lu, %lu, %lu",
		    wanted.nr_4k, wanted.nr_2m, wanted.nr_1g, what, offset, size, t->name,
		    got.nr_4k, got.nr_2m, got.nr_1g);
}

static struct test test_start(const char *name, void *mem, u32 flags)
{
	const struct vm_shape shape = { .type = KVM_X86_SW_PROTECTED_VM, .mode = VM_MODE_DEFAULT };
	struct test t = { .name = name, .mem = mem, .flags = flags };

	pr_info("%s\n", name);
	t.vm = vm_create_shape_with_one_vcpu(shape, &t.vcpu, guest_code);
	vm_enable_cap(t.vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));
	virt_map_level(t.vm, BASE_GPA, BASE_GPA, MEM_SIZE, PG_LEVEL_2M);

	/* Fault in what the guest is going to use of memslot 0, its page tables, too. */
	vm_set_user_memory_region2(t.vm, FIRST_SLOT, 0, BASE_GPA, P, mem, 0, 0);
	run_guest(&t, GUEST_READ, 0, P, 0);
	run_guest(&t, GUEST_CONVERT, 0, P, true);
	run_guest(&t, GUEST_CONVERT, 0, P, false);
	vm_set_user_memory_region2(t.vm, FIRST_SLOT, 0, BASE_GPA, 0, mem, 0, 0);
	t.base = count_leaves(&t);
	return t;
}

static void set_slot(struct test *t, struct slot *slot, u64 size)
{
	vm_set_user_memory_region2(t->vm, FIRST_SLOT + (slot - t->slots), t->flags,
				   BASE_GPA + slot->offset, size, slot->mem,
				   slot->guest_memfd, 0);
}

static void add_slot(struct test *t, u64 offset, u64 size)
{
	struct slot *slot = &t->slots[t->nr_slots++];

	*slot = (struct slot){ offset, size, t->mem + offset };
	if (t->flags & KVM_MEM_GUEST_MEMFD)
		slot->guest_memfd = vm_create_guest_memfd(t->vm, size, 0);
	set_slot(t, slot, size);
}

static void delete_slot(struct test *t, u64 offset)
{
	struct slot *slot = t->slots;

	while (slot->offset != offset || !slot->size)
		slot++;
	set_slot(t, slot, 0);
	slot->size = 0;
	if (t->flags & KVM_MEM_GUEST_MEMFD)
		kvm_close(slot->guest_memfd);
}

static void test_end(struct test *t)
{
	int i;

	for (i = 0; i < t->nr_slots; i++) {
		if (t->slots[i].size)
			delete_slot(t, t->slots[i].offset);
	}
	kvm_vm_free(t->vm);
}

static void convert(struct test *t, u64 offset, u64 size, bool to_private)
{
	if (t->by_guest)
		run_guest(t, GUEST_CONVERT, offset, size, to_private);
	else
		vm_set_memory_attributes(t->vm, BASE_GPA + offset, size,
					 to_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0);
}

/* Private pages of a memslot without guest_memfd, and only these, can't be faulted in. */
static void pre_fault(struct test *t, u64 offset, u64 size)
{
	struct kvm_pre_fault_memory range = { .gpa = BASE_GPA + offset, .size = size };
	int r;

	while (range.size) {
		r = __vcpu_ioctl(t->vcpu, KVM_PRE_FAULT_MEMORY, &range);
		if (!r || errno == EINTR)
			continue;

		TEST_ASSERT(errno == EFAULT && !(t->flags & KVM_MEM_GUEST_MEMFD),
			    KVM_IOCTL_ERROR(KVM_PRE_FAULT_MEMORY, r));
		range.gpa += PAGE_SIZE;
		range.size -= PAGE_SIZE;
	}
}

static void fault_in_slots(struct test *t)
{
	struct slot *slot;

	for (slot = t->slots; slot < &t->slots[t->nr_slots]; slot++) {
		if (t->by_guest && slot->size)
			run_guest(t, GUEST_READ, slot->offset, slot->size, 0);
		else
			pre_fault(t, slot->offset, slot->size);
	}
}

static void run_row(struct test *t, const struct row *row)
{
	if (row->action == ADD_SLOT) {
		add_slot(t, row->offset, row->size);
	} else if (row->action == DELETE_SLOT) {
		delete_slot(t, row->offset);
	} else if (row->action == MOVE_SLOT) {
		t->slots[0].offset = row->size;
		set_slot(t, &t->slots[0], t->slots[0].size);
	} else {
		convert(t, row->offset, row->size, row->action == TO_PRIVATE);
	}
	assert_leaves(t, row->kept, action_name[row->action], row->offset, row->size);
	fault_in_slots(t);
	assert_leaves(t, row->mapped, "faults after all up to", row->offset, row->size);
}

static void test_rows(const char *name, const struct row *row, void *mem, u32 flags, bool by_guest)
{
	struct test t = test_start(name, mem, flags);

	t.by_guest = by_guest;
	for ( ; row->action != END; row++)
		run_row(&t, row);
	test_end(&t);
}

/* What can't be is refused, and changes nothing. */
static void test_invalid_arguments(void *mem)
{
	struct test t = test_start("invalid_arguments", mem, KVM_MEM_GUEST_MEMFD);
	const struct kvm_memory_attributes invalid[] = {
		{ BASE_GPA, 2 * P, KVM_MEMORY_ATTRIBUTE_PRIVATE, 1 },
		{ BASE_GPA, 2 * P, BIT(0), 0 },
		{ BASE_GPA, 2 * P, KVM_MEMORY_ATTRIBUTE_PRIVATE | BIT(63), 0 },
		{ BASE_GPA, 0, KVM_MEMORY_ATTRIBUTE_PRIVATE, 0 },
		{ BASE_GPA, 2 * P - 1, KVM_MEMORY_ATTRIBUTE_PRIVATE, 0 },
		{ BASE_GPA + 1, 2 * P, KVM_MEMORY_ATTRIBUTE_PRIVATE, 0 },
		{ -P, 2 * P, KVM_MEMORY_ATTRIBUTE_PRIVATE, 0 },
	};
	int i, r;

	add_slot(&t, 0, 2 * M);
	pre_fault(&t, 0, 2 * M);
	for (i = 0; i < ARRAY_SIZE(invalid); i++) {
		r = __vm_ioctl(t.vm, KVM_SET_MEMORY_ATTRIBUTES, &invalid[i]);
		TEST_ASSERT(r == -1 && errno == EINVAL,
			    "Wanted EINVAL for address 0x%llx, size 0x%llx, attributes 0x%llx, flags 0x%llx, got %d, errno %d",
			    invalid[i].address, invalid[i].size, invalid[i].attributes,
			    invalid[i].flags, r, errno);
		assert_leaves(&t, (struct leaves){ 0, 1 }, "refused conversion", 0, 2 * P);
	}
	test_end(&t);
}

/* The private page keeps its own data, and shared memory doesn't show it. */
static void test_data(void *mem)
{
	struct test t = test_start("data", mem, KVM_MEM_GUEST_MEMFD);
	u64 *shared = mem + 5 * P;

	t.by_guest = true;
	add_slot(&t, 0, 2 * M);
	*shared = SHARED_PATTERN;
	TEST_ASSERT_EQ(run_guest(&t, GUEST_READ, 5 * P, P, 0), SHARED_PATTERN);
	convert(&t, 5 * P, P, true);
	TEST_ASSERT_EQ(run_guest(&t, GUEST_READ, 5 * P, P, 0), 0);
	run_guest(&t, GUEST_WRITE, 5 * P, P, PRIVATE_PATTERN);
	run_guest(&t, GUEST_READ, 4 * P, P, 0);
	TEST_ASSERT_EQ(run_guest(&t, GUEST_READ, 5 * P, P, 0), PRIVATE_PATTERN);
	TEST_ASSERT_EQ(*shared, SHARED_PATTERN);
	convert(&t, 5 * P, P, false);
	TEST_ASSERT_EQ(run_guest(&t, GUEST_READ, 5 * P, P, 0), SHARED_PATTERN);
	test_end(&t);
}

/* A page that was mapped as part of a hugepage can't be reached any more. */
static void test_exit(void *mem)
{
	struct test t = test_start("exit", mem, 0);
	struct kvm_run *run = t.vcpu->run;

	add_slot(&t, 0, 2 * M);
	run_guest(&t, GUEST_READ, 5 * P, P, 0);
	convert(&t, 5 * P, P, true);
	run_guest(&t, GUEST_READ, 4 * P, P, 0);
	assert_leaves(&t, (struct leaves){ 1 }, "read", 4 * P, P);

	start_guest_op(&t, GUEST_READ, 5 * P, P, 0);
	TEST_ASSERT(_vcpu_run(t.vcpu) == -1 && errno == EFAULT, KVM_IOCTL_ERROR(KVM_RUN, 0));
	TEST_ASSERT_EQ(run->exit_reason, KVM_EXIT_MEMORY_FAULT);
	TEST_ASSERT_EQ(run->memory_fault.flags, KVM_MEMORY_EXIT_FLAG_PRIVATE);
	TEST_ASSERT_EQ(run->memory_fault.gpa, BASE_GPA + 5 * P);
	TEST_ASSERT_EQ(run->memory_fault.size, PAGE_SIZE);
	convert(&t, 5 * P, P, false);
	finish_guest_op(&t);
	assert_leaves(&t, (struct leaves){ 0, 1 }, "read", 5 * P, P);
	test_end(&t);
}

/* Attributes, and what is zapped for them, are a VM's own. */
static void test_other_vm(void *mem)
{
	struct test t = test_start("other_vm", mem, KVM_MEM_GUEST_MEMFD);
	struct test other = test_start("other_vm", mem, KVM_MEM_GUEST_MEMFD);

	add_slot(&t, 0, 2 * M);
	add_slot(&other, 0, 2 * M);
	pre_fault(&other, 0, 2 * M);
	convert(&t, 0, P, true);
	assert_leaves(&other, (struct leaves){ 0, 1 }, "convert in another VM", 0, P);
	test_end(&other);
	test_end(&t);
}

/*
 * Convert a range with a gigabyte outside of any memslot, to have lots of time
 * between zapping the old leaves and knowing which hugepages are mixed.  Faults
 * on the page at @victim mustn't be resolved with a hugepage meanwhile.
 */
static void test_fault_during_conversion(void *mem, u64 slot_size, u64 victim, u64 offset,
					 u64 size, struct leaves wanted)
{
	struct test t = test_start("fault_during_conversion", mem, KVM_MEM_GUEST_MEMFD);
	struct guest_task *spinning = guest_task(&t);
	pthread_t thread;

	add_slot(&t, 0, slot_size);
	start_guest_op(&t, GUEST_SPIN, victim, P, 0);
	kvm_pthread_create(&thread, NULL, finish_guest_op, &t);
	while (!READ_ONCE(spinning->value))
		cpu_relax();
	convert(&t, offset, size, true);
	WRITE_ONCE(spinning->op, GUEST_STOP);
	kvm_pthread_join(thread, NULL);
	assert_leaves(&t, wanted, "convert during faults", offset, size);
	test_end(&t);
}

/*
 * Hugepages that exceed a memslot have no lpage_info.  1024 of 2M fill a page, so
 * that KVM oopses if it asks for one more.
 */
static void test_bounds(void)
{
	const struct { u64 offset, size, convert_offset, convert_size; } bounds[] = {
		{ 4 * M, 1 * G - 4 * M, 4 * M, P },
		{ 2 * M, 1 * G, 1 * G + 2 * M - P, P },
		{ 2 * M, 2 * G, 2 * G, 2 * M },
		{ 2 * M, 2 * G, 2 * G - 2 * M, 4 * M },
		{ 2 * M, 2 * G, 2 * G, 4 * M },
		{ 4 * M, 4 * M, 2 * M, 4 * M },
	};
	void *mem = kvm_mmap(3 * G, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	struct test t = test_start("bounds", mem, 0);
	int i;

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		add_slot(&t, bounds[i].offset, bounds[i].size);
		convert(&t, bounds[i].convert_offset, bounds[i].convert_size, true);
		convert(&t, bounds[i].convert_offset, bounds[i].convert_size, false);
		delete_slot(&t, bounds[i].offset);
	}
	test_end(&t);
}

static void *map_hugepages(size_t size, int page_shift)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB |
		    page_shift << MAP_HUGE_SHIFT, -1, 0);
}

static void test_2m(void *mem)
{
	test_rows("one_memslot", one_memslot, mem, KVM_MEM_GUEST_MEMFD, false);
	test_rows("new_memslot", new_memslot, mem, KVM_MEM_GUEST_MEMFD, false);
	test_rows("adjacent_memslots", adjacent_memslots, mem, KVM_MEM_GUEST_MEMFD, false);
	test_rows("misaligned_memslot", misaligned_memslot, mem, KVM_MEM_GUEST_MEMFD, false);
	test_rows("unlike_host_memslot", unlike_host_memslot, mem + P, KVM_MEM_GUEST_MEMFD, false);
	test_rows("shared_only_memslot", shared_only_memslot, mem, 0, false);
	test_rows("shared_only_memslot", shared_only_memslot, mem, KVM_MEM_READONLY, false);
	test_rows("one_memslot, by guest", one_memslot, mem, KVM_MEM_GUEST_MEMFD, true);
	test_invalid_arguments(mem);
	test_data(mem);
	test_exit(mem);
	test_other_vm(mem);
	test_fault_during_conversion(mem, 4 * M, 0, M, G, (struct leaves){ 1 });
	test_fault_during_conversion(mem, 4 * M, 3 * M, -G, G + 2 * M + P, (struct leaves){ 1 });
	test_bounds();
}

int main(int argc, char *argv[])
{
	const char *file = NULL;
	void *mem;
	int opt;

	TEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SW_PROTECTED_VM));
	TEST_REQUIRE(kvm_check_cap(KVM_CAP_MEMORY_ATTRIBUTES) & KVM_MEMORY_ATTRIBUTE_PRIVATE);
	TEST_REQUIRE(kvm_check_cap(KVM_CAP_PRE_FAULT_MEMORY));
	TEST_REQUIRE(get_kvm_param_bool("tdp_mmu"));

	while ((opt = getopt(argc, argv, "f:")) != -1) {
		__TEST_REQUIRE(opt == 'f', "usage: %s [-f 1G file in hugetlbfs]", argv[0]);
		file = optarg;
	}

	mem = map_hugepages(MEM_SIZE, 21);
	__TEST_REQUIRE(mem != MAP_FAILED, "No %lu free 2M hugetlb pages", MEM_SIZE / SZ_2M);
	test_2m(mem);

	/* Clearing a new 1G page may take seconds, one in a file is cleared once. */
	mem = file ? kvm_mmap(G, PROT_READ | PROT_WRITE, MAP_SHARED, open(file, O_RDWR)) :
		     map_hugepages(G, 30);
	if (mem == MAP_FAILED) {
		pr_info("Skipping 1G hugepages, there is no free 1G hugetlb page\n");
		return 0;
	}
	test_rows("one_memslot_1g", one_memslot_1g, mem, KVM_MEM_GUEST_MEMFD, false);
	test_fault_during_conversion(mem, G, 0, 6 * M + P, 2 * G, (struct leaves){ 0, 1 });
	return 0;
}
