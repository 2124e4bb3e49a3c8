// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bits.h>

#include "host/broken_page.h"
#include "host/host_pfn.h"
#include "host/meminfo.h"
#include "host/setting.h"

#define POISON		"/sys/kernel/debug/hwpoison/corrupt-pfn"
#define UNPOISON	"/sys/kernel/debug/hwpoison/unpoison-pfn"

/* Enough for the number of any page. */
#define PFN_TEXT	24

/* A signal comes in the middle of a system call of this process, never at another time. */
static unsigned int nr_signals;
static void *broken;
static bool replaces;
static void *last_address;
static u64 last_size;

const char *broken_page_missing(void)
{
	return access(UNPOISON, W_OK) ? "CONFIG_HWPOISON_INJECT, or root" : NULL;
}

static void handle_sigbus(int signal, siginfo_t *info, void *context)
{
	if (info->si_code != BUS_MCEERR_AR)
		abort();
	nr_signals++;
	last_address = info->si_addr;
	last_size = BIT_ULL(info->si_addr_lsb);
	/* Whatever the signal says: it would come again and again. */
	if (replaces)
		mmap(broken, GFN_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* Have setting_restore() mend page @pfn; as a text to @number, too.  Returns 0 or the errno. */
static int mend_later(u64 pfn, char number[PFN_TEXT])
{
	snprintf(number, PFN_TEXT, "%llu", (unsigned long long)pfn);
	return setting_undo_by(UNPOISON, number);
}

int broken_page_make(void *hva)
{
	struct sigaction action = { .sa_sigaction = handle_sigbus, .sa_flags = SA_SIGINFO };
	char number[PFN_TEXT];
	u64 pfn;
	int r = host_pfn_read(hva, &pfn);

	if (r)
		return r;
	sigaction(SIGBUS, &action, NULL);
	r = mend_later(pfn, number);
	if (r)
		return r;

	/* Who has the page mapped is told at once, this process itself. */
	broken = hva;
	replaces = false;
	r = madvise(hva, GFN_BYTES, MADV_HWPOISON) ? errno : 0;
	replaces = true;
	nr_signals = 0;
	return r;
}

int broken_page_make_of_file(u64 pfn)
{
	char number[PFN_TEXT];
	int r = mend_later(pfn, number);

	if (r)
		return r;
	r = setting_write(POISON, number);
	/* So memory_failure() says of a page that its file keeps (has_extra_refcount()). */
	return r == EBUSY ? 0 : r;
}

unsigned int broken_page_signals(void **address, u64 *size)
{
	unsigned int nr = nr_signals;

	*address = last_address;
	*size = last_size;
	nr_signals = 0;
	return nr;
}

u64 broken_page_bytes(void)
{
	u64 kib;

	return meminfo_read("HardwareCorrupted", &kib) ? kib * 1024 : 0;
}
