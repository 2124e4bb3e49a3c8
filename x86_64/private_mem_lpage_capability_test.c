// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: a VM takes what it says that it can do, and refuses what it does not say, with the right
 * errno: rings, ways to log, memslots in either address space and by either ioctl, attributes, the
 * exemption from the NX mitigation; and whoever is not its process cannot run it.
 *
 * These VMs have no guest.  Each row has one of its own: what it asks for can be had once.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/capability.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/must_hold.h"
#include "kvm/kernel_log.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

#define BASE		(16ull * SZ_1G)

FIXTURE(of_vm)
{
	int dev;
	void *memory;
};

FIXTURE_VARIANT(of_vm)
{
	unsigned long type;
};

FIXTURE_VARIANT_ADD(of_vm, default_type) { .type = KVM_X86_DEFAULT_VM };
FIXTURE_VARIANT_ADD(of_vm, with_private_memory) { .type = KVM_X86_SW_PROTECTED_VM };

FIXTURE_SETUP(of_vm)
{
	kernel_log_start();
	self->dev = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->dev);
	self->memory = mmap(NULL, SZ_64K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	ASSERT_NE(MAP_FAILED, self->memory);
}

FIXTURE_TEARDOWN(of_vm)
{
	close(self->dev);
	munmap(self->memory, SZ_64K);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

static int create_vm(int dev, unsigned long type)
{
	int vm = ioctl(dev, KVM_CREATE_VM, type);

	MUST_HOLD(vm >= 0, "Cannot create a VM");
	return vm;
}

static int create_vcpu(int vm)
{
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

	MUST_HOLD(vcpu >= 0, "Cannot create a vCPU");
	return vcpu;
}

/* 0 or the errno. */
static int enable(int vm, u32 cap, u64 arg)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg } };

	return ioctl(vm, KVM_ENABLE_CAP, &enable) ? errno : 0;
}

static int says(int vm, u32 cap)
{
	return ioctl(vm, KVM_CHECK_EXTENSION, cap);
}

static void expect_errno(struct __test_metadata *_metadata, int wanted, int got, const char *when)
{
	vm_expect_errno(_metadata, wanted, got, BASE, when);
}

struct enabling {
	const char *name;
	u32 cap;
	u64 arg;
	int wanted;
	bool has_vcpu;
};

static void try_enabling(struct __test_metadata *_metadata, int dev, unsigned long type,
			 const struct enabling *row, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		int vm = create_vm(dev, type);
		int vcpu = row[i].has_vcpu ? create_vcpu(vm) : -1;

		expect_errno(_metadata, row[i].wanted, enable(vm, row[i].cap, row[i].arg),
			     row[i].name);
		if (vcpu >= 0)
			close(vcpu);
		close(vm);
	}
}

/* kvm_vm_ioctl_enable_dirty_log_ring() */
TEST_F(of_vm, rings)
{
	const u32 cap = KVM_CAP_DIRTY_LOG_RING;
	u64 largest = says(self->dev, cap);
	const struct enabling row[] = {
		{ "the largest ring", cap, largest, 0 },
		{ "twice the largest ring", cap, 2 * largest, E2BIG },
		{ "a ring of 64K", cap, SZ_64K, 0 },
		{ "a ring of no size", cap, 0, EINVAL },
		{ "a ring of half a page", cap, SZ_2K, EINVAL },
		{ "a ring of 48K", cap, SZ_64K - SZ_16K, EINVAL },
		{ "a ring of 64K and a byte", cap, SZ_64K + 1, EINVAL },
		{ "a ring for a VM with a vCPU", cap, SZ_64K, EINVAL, true },
	};
	int vm;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	try_enabling(_metadata, self->dev, variant->type, row, ARRAY_SIZE(row));
	vm = create_vm(self->dev, variant->type);
	expect_errno(_metadata, 0, enable(vm, cap, SZ_64K), "a ring");
	expect_errno(_metadata, EINVAL, enable(vm, cap, SZ_32K), "another ring");
	close(vm);
}

/* The signal that ends a child which reads a page at @hva, 0 if none does. */
static int signal_of_read(const void *hva)
{
	int status;
	pid_t child = fork();

	if (!child) {
		/* libkvm's handler would report it. */
		signal(SIGBUS, SIG_DFL);
		READ_ONCE(*(const char *)hva);
		_exit(0);
	}
	MUST_HOLD(child > 0 && waitpid(child, &status, 0) == child, "Cannot fork");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* kvm_vcpu_fault(): behind the ring there is nothing. */
TEST_F(of_vm, mapping_of_ring)
{
	const u64 offset = KVM_DIRTY_LOG_PAGE_OFFSET * SZ_4K;
	const struct {
		const char *name;
		u64 page;
		int wanted;
	} row[] = {
		{ "first page of a ring", 0, 0 },
		{ "last page of a ring", SZ_64K / SZ_4K - 1, 0 },
		{ "page behind a ring", SZ_64K / SZ_4K, SIGBUS },
	};
	int vm, vcpu;
	void *ring;
	size_t i;

	if (vm_driver_missing_ring())
		SKIP(return, "%s", vm_driver_missing_ring());

	vm = create_vm(self->dev, variant->type);
	expect_errno(_metadata, 0, enable(vm, KVM_CAP_DIRTY_LOG_RING, SZ_64K), "a ring");
	vcpu = create_vcpu(vm);
	ring = mmap(NULL, SZ_64K + SZ_4K, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, offset);
	ASSERT_NE(MAP_FAILED, ring);
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		int got = signal_of_read(ring + row[i].page * SZ_4K);

		EXPECT_EQ(row[i].wanted, got) {
			TH_LOG("Wanted signal %d at gpa 0x0 (%s), got %d", row[i].wanted,
			       row[i].name, got);
		}
	}
	munmap(ring, SZ_64K + SZ_4K);
	close(vcpu);
	close(vm);
}

/* kvm_vm_ioctl_enable_cap_generic() */
TEST_F(of_vm, manual_protection)
{
	const u32 cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2;
	const u64 all = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET;
	const struct enabling row[] = {
		{ "manual protection", cap, KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE, 0 },
		{ "manual protection, all set first", cap, all, 0 },
		{ "no manual protection", cap, 0, 0 },
		{ "all set first, but automatic", cap, KVM_DIRTY_LOG_INITIALLY_SET, EINVAL },
		{ "manual protection, bit 2", cap, all | BIT(2), EINVAL },
		{ "bit 63 of manual protection", cap, BIT_ULL(63), EINVAL },
	};

	EXPECT_EQ(all, says(self->dev, cap)) {
		TH_LOG("Wanted 0x%llx at gpa 0x0 (manual protection), got 0x%x",
		       (unsigned long long)all, says(self->dev, cap));
	}
	try_enabling(_metadata, self->dev, variant->type, row, ARRAY_SIZE(row));
}

/* Returns false if this process may not, or cannot, give its rights up. */
static bool drop_cap_sys_boot(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data))
		return false;
	data[CAP_TO_INDEX(CAP_SYS_BOOT)].effective &= ~CAP_TO_MASK(CAP_SYS_BOOT);
	return !syscall(SYS_capset, &header, data);
}

/* Who could stop the machine may leave it open to guests that do (kvm_vm_ioctl_enable_cap()). */
TEST_F(of_vm, nx_exemption_without_rights)
{
	const struct enabling row = {
		"exemption from the NX mitigation", KVM_CAP_VM_DISABLE_NX_HUGE_PAGES, 0, EPERM,
	};

	if (!drop_cap_sys_boot())
		SKIP(return, "a process that can drop CAP_SYS_BOOT");
	try_enabling(_metadata, self->dev, variant->type, &row, 1);
}

struct memslot {
	const char *name;
	u32 slot;
	u32 flags;
	int wanted;
};

/* By the first ioctl, and by the second, which has more flags. */
static void try_memslot(struct __test_metadata *_metadata, int dev, unsigned long type,
			const struct memslot *row, void *memory)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = row->slot, .flags = row->flags, .guest_phys_addr = BASE,
		.memory_size = SZ_64K, .userspace_addr = (unsigned long)memory,
	};
	char when[96];
	int vm, r;

	vm = create_vm(dev, type);
	r = ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) ? errno : 0;
	snprintf(when, sizeof(when), "%s, KVM_SET_USER_MEMORY_REGION", row->name);
	expect_errno(_metadata, row->wanted, r, when);
	close(vm);

	vm = create_vm(dev, type);
	r = ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region) ? errno : 0;
	snprintf(when, sizeof(when), "%s, KVM_SET_USER_MEMORY_REGION2", row->name);
	expect_errno(_metadata, row->wanted, r, when);
	close(vm);
}

/* Behind the last memslot of user space there are some of KVM's own (KVM_INTERNAL_MEM_SLOTS). */
TEST_F(of_vm, memslots)
{
	const u32 logged = KVM_MEM_LOG_DIRTY_PAGES, read_only = KVM_MEM_READONLY;
	int vm = create_vm(self->dev, variant->type);
	const int second = says(vm, KVM_CAP_MULTI_ADDRESS_SPACE) == 2 ? 0 : EINVAL;
	const u32 nr = says(vm, KVM_CAP_NR_MEMSLOTS);
	const struct memslot row[] = {
		{ "a memslot", 1, 0, 0 },
		{ "a logged memslot", 1, logged, 0 },
		{ "a read-only memslot", 1, read_only, 0 },
		{ "a read-only, logged memslot", 1, read_only | logged, 0 },
		{ "a memslot with flag bit 3", 1, BIT(3), EINVAL },
		{ "the last memslot", nr - 1, 0, 0 },
		{ "KVM's first memslot", nr, 0, EINVAL },
		{ "KVM's second memslot", nr + 1, 0, EINVAL },
		{ "KVM's third memslot", nr + 2, 0, EINVAL },
		{ "KVM's first memslot, read-only", nr, read_only, EINVAL },
		{ "a memslot of the second space", VM_DRIVER_SMM | 1, 0, second },
		{ "a logged memslot of the second space", VM_DRIVER_SMM | 1, logged, second },
		{ "a read-only memslot of the second space", VM_DRIVER_SMM | 1, read_only, second },
		{ "the last memslot of the second space", VM_DRIVER_SMM | (nr - 1), 0, second },
		{ "KVM's first memslot of the second space", VM_DRIVER_SMM | nr, 0, EINVAL },
		{ "a memslot of a third space", 2 * VM_DRIVER_SMM | 1, 0, EINVAL },
	};
	size_t i;

	close(vm);
	for (i = 0; i < ARRAY_SIZE(row); i++)
		try_memslot(_metadata, self->dev, variant->type, &row[i], self->memory);
}

/* More than id_to_memslot() has lists for, so that it must tell those of one list apart. */
#define NR_MEMSLOTS	300

TEST_F(of_vm, each_of_many_memslots_is_found)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = SZ_4K, .userspace_addr = (unsigned long)self->memory,
	};
	const struct {
		const char *name;
		u32 flags;
		u64 size;
	} way[] = {
		{ "created", 0, SZ_4K },
		{ "logged", KVM_MEM_LOG_DIRTY_PAGES, SZ_4K },
		{ "deleted", 0, 0 },
		{ "created again", 0, SZ_4K },
	};
	int vm = create_vm(self->dev, variant->type);
	size_t i;
	u32 id;

	for (i = 0; i < ARRAY_SIZE(way) && __test_passed(_metadata); i++) {
		region.flags = way[i].flags;
		region.memory_size = way[i].size;
		for (id = 0; id < NR_MEMSLOTS && __test_passed(_metadata); id++) {
			region.slot = id;
			region.guest_phys_addr = BASE + id * SZ_4K;
			expect_errno(_metadata, 0,
				     ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) ? errno : 0,
				     way[i].name);
		}
	}
	close(vm);
}

/* A memslot of the second space may have a guest_memfd, if the first may. */
TEST_F(of_vm, guest_memfd_in_either_space)
{
	struct kvm_userspace_memory_region2 region = {
		.flags = KVM_MEM_GUEST_MEMFD, .guest_phys_addr = BASE, .memory_size = SZ_64K,
		.userspace_addr = (unsigned long)self->memory,
	};
	struct kvm_create_guest_memfd create = { .size = SZ_64K };
	int vm = create_vm(self->dev, variant->type), r;
	u32 spaces = says(vm, KVM_CAP_MULTI_ADDRESS_SPACE), space;

	if (says(vm, KVM_CAP_GUEST_MEMFD) <= 0) {
		close(vm);
		SKIP(return, "KVM_CAP_GUEST_MEMFD of such a VM");
	}
	for (space = 0; space < spaces; space++) {
		r = ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);
		ASSERT_LE(0, r);
		region.guest_memfd = r;
		region.slot = space * VM_DRIVER_SMM | 1;
		r = ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region) ? errno : 0;
		expect_errno(_metadata, 0, r, space ? "second space" : "first space");
		close(region.guest_memfd);
	}
	close(vm);
}

/* Only a VM with private memory has attributes: kvm_supported_mem_attributes(). */
TEST_F(of_vm, attributes)
{
	struct kvm_memory_attributes set_private = {
		.address = BASE, .size = SZ_4K, .attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};
	const bool has_private = variant->type == KVM_X86_SW_PROTECTED_VM;
	const int wanted = has_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
	int vm = create_vm(self->dev, variant->type), r;

	EXPECT_EQ(wanted, says(vm, KVM_CAP_MEMORY_ATTRIBUTES)) {
		TH_LOG("Wanted attributes 0x%x at gpa 0x%llx (KVM_CAP_MEMORY_ATTRIBUTES), got 0x%x",
		       wanted, BASE, says(vm, KVM_CAP_MEMORY_ATTRIBUTES));
	}
	r = ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &set_private) ? errno : 0;
	expect_errno(_metadata, has_private ? 0 : EINVAL, r, "a private page");
	close(vm);
}

/* Its mm is that of the process which has made the VM: kvm_vcpu_ioctl(). */
TEST_F(of_vm, child_may_not_run_vcpu)
{
	int vm = create_vm(self->dev, variant->type), vcpu = create_vcpu(vm), status;
	pid_t child = fork();

	if (!child)
		_exit(ioctl(vcpu, KVM_RUN, NULL) ? errno : 0);
	ASSERT_TRUE(child > 0 && waitpid(child, &status, 0) == child);
	ASSERT_TRUE(WIFEXITED(status));
	expect_errno(_metadata, EIO, WEXITSTATUS(status), "KVM_RUN by a child");
	close(vcpu);
	close(vm);
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
