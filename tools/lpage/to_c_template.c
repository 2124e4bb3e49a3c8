// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the selftests that `lpage to-c` prints, see to_c.c.  A line with an @ says
 * how a part is called and what it needs; only parts that are needed are printed.
 */
/* @ begin: */
#include <errno.h>
/* @ fcntl: */
#include <fcntl.h>
/* @ mman: */
#include <sys/mman.h>
/* @ wait: */
#include <sys/wait.h>
/* @ begin: */
#include <unistd.h>

/* @ hugetlb: mman */
#include <asm-generic/hugetlb_encode.h>
/* @ falloc: fcntl */
#include <linux/falloc.h>
/* @ begin: mman */
#include <linux/sizes.h>

#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"
/* @ hypercall: */

#include <asm/kvm_para.h>
#include <linux/kvm_para.h>
/* @ begin: */

static struct kvm_vm *vm;
static struct kvm_vcpu *vcpu;

/* Leaves that map what the guest runs from, to be subtracted: 4K, 2M, 1G. */
static u64 own_leaves[3];
/* @ memslot: */

/* The memory of each memslot. */
static struct {
	void *hva;
	u64 size;
	int gmem_fd;
	u64 offset;
} memory[32];
/* @ begin: */

enum guest_op {
	GUEST_READ,
	GUEST_WRITE,
	GUEST_EXECUTE,
	GUEST_STORE_AND_EXECUTE,
	GUEST_CONVERT,
};

/* What the guest is asked to do. */
static struct {
	enum guest_op op;
	u64 gpa;
	u64 value;
	u64 npages;
} request;

/* @ touch: */
/* A return instruction, and where in a page it is put: behind the value. */
#define RET		0xc3
#define CODE_OFFSET	8

/*
 * The host skips an access by going on at r12 with r13 as stack pointer: a call has
 * changed the stack when its target faults.
 */
static u64 guest_read(u64 gpa)
{
	u64 value;

	asm volatile("lea 1f(%%rip), %%r12\n\t"
		     "mov %%rsp, %%r13\n\t"
		     "mov (%[gpa]), %[value]\n"
		     "1:"
		     : [value] "=&r" (value) : [gpa] "r" (gpa) : "r12", "r13", "memory");
	return value;
}

static void guest_write(u64 gpa, u64 value)
{
	asm volatile("lea 1f(%%rip), %%r12\n\t"
		     "mov %%rsp, %%r13\n\t"
		     "mov %[value], (%[gpa])\n"
		     "1:"
		     : : [gpa] "r" (gpa), [value] "r" (value) : "r12", "r13", "memory");
}

/* The code is in place already, or @store it first: no host can, if the page is private. */
static void guest_execute(u64 gpa, u32 store)
{
	asm volatile("lea 1f(%%rip), %%r12\n\t"
		     "mov %%rsp, %%r13\n\t"
		     "test %[store], %[store]\n\t"
		     "je 2f\n\t"
		     "movb %[ret], (%[code])\n"
		     "2:\n\t"
		     "lea -128(%%rsp), %%rsp\n\t"
		     "call *%[code]\n\t"
		     "lea 128(%%rsp), %%rsp\n"
		     "1:"
		     : : [code] "r" (gpa + CODE_OFFSET), [ret] "i" (RET), [store] "r" (store)
		     : "r12", "r13", "memory");
}

/* @ hypercall: */
static void guest_convert(void)
{
	u64 attribute = request.value ? KVM_MAP_GPA_RANGE_ENCRYPTED : KVM_MAP_GPA_RANGE_DECRYPTED;

	GUEST_ASSERT(!kvm_hypercall(KVM_HC_MAP_GPA_RANGE, request.gpa, request.npages,
				    KVM_MAP_GPA_RANGE_PAGE_SZ_4K | attribute, 0));
}

/* @ begin: */
static void guest_code(void)
{
	u64 value = 0;

	for (;;) {
		GUEST_SYNC(value);

		switch (request.op) {
/* @ touch: */
		case GUEST_READ:
			value = guest_read(request.gpa);
			break;
		case GUEST_WRITE:
			guest_write(request.gpa, request.value);
			break;
		case GUEST_EXECUTE:
		case GUEST_STORE_AND_EXECUTE:
			guest_execute(request.gpa, request.op == GUEST_STORE_AND_EXECUTE);
			break;
/* @ hypercall: */
		case GUEST_CONVERT:
			guest_convert();
			break;
/* @ begin: */
		default:
			GUEST_FAIL("No such request: %u", request.op);
		}
	}
}

/* Run until the guest wants another request.  Returns what it passes on. */
static u64 finish_request(void)
{
	struct ucall uc;

	vcpu_run(vcpu);
	switch (get_ucall(vcpu, &uc)) {
	case UCALL_SYNC:
		return uc.args[1];
	case UCALL_ABORT:
		REPORT_GUEST_ASSERT(uc);
	default:
		errno = 0;
		TEST_FAIL("Unexpected exit reason %u (%s)", vcpu->run->exit_reason,
			  exit_reason_str(vcpu->run->exit_reason));
	}
	return 0;
}

/* @ exit: */
/* Let the guest begin a request that must exit for @reason. */
static void start_request(enum guest_op op, u64 gpa, u64 npages, u64 value, u32 reason)
{
	int r;

	request.op = op;
	request.gpa = gpa;
	request.npages = npages;
	request.value = value;
	sync_global_to_guest(vm, request);

	r = _vcpu_run(vcpu);
	TEST_ASSERT(!r || (errno == EFAULT && reason == KVM_EXIT_MEMORY_FAULT),
		    "KVM_RUN failed, errno %d, at gpa 0x%lx", errno, gpa);
	errno = 0;
	TEST_ASSERT(vcpu->run->exit_reason == reason,
		    "Wanted exit reason %u (%s) at gpa 0x%lx, got %u (%s)",
		    reason, exit_reason_str(reason), gpa, vcpu->run->exit_reason,
		    exit_reason_str(vcpu->run->exit_reason));
}

/* @ access: touch */
/*
 * The guest accesses @npages pages.  @value is what it writes to the first, or must read
 * there; each further page has the value of the one before plus one.  0 stays 0.
 */
static void touch(enum guest_op op, u64 gpa, u64 npages, u64 value)
{
	u64 i, got, wanted;

	for (i = 0; i < npages; i++) {
		wanted = value ? value + i : 0;
		request.op = op;
		request.gpa = gpa + i * PAGE_SIZE;
		request.value = wanted;
		sync_global_to_guest(vm, request);

		got = finish_request();
		errno = 0;
		TEST_ASSERT(op != GUEST_READ || got == wanted,
			    "Wanted the guest to read 0x%lx at gpa 0x%lx, got 0x%lx",
			    wanted, request.gpa, got);
	}
}

/* @ fault: touch exit */
/* The guest accesses @npages private pages that no guest_memfd is there for. */
static void touch_faults(enum guest_op op, u64 gpa, u64 npages)
{
	struct kvm_run *run = vcpu->run;
	struct kvm_regs regs;
	u64 end;

	for (end = gpa + npages * PAGE_SIZE; gpa < end; gpa += PAGE_SIZE) {
		start_request(op, gpa, 0, 1, KVM_EXIT_MEMORY_FAULT);
		TEST_ASSERT(run->memory_fault.gpa == gpa && run->memory_fault.size == PAGE_SIZE &&
			    run->memory_fault.flags == KVM_MEMORY_EXIT_FLAG_PRIVATE,
			    "Wanted a private fault of a page at gpa 0x%lx, got gpa 0x%llx, size 0x%llx, flags 0x%llx",
			    gpa, run->memory_fault.gpa, run->memory_fault.size,
			    run->memory_fault.flags);

		vcpu_regs_get(vcpu, &regs);
		regs.rip = regs.r12;
		regs.rsp = regs.r13;
		vcpu_regs_set(vcpu, &regs);
		finish_request();
	}
}

/* @ mmio: touch exit */
/* The guest accesses @npages shared pages outside all memslots. */
static void touch_mmio(enum guest_op op, u64 gpa, u64 npages)
{
	struct kvm_run *run = vcpu->run;
	u64 end;

	for (end = gpa + npages * PAGE_SIZE; gpa < end; gpa += PAGE_SIZE) {
		start_request(op, gpa, 0, 1, KVM_EXIT_MMIO);
		TEST_ASSERT(run->mmio.phys_addr == gpa && run->mmio.len == sizeof(u64) &&
			    run->mmio.is_write == (op == GUEST_WRITE),
			    "Wanted MMIO of 8 bytes at gpa 0x%lx, got gpa 0x%llx, %u bytes, write %u",
			    gpa, run->mmio.phys_addr, run->mmio.len, run->mmio.is_write);
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
		finish_request();
	}
}

/* @ hypercall: exit */
/* The guest asks for a conversion, and gets it. */
static void convert_by_guest(u64 gpa, u64 size, bool private)
{
	struct kvm_run *run = vcpu->run;

	start_request(GUEST_CONVERT, gpa, size / PAGE_SIZE, private, KVM_EXIT_HYPERCALL);
	TEST_ASSERT(run->hypercall.nr == KVM_HC_MAP_GPA_RANGE &&
		    run->hypercall.args[0] == gpa && run->hypercall.args[1] == size / PAGE_SIZE,
		    "Wanted KVM_HC_MAP_GPA_RANGE at gpa 0x%lx, got hypercall %llu at gpa 0x%llx",
		    gpa, run->hypercall.nr, run->hypercall.args[0]);

	vm_set_memory_attributes(vm, gpa, size, private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0);
	run->hypercall.ret = 0;
	finish_request();
}

/* @ begin: */
/* KVM_PRE_FAULT_MEMORY, as far as it goes.  Returns 0 or the errno. */
static int prefault(u64 gpa, u64 size, u64 *stopped)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };
	int r;

	do {
		r = __vcpu_ioctl(vcpu, KVM_PRE_FAULT_MEMORY, &range);
	} while (range.size && (!r || errno == EINTR));

	*stopped = range.gpa;
	return r ? errno : 0;
}

/* @ prefault: */
/* Pre-fault a range: @error must come up at gpa @stop; without, @stop is the range's end. */
static void expect_prefault(u64 gpa, u64 size, int error, u64 stop)
{
	u64 stopped;
	int r = prefault(gpa, size, &stopped);

	errno = 0;
	TEST_ASSERT(r == error && stopped == stop,
		    "Wanted pre-faulting to end at gpa 0x%lx with errno %d, got gpa 0x%lx, errno %d",
		    stop, error, stopped, r);
}

/* @ begin: */
/* KVM keeps the counts of 4K, 2M and 1G leaves side by side. */
static void read_leaves(u64 leaves[3])
{
	static off_t offset;
	static int fd;
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
	u32 i;

	if (!fd) {
		fd = vm_get_stats_fd(vm);
		read_stats_header(fd, &header);
		descs = read_stats_descriptors(fd, &header);
		for (i = 0; i < header.num_desc; i++) {
			struct kvm_stats_desc *desc = get_stats_descriptor(descs, i, &header);

			if (!strcmp(desc->name, "pages_4k"))
				offset = header.data_offset + desc->offset;
		}
		free(descs);
	}

	TEST_ASSERT(pread(fd, leaves, 3 * sizeof(u64), offset) == 3 * sizeof(u64),
		    "Cannot read KVM's stats");
}

/* Must be installed after @step: so many leaves of 4K, 2M and 1G. */
static void expect_leaves(const char *step, u64 nr_4k, u64 nr_2m, u64 nr_1g)
{
	u64 got[3];
	int i;

	read_leaves(got);
	for (i = 0; i < 3; i++)
		got[i] -= own_leaves[i];

	errno = 0;
	TEST_ASSERT(got[0] == nr_4k && got[1] == nr_2m && got[2] == nr_1g,
		    "Wanted 4K x%lu, 2M x%lu, 1G x%lu after \"%s\", got 4K x%ld, 2M x%ld, 1G x%ld",
		    nr_4k, nr_2m, nr_1g, step, got[0], got[1], got[2]);
}

/* Differs after a warning of the kernel, unless one came before. */
static long read_taint(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "r");
	long taint;

	TEST_ASSERT(file && fscanf(file, "%ld", &taint) == 1, "Cannot read what taints the kernel");
	fclose(file);
	return taint;
}

static void create_vm(void)
{
	const struct vm_shape shape = {
		.mode = VM_MODE_DEFAULT,
		.type = KVM_X86_SW_PROTECTED_VM,
	};

	vm = vm_create_shape_with_one_vcpu(shape, &vcpu, guest_code);
/* @ hypercall: */
	vm_enable_cap(vm, KVM_CAP_EXIT_HYPERCALL, BIT(KVM_HC_MAP_GPA_RANGE));
/* @ begin: */
}

/* Bring the guest to its first request, and install all leaves that map what it runs from. */
static void start_guest(void)
{
	struct userspace_mem_region *own = vm_get_mem_region(vm, MEM_REGION_CODE);
	u64 size = own->region.memory_size;
	u64 stopped;

	TEST_ASSERT(!madvise(own->host_mem, size, MADV_POPULATE_WRITE) &&
		    !madvise(own->host_mem, size, MADV_DONTFORK),
		    "Cannot populate the guest's own memory");
	finish_request();
	TEST_ASSERT(!prefault(own->region.guest_phys_addr, size, &stopped),
		    "Cannot pre-fault the guest's own memory");
	read_leaves(own_leaves);
}

/* @ memslot: mman */
/* Address space for @size bytes, on a 1G boundary. */
static void *reserve(u64 size)
{
	void *p = mmap(NULL, size + SZ_1G, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	TEST_ASSERT(p != MAP_FAILED, "No address space of 0x%lx bytes", size);
	return (void *)(((unsigned long)p + SZ_1G - 1) & ~(SZ_1G - 1ul));
}

static void *map_at(void *at, u64 size, int flags, int fd)
{
	void *p = mmap(at, size, PROT_READ | PROT_WRITE, flags | MAP_FIXED, fd, 0);

	TEST_ASSERT(p == at, "Cannot map 0x%lx bytes", size);
	return p;
}

/* @ anonymous: memslot */
/* Small pages, at @offset from a 1G boundary. */
static void *map_anonymous(u64 offset, u64 size)
{
	void *hva = map_at(reserve(offset + size) + offset, size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(hva, size, MADV_NOHUGEPAGE);
	return hva;
}

/* @ shmem: memslot */
static int create_shmem(u64 size)
{
	int fd = memfd_create("shmem", 0);

	TEST_ASSERT(fd >= 0 && !ftruncate(fd, size), "Cannot create a file of 0x%lx bytes", size);
	return fd;
}

static void *map_shmem(int fd, u64 offset, u64 size)
{
	return map_at(reserve(offset + size) + offset, size, MAP_SHARED, fd);
}

/* @ hugetlb: memslot falloc */
static int create_hugetlb(u32 flags, u64 size)
{
	int fd = memfd_create("hugetlb", MFD_HUGETLB | flags);

	__TEST_REQUIRE(fd >= 0 && !fallocate(fd, 0, 0, size), "Too few hugetlb pages");
	return fd;
}

/*
 * At @offset from a 1G boundary, where the first page of the file lies.  The file repeats
 * itself, so that few hugepages will do.
 */
static void *map_hugetlb(int fd, u64 page_size, u64 file_size, u64 offset, u64 size)
{
	u64 end = (offset + size + page_size - 1) & ~(page_size - 1);
	void *base = reserve(end);
	u64 done;

	for (done = 0; done < end; done += file_size)
		map_at(base + done, min(file_size, end - done), MAP_SHARED, fd);
	return base + offset;
}

/* @ memslot: */
/* Let nothing that KVM does later change the host's page tables. */
static void populate(void *hva, u64 size)
{
	TEST_ASSERT(!madvise(hva, size, MADV_POPULATE_WRITE), "No memory for 0x%lx bytes", size);
}

static void set_memslot(u32 slot, u64 gpa, u32 flags)
{
	if (memory[slot].gmem_fd >= 0)
		flags |= KVM_MEM_GUEST_MEMFD;
	vm_set_user_memory_region2(vm, slot, flags, gpa, memory[slot].size, memory[slot].hva,
				   memory[slot].gmem_fd, memory[slot].offset);
}

static void create_memslot(u32 slot, u64 gpa, u64 size, void *hva, u32 flags, u64 offset)
{
	populate(hva, size);
	memory[slot].hva = hva;
	memory[slot].size = size;
	memory[slot].gmem_fd = -1;
	if (flags & KVM_MEM_GUEST_MEMFD)
		memory[slot].gmem_fd = vm_create_guest_memfd(vm, offset + size, 0);
	memory[slot].offset = offset;
	set_memslot(slot, gpa, flags);
}

/* @ delete: memslot */
static void delete_memslot(u32 slot)
{
	vm_set_user_memory_region2(vm, slot, 0, 0, 0, NULL, -1, 0);
	if (memory[slot].gmem_fd >= 0)
		close(memory[slot].gmem_fd);
}

/* @ fill: memslot */
/* Write @value to the first of @npages pages, @value + 1 to the next, and so on. */
static void fill(u32 slot, u64 offset, u64 npages, u64 value)
{
	u64 i;

	for (i = 0; i < npages; i++)
		*(u64 *)(memory[slot].hva + offset + i * PAGE_SIZE) = value + i;
}

/* @ code: memslot touch */
static void put_code(u32 slot, u64 offset, u64 npages)
{
	u64 i;

	for (i = 0; i < npages; i++)
		*(u8 *)(memory[slot].hva + offset + i * PAGE_SIZE + CODE_OFFSET) = RET;
}

/* @ host: memslot */
/* What the guest wrote must have reached shared memory, or must not have. */
static void expect_shared(u32 slot, u64 offset, u64 npages, u64 value)
{
	u64 end = offset + npages * PAGE_SIZE;
	u64 got;

	for (; offset < end; offset += PAGE_SIZE, value++) {
		got = *(u64 *)(memory[slot].hva + offset);
		errno = 0;
		TEST_ASSERT(got == value,
			    "Wanted shared memory of memslot %u to hold 0x%lx at offset 0x%lx, got 0x%lx",
			    slot, value, offset, got);
	}
}

/* @ gmem: memslot falloc */
/* Change the guest_memfd of @slot. */
static void fallocate_gmem(u32 slot, int mode, u64 offset, u64 size)
{
	TEST_ASSERT(!fallocate(memory[slot].gmem_fd, mode | FALLOC_FL_KEEP_SIZE, offset, size),
		    "fallocate(0x%x) failed on guest_memfd at offset 0x%lx", mode, offset);
}

/* @ dontneed: memslot */
/* Lost host memory comes back at once: no access of the guest shall meet the zero page. */
static void drop(u32 slot, u64 offset, u64 size)
{
	TEST_ASSERT(!madvise(memory[slot].hva + offset, size, MADV_DONTNEED),
		    "MADV_DONTNEED failed at offset 0x%lx of memslot %u", offset, slot);
	populate(memory[slot].hva + offset, size);
}

/* @ discard: memslot falloc */
static void punch_hole(int fd, u64 offset, u64 size)
{
	TEST_ASSERT(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size),
		    "Cannot punch a hole in the file at offset 0x%lx", offset);
}

/* @ fork: memslot wait */
/* A child writes @value to shared memory, and is gone. */
static void write_in_child(u32 slot, u64 offset, u64 value)
{
	pid_t child = fork();

	if (!child) {
		*(u64 *)(memory[slot].hva + offset) = value;
		_exit(0);
	}
	TEST_ASSERT(child > 0 && waitpid(child, NULL, 0) == child, "Cannot fork");
}

/* @ end: */
