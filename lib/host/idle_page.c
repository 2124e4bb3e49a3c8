// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/types.h>

#include "host/host_pfn.h"
#include "host/idle_page.h"

/* A bit for each page of the machine. */
#define IDLE_PAGES	"/sys/kernel/mm/page_idle/bitmap"

const char *idle_page_missing(void)
{
	return access(IDLE_PAGES, R_OK | W_OK) ? "CONFIG_IDLE_PAGE_TRACKING, or root" : NULL;
}

/* Read or write the word of 64 pages that @hva's is in. Sets *@bit to which it is. */
static int access_word(void *hva, bool writes, u64 *word, u64 *bit)
{
	u64 pfn;
	int fd, r = host_pfn_read(hva, &pfn);
	ssize_t done;

	if (r)
		return r;
	fd = open(IDLE_PAGES, (writes ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		return errno;

	*bit = BIT_ULL(pfn % 64);
	if (writes)
		*word = *bit;
	done = writes ? pwrite(fd, word, sizeof(*word), pfn / 64 * sizeof(*word)) :
			pread(fd, word, sizeof(*word), pfn / 64 * sizeof(*word));
	r = done == sizeof(*word) ? 0 : EIO;
	close(fd);
	return r;
}

int idle_page_mark(void *hva)
{
	u64 word, bit;

	return access_word(hva, true, &word, &bit);
}

int idle_page_read(void *hva, bool *idle)
{
	u64 word, bit;
	int r = access_word(hva, false, &word, &bit);

	*idle = !r && (word & bit);
	return r;
}
