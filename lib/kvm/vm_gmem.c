// SPDX-License-Identifier: GPL-2.0-only
#include "test_util.h"

#include "host/pressure.h"
#include "host/release.h"
#include "kvm/vm_internal.h"

/* Kernels before 6.18 have no guest_memfd that is all the memory of a memslot. */
#ifndef GUEST_MEMFD_FLAG_MMAP
#define KVM_CAP_GUEST_MEMFD_FLAGS 244
#define GUEST_MEMFD_FLAG_MMAP	BIT_ULL(0)
#define GUEST_MEMFD_FLAG_INIT_SHARED	BIT_ULL(1)
#endif

/* Attributes of guest_memfd come with 7.4. */
#ifndef KVM_SET_MEMORY_ATTRIBUTES2
#define KVM_SET_MEMORY_ATTRIBUTES2	_IOWR(KVMIO, 0xd2, struct gmem_attributes)
#endif
static_assert(sizeof(struct gmem_attributes) == _IOC_SIZE(KVM_SET_MEMORY_ATTRIBUTES2),
	      "struct gmem_attributes is not what the kernel takes");

int vm_driver_create_gmem(struct vm_driver *vmd, u64 size)
{
	int fd;

	pressure_begin();
	fd = __vm_create_guest_memfd(vmd->vm, size, 0);
	pressure_end();
	if (fd < 0 && errno == ENOMEM && pressure_is_asked())
		return -ENOMEM;

	TEST_ASSERT(fd >= 0, "KVM_CREATE_GUEST_MEMFD failed with errno %d", errno);
	return fd;
}

int vm_driver_try_create_gmem(struct vm_driver *vmd, u64 size, u64 flags)
{
	int fd = __vm_create_guest_memfd(vmd->vm, size, flags);

	return fd < 0 ? -errno : fd;
}

const char *vm_driver_missing_gmem_only(void)
{
	int flags = kvm_check_cap(KVM_CAP_GUEST_MEMFD_FLAGS);

	return flags > 0 && flags & GUEST_MEMFD_FLAG_MMAP ? NULL : "GUEST_MEMFD_FLAG_MMAP";
}

int vm_driver_create_gmem_only(struct vm_driver *vmd, u64 size)
{
	return vm_create_guest_memfd(vmd->vm, size, GUEST_MEMFD_FLAG_MMAP);
}

int vm_driver_create_gmem_in_place(struct vm_driver *vmd, u64 size, bool shared)
{
	u64 flags = GUEST_MEMFD_FLAG_MMAP | (shared ? GUEST_MEMFD_FLAG_INIT_SHARED : 0);

	return vm_create_guest_memfd(vmd->vm, size, flags);
}

int vm_driver_try_gmem_attributes(int gmem_fd, struct gmem_attributes *attributes)
{
	int r;

	pressure_begin();
	r = ioctl(gmem_fd, KVM_SET_MEMORY_ATTRIBUTES2, attributes) ? errno : 0;
	pressure_end();
	return r;
}

int vm_driver_convert_in_place(int gmem_fd, u64 offset, u64 size, bool private, u64 *held)
{
	struct gmem_attributes attributes = {
		.offset = offset,
		.size = size,
		.attributes = private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
	};
	int r = vm_driver_try_gmem_attributes(gmem_fd, &attributes);

	*held = attributes.error_offset;
	return r;
}

bool vm_driver_is_bound_already(int r)
{
	return r == EEXIST || (r == EINVAL && release_is_within(0, RELEASE(7, 2)));
}

/* Nothing but its release tells whether a kernel that ignores a policy is wrong to do so. */
const char *vm_driver_missing_gmem_policy(void)
{
	return release_running() < RELEASE(6, 19) ? "NUMA policy of guest_memfd" : NULL;
}

int vm_driver_create_gmem_of_host(u64 size)
{
	struct kvm_create_guest_memfd create = {
		.size = size,
		.flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED,
	};
	int dev = open_kvm_dev_path_or_exit();
	int vm = ioctl(dev, KVM_CREATE_VM, KVM_X86_DEFAULT_VM);
	int fd = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);

	/* The file keeps its VM. */
	if (vm >= 0)
		close(vm);
	close(dev);
	return fd;
}
