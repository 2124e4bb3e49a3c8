// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <regex.h>
#include <string.h>
#include <unistd.h>

#include "test_util.h"

#include "host/must_hold.h"
#include "kvm/kernel_complaint.h"
#include "kvm/kernel_log.h"

/* Longest record that /dev/kmsg hands out. */
#define RECORD_MAX	8192

/* How the suite's own records begin. */
#define OWN		"lpage: "

static int kmsg = -1;
static bool started;
static bool tolerated[NR_KNOWN_BUGS];

static void allow_warnings_again(void)
{
	int fd = open("/sys/kernel/debug/clear_warn_once", O_WRONLY);

	/* Where debugfs is not mounted, a warning may have been given before: no harm. */
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		perror("# clear_warn_once");
	close(fd);
}

static int open_log(void)
{
	return open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

bool kernel_log_is_readable(void)
{
	int fd = open_log();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void kernel_log_start(void)
{
	started = true;
	memset(tolerated, false, sizeof(tolerated));
	if (kmsg >= 0)
		close(kmsg);
	kmsg = open_log();
	if (kmsg < 0)
		return;

	lseek(kmsg, 0, SEEK_END);
	allow_warnings_again();
}

void kernel_log_tolerate(enum known_bug_id id)
{
	tolerated[id] = true;
}

static bool complains(const char *text)
{
	static regex_t complaint;
	static bool compiled;

	if (!compiled) {
		TEST_ASSERT(!regcomp(&complaint, KERNEL_COMPLAINT, REG_EXTENDED | REG_NOSUB),
			    "Cannot compile the expression of kernel_complaint.h");
		compiled = true;
	}
	return !regexec(&complaint, text, 0, NULL, 0);
}

static bool is_bug(enum known_bug_id id, const char *text)
{
	const struct known_bug *bug = known_bug(id);

	return bug->log && strstr(text, bug->log) && known_bug_expected(id) &&
	       (tolerated[id] || !bug->by_chance);
}

/* The known bug that @text tells of, NR_KNOWN_BUGS if none. */
static enum known_bug_id known_of(const char *text)
{
	enum known_bug_id id = 0;

	while (id < NR_KNOWN_BUGS && !is_bug(id, text))
		id++;
	return id;
}

/* For whoever reads the log later, see tools/vm/complaints.awk; @line is the complaint. */
static void note_known(const char *line)
{
	char note[RECORD_MAX];
	int fd = open("/dev/kmsg", O_WRONLY);
	int len = snprintf(note, sizeof(note), OWN "known bug: %s", line);

	if (fd < 0)
		return;
	if (write(fd, note, len) < 0)
		perror("# /dev/kmsg");
	close(fd);
}

/* Read the next record's text into @record. Returns false at the end of the log. */
static bool next_record(char *record, bool *overwritten)
{
	ssize_t len;

	do {
		len = read(kmsg, record, RECORD_MAX - 1);
		*overwritten |= len < 0 && errno == EPIPE;
	} while (len < 0 && (errno == EPIPE || errno == EINTR));
	if (len <= 0)
		return false;

	record[len] = '\0';
	return true;
}

bool kernel_log_complains(bool tolerant, char *line, size_t size)
{
	bool found = false, overwritten = false;
	char record[RECORD_MAX];

	MUST_HOLD(started, "Nobody has watched the kernel's log");
	if (kmsg < 0)
		return false;

	while (next_record(record, &overwritten)) {
		char *text = strchr(record, ';');
		enum known_bug_id id;

		if (!text || found)
			continue;

		/* A record's further lines are not text. */
		text++;
		text[strcspn(text, "\n")] = '\0';
		if (!strncmp(text, OWN, strlen(OWN)) || !complains(text))
			continue;

		id = known_of(text);
		if (id != NR_KNOWN_BUGS) {
			note_known(text);
			if (tolerant || tolerated[id])
				continue;
		}
		found = true;
		snprintf(line, size, "%s", text);
	}
	if (overwritten && !found)
		snprintf(line, size, "a log of which a part was overwritten");
	return found || overwritten;
}
