// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <linux/bits.h>

#include "host/host_pfn.h"

/* A word for each page of the process, with the number of the machine's page in these bits. */
#define PAGEMAP		"/proc/self/pagemap"
#define PAGEMAP_PFN	(BIT_ULL(55) - 1)

/* A word for each page of the machine, with what the kernel says of it in bits of fixed meaning. */
#define PAGE_FLAGS		"/proc/kpageflags"
#define KPF_UNEVICTABLE_BIT	18

int host_pfn_read(void *hva, u64 *pfn)
{
	const off_t offset = (unsigned long)hva / GFN_BYTES * sizeof(*pfn);
	int fd = open(PAGEMAP, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return errno;

	r = pread(fd, pfn, sizeof(*pfn), offset) == sizeof(*pfn) ? 0 : EIO;
	close(fd);
	*pfn &= PAGEMAP_PFN;
	return r || *pfn ? r : EPERM;
}

bool host_pfn_is_unevictable(u64 pfn)
{
	int fd = open(PAGE_FLAGS, O_RDONLY | O_CLOEXEC);
	u64 flags = 0;

	if (fd < 0)
		return false;

	if (pread(fd, &flags, sizeof(flags), pfn * sizeof(flags)) != sizeof(flags))
		flags = 0;
	close(fd);
	return flags & BIT_ULL(KPF_UNEVICTABLE_BIT);
}
