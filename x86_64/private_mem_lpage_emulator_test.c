// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claim: an instruction does to memory what a CPU does, whoever carries it out: the CPU, or KVM's
 * emulator, which takes over where any part of the access is no memory, or the guest asks for it
 * (kvm.force_emulation_prefix).  Across pages, and across the boundary of private and shared ones,
 * each part goes where it belongs: to memory, then also to the dirty log, or to an exit with its
 * data.
 *
 * The model is a few lines: guest_insn_model() on the bytes of the access, which come from memory
 * and exits and go back there.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "suite/suite_harness.h"

#include "host/backing.h"
#include "host/setting.h"
#include "kvm/guest_insn.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/vm_driver.h"
#include "suite/suite.h"
#include "suite/vm_expect.h"

/* Where this is in the environment, the CPU is emulated and has this bug (tools/vm/bochs.sh). */
#define PML_LOGS_BYTES		"KVM_LPAGE_PML_LOGS_BYTES"
#define MISSING_PML_PAGES	"the emulated CPU's PML logs bytes, not pages"

#define BASE		(16ull * SZ_1G)

/* Three memslots with nothing between them and around them. */
#define LOGGED_GPA	BASE
#define READ_ONLY_GPA	(BASE + SZ_1M)
#define MIXED_GPA	(BASE + SZ_2M)
#define SLOT_PAGES	4
#define SLOT_SIZE	((u64)SLOT_PAGES * SZ_4K)
#define NR_SLOTS	3

/* Of an access, and of the data of one exit. */
#define NR_BYTES	16
#define EXIT_BYTES	8u

#define TAG_OPERAND	0x0102030405060708ull

static const u64 slot_gpa[NR_SLOTS] = { LOGGED_GPA, READ_ONLY_GPA, MIXED_GPA };

struct world {
	struct vm_driver *vmd;
	struct backing_view view;
	int gmem_fd;
	bool completed;		/* all exits, see struct guest_insn */
	bool split_lock_forbidden;	/* ... which an access would have needed */
	unsigned char memory[NR_SLOTS][SLOT_SIZE];	/* as the guest must see it */
};

/* Page 1 and 2 of the last memslot are private, 0 and 3 shared. */
static bool is_private(u64 gpa)
{
	return gpa >= MIXED_GPA + SZ_4K && gpa < MIXED_GPA + 3 * SZ_4K;
}

static unsigned char *host_memory(struct world *world, unsigned int slot)
{
	return world->view.base + slot * SLOT_SIZE;
}

static void add_memslots(struct __test_metadata *_metadata, struct world *world)
{
	ASSERT_EQ(0, vm_driver_set_memslot(world->vmd, 1, LOGGED_GPA, SLOT_SIZE,
					   host_memory(world, 0), -1, true));
	ASSERT_EQ(0, vm_driver_set_read_only_memslot(world->vmd, 2, READ_ONLY_GPA, SLOT_SIZE,
						     host_memory(world, 1)));
	ASSERT_EQ(0, vm_driver_set_memslot(world->vmd, 3, MIXED_GPA, SLOT_SIZE,
					   host_memory(world, 2), world->gmem_fd, false));
	ASSERT_EQ(0, vm_driver_convert(world->vmd, MIXED_GPA + SZ_4K, SZ_8K, true));
}

/* The first two memslots hold what the model has; from then on both go on by themselves. */
static void fill_memory(struct world *world)
{
	unsigned int slot, i;

	for (slot = 0; slot < 2; slot++) {
		for (i = 0; i < SLOT_SIZE; i++)
			world->memory[slot][i] = i * 7 + slot + (i >> 8);
		memcpy(host_memory(world, slot), world->memory[slot], SLOT_SIZE);
	}
}

/* A page that is mapped for the first time may count as dirty, whatever the access. */
static void map_logged_pages(struct world *world)
{
	u64 page, log;

	for (page = 0; page < SLOT_PAGES; page++)
		vm_driver_touch(world->vmd, 0, ACCESS_READ, LOGGED_GPA + page * SZ_4K, 0);
	vm_driver_get_log(world->vmd, 1, &log);
}

static void set_up(struct __test_metadata *_metadata, struct world *world)
{
	kernel_log_start();
	world->vmd = vm_driver_create(1);
	backing_map(&world->view, BACKING_ANONYMOUS, 0, NR_SLOTS * SLOT_SIZE);
	world->gmem_fd = vm_driver_create_gmem(world->vmd, SLOT_SIZE);
	add_memslots(_metadata, world);
	fill_memory(world);
	map_logged_pages(world);
}

static void tear_down(struct __test_metadata *_metadata, struct world *world)
{
	vm_driver_free(world->vmd);
	close(world->gmem_fd);
	backing_unmap(&world->view);
	vm_expect_no_warning(_metadata, BASE, "after the VM");
}

/* Where an access lies to a boundary of pages. */
enum place_side { BEHIND, LAST_BEFORE, ACROSS };

struct place {
	const char *name;
	u64 boundary;
	enum place_side side;
	unsigned int distance;		/* from the boundary, if BEHIND it */
};

static u64 place_gpa(const struct place *place, unsigned int size)
{
	switch (place->side) {
	case LAST_BEFORE:
		return place->boundary - size;
	case ACROSS:
		return place->boundary - size / 2;
	default:
		return place->boundary + place->distance;
	}
}

/* The byte of the model at @gpa, NULL if there is no memory. */
static unsigned char *model_byte(struct world *world, u64 gpa)
{
	unsigned int slot;

	for (slot = 0; slot < NR_SLOTS; slot++) {
		if (gpa >= slot_gpa[slot] && gpa < slot_gpa[slot] + SLOT_SIZE)
			return &world->memory[slot][gpa - slot_gpa[slot]];
	}
	return NULL;
}

static bool is_written_by_exit(u64 gpa)
{
	return gpa >= READ_ONLY_GPA && gpa < READ_ONLY_GPA + SLOT_SIZE;
}

/* How an instruction must go. */
struct outcome {
	struct guest_insn insn;
	struct guest_insn_exits exits;
	u64 log;			/* pages of the logged memslot that are dirty then */
};

/* One part of an access, [@from, @to), which no page boundary divides. */
struct part {
	u64 gpa;
	unsigned int from, to;
};

static unsigned int divide(const struct guest_insn *insn, struct part part[2])
{
	unsigned int first = SZ_4K - (insn->gpa & (SZ_4K - 1));

	part[0] = (struct part) { insn->gpa, 0, insn->size };
	if (first >= insn->size)
		return 1;

	part[0].to = first;
	part[1] = (struct part) { insn->gpa + first, first, insn->size };
	return 2;
}

/* The exit for those bytes of @part that begin with @from; returns how many it takes. */
static unsigned int add_exit(struct outcome *outcome, const struct part *part, unsigned int from,
			     bool is_write)
{
	const unsigned int size = min(part->to - from, EXIT_BYTES);

	outcome->exits.exit[outcome->exits.nr++] = (struct guest_insn_exit) {
		.end = ACCESS_MMIO,
		.gpa = part->gpa + from - part->from,
		.size = size,
		.is_write = is_write,
	};
	return size;
}

static void read_by_exits(struct outcome *outcome, const struct part *part, const u64 *input,
			  unsigned char bytes[NR_BYTES])
{
	unsigned int from, size;

	for (from = part->from; from < part->to; from += size) {
		size = add_exit(outcome, part, from, false);
		memcpy(bytes + from, &input[outcome->exits.nr - 1], size);
	}
}

static void write_by_exits(struct outcome *outcome, const struct part *part,
			   const unsigned char bytes[NR_BYTES])
{
	unsigned int from, size;

	for (from = part->from; from < part->to; from += size) {
		size = add_exit(outcome, part, from, true);
		memcpy(&outcome->exits.exit[outcome->exits.nr - 1].data, bytes + from, size);
	}
}

/* What the access finds: bytes of memory, and of @input where there is none. */
static void model_read(struct world *world, struct outcome *outcome, const u64 *input,
		       unsigned char bytes[NR_BYTES])
{
	struct part part[2];
	unsigned int i, nr = divide(&outcome->insn, part);

	for (i = 0; i < nr; i++) {
		const unsigned char *from = model_byte(world, part[i].gpa);

		if (from)
			memcpy(bytes + part[i].from, from, part[i].to - part[i].from);
		else if (guest_insn_reads(outcome->insn.kind))
			read_by_exits(outcome, &part[i], input, bytes);
	}
}

static void model_write(struct world *world, struct outcome *outcome,
			const unsigned char bytes[NR_BYTES])
{
	struct part part[2];
	unsigned int i, nr = divide(&outcome->insn, part);

	for (i = 0; i < nr; i++) {
		unsigned char *to = model_byte(world, part[i].gpa);
		unsigned int size = part[i].to - part[i].from;

		if (!to || is_written_by_exit(part[i].gpa)) {
			write_by_exits(outcome, &part[i], bytes);
			continue;
		}
		memcpy(to, bytes + part[i].from, size);
		if (part[i].gpa >= LOGGED_GPA && part[i].gpa < LOGGED_GPA + SLOT_SIZE)
			outcome->log |= BIT_ULL((part[i].gpa - LOGGED_GPA) / SZ_4K);
	}
}

static void model_insn(struct world *world, struct outcome *outcome, const u64 *input)
{
	unsigned char bytes[NR_BYTES] = { };

	model_read(world, outcome, input, bytes);
	guest_insn_model(&outcome->insn, bytes);
	if (guest_insn_writes(outcome->insn.kind))
		model_write(world, outcome, bytes);
}

static void expect_memory(struct __test_metadata *_metadata, struct world *world,
			  const char *when)
{
	unsigned int slot, i;

	for (slot = 0; slot < 2; slot++) {
		const unsigned char *got = host_memory(world, slot);

		if (!memcmp(world->memory[slot], got, SLOT_SIZE))
			continue;
		for (i = 0; world->memory[slot][i] == got[i]; i++)
			;
		vm_expect_content(_metadata, world->memory[slot][i], got[i], slot_gpa[slot] + i,
				  when);
	}
}

static void print_exit(const struct guest_insn_exit *exit, char *text, size_t size)
{
	snprintf(text, size, "%s of %llu bytes at 0x%llx, %s 0x%llx", access_end_name(exit->end),
		 (unsigned long long)exit->size, (unsigned long long)exit->gpa,
		 exit->is_write ? "write" : "read", (unsigned long long)exit->data);
}

static void expect_exits(struct __test_metadata *_metadata, const struct outcome *wanted,
			 struct guest_insn_exits *got, const char *when)
{
	char wanted_text[96], got_text[96];
	unsigned int i;

	EXPECT_EQ(wanted->exits.nr, got->nr) {
		TH_LOG("Wanted %u exits at gpa 0x%llx (%s), got %u", wanted->exits.nr,
		       (unsigned long long)wanted->insn.gpa, when, got->nr);
	}
	for (i = 0; i < wanted->exits.nr && i < got->nr; i++) {
		/* Behind the data KVM leaves what was there. */
		if (got->exit[i].size < EXIT_BYTES)
			got->exit[i].data &= BIT_ULL(got->exit[i].size * 8) - 1;
		print_exit(&wanted->exits.exit[i], wanted_text, sizeof(wanted_text));
		print_exit(&got->exit[i], got_text, sizeof(got_text));
		EXPECT_STREQ(wanted_text, got_text) {
			TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", wanted_text,
			       (unsigned long long)wanted->insn.gpa, when, got_text);
		}
	}
}

static void expect_registers(struct __test_metadata *_metadata, const struct guest_insn *wanted,
			     const struct guest_insn *got, const char *when)
{
	EXPECT_TRUE(wanted->value == got->value) {
		TH_LOG("Wanted 0x%llx%016llx in the register at gpa 0x%llx (%s), got 0x%llx%016llx",
		       (unsigned long long)(wanted->value >> 64), (unsigned long long)wanted->value,
		       (unsigned long long)wanted->gpa, when,
		       (unsigned long long)(got->value >> 64), (unsigned long long)got->value);
	}
	EXPECT_EQ(wanted->equal, got->equal) {
		TH_LOG("Wanted %s at gpa 0x%llx (%s), got %s", wanted->equal ? "equal" : "unequal",
		       (unsigned long long)wanted->gpa, when, got->equal ? "equal" : "unequal");
	}
}

static void expect_log(struct __test_metadata *_metadata, struct world *world,
		       u64 wanted, const char *when)
{
	u64 got = 0;

	ASSERT_EQ(0, vm_driver_get_log(world->vmd, 1, &got));
	EXPECT_EQ(wanted, got) {
		TH_LOG("Wanted dirty pages 0x%llx at gpa 0x%llx (%s), got 0x%llx",
		       (unsigned long long)wanted, LOGGED_GPA, when, (unsigned long long)got);
	}
}

static const u64 exit_input[GUEST_INSN_MAX_EXITS] = {
	0x8182838485868788ull, 0x9192939495969798ull, 0xa1a2a3a4a5a6a7a8ull, 0xb1b2b3b4b5b6b7b8ull,
};

#define OPERAND	((__uint128_t)0xfedcba9876543210ull << 64 | 0x0123456789abcdefull)

static __uint128_t of_size(__uint128_t value, unsigned int size)
{
	return size < sizeof(value) ? value & (((__uint128_t)1 << size * 8) - 1) : value;
}

/*
 * A locked access across two cache lines stops all CPUs for a while; a host may be told to end
 * who does it (handle_guest_split_lock()).  What KVM's emulator does instead has no lock.
 */
static bool ends_by_split_lock(const struct guest_insn *insn)
{
	const unsigned int cache_line = 64;
	char options[4096];

	if (insn->forced || !guest_insn_locks(insn->kind) ||
	    insn->gpa % cache_line + insn->size <= cache_line)
		return false;
	return !setting_read("/proc/cmdline", options, sizeof(options)) &&
	       strstr(options, "split_lock_detect=fatal");
}

/* Carry out @insn and compare everything with the model. */
static void try_insn(struct __test_metadata *_metadata, struct world *world,
		     const struct guest_insn *insn, const char *when)
{
	struct outcome wanted = { .insn = *insn };
	struct guest_insn_exits exits;
	struct guest_insn got = *insn;
	u64 log;

	if (ends_by_split_lock(insn)) {
		world->split_lock_forbidden = true;
		return;
	}
	got.completed = world->completed;
	vm_driver_get_log(world->vmd, 1, &log);
	model_insn(world, &wanted, exit_input);
	vm_driver_insn(world->vmd, 0, &got, exit_input, &exits);
	expect_exits(_metadata, &wanted, &exits, when);
	expect_registers(_metadata, &wanted.insn, &got, when);
	expect_memory(_metadata, world, when);
	expect_log(_metadata, world, wanted.log, when);
}

/* What the instruction finds, so that a comparison can be made to hold. */
static u64 model_contents(struct world *world, u64 gpa, unsigned int size)
{
	struct outcome outcome = { .insn = { .kind = INSN_LOAD, .gpa = gpa, .size = size } };

	model_insn(world, &outcome, exit_input);
	return outcome.insn.value;
}

static void try_place(struct __test_metadata *_metadata, struct world *world,
		      const struct place *place, enum guest_insn_kind kind, unsigned int size,
		      bool forced)
{
	struct guest_insn insn = {
		.kind = kind,
		.forced = forced,
		.size = size,
		.gpa = place_gpa(place, size),
		.operand = of_size(OPERAND, size),
	};
	char when[128];

	snprintf(when, sizeof(when), "%s%s of %u bytes %s", forced ? "forced " : "",
		 guest_insn_name(kind), size, place->name);
	insn.compared = model_contents(world, insn.gpa, size);
	try_insn(_metadata, world, &insn, when);
	if (kind != INSN_LOCK_CMPXCHG)
		return;

	snprintf(when, sizeof(when), "%slock cmpxchg of %u bytes that differ %s",
		 forced ? "forced " : "", size, place->name);
	insn.compared = of_size(~model_contents(world, insn.gpa, size), size);
	try_insn(_metadata, world, &insn, when);
}

static void try_places(struct __test_metadata *_metadata, struct world *world,
		       const struct place *place, size_t nr, bool forced)
{
	enum guest_insn_kind kind;
	unsigned int size;
	size_t i;

	for (i = 0; i < nr; i++) {
		for (kind = 0; kind < NR_INSN_KINDS; kind++) {
			for (size = guest_insn_min_size(kind); size <= guest_insn_max_size(kind);
			     size *= 2) {
				try_place(_metadata, world, &place[i], kind, size, forced);
				if (!__test_passed(_metadata))
					return;
			}
		}
		vm_expect_no_warning(_metadata, place[i].boundary, place[i].name);
	}
	if (world->split_lock_forbidden && __test_passed(_metadata))
		SKIP(return, "split_lock_detect that is not fatal");
}

static const struct place in_memory[] = {
	{ "inside a page", LOGGED_GPA + SZ_4K, BEHIND, 0x40 },
	{ "at an odd address", LOGGED_GPA + SZ_4K, BEHIND, 0x43 },
	{ "across cache lines", LOGGED_GPA + SZ_4K + 0x80, ACROSS },
	{ "at the end of a page", LOGGED_GPA + SZ_4K, LAST_BEFORE },
	{ "across two pages", LOGGED_GPA + SZ_8K, ACROSS },
	{ "at the end of a memslot", LOGGED_GPA + SLOT_SIZE, LAST_BEFORE },
};

FIXTURE(emulator)
{
	struct world world;
};

FIXTURE_VARIANT(emulator)
{
	bool forced;
};

FIXTURE_VARIANT_ADD(emulator, by_cpu) { .forced = false };
FIXTURE_VARIANT_ADD(emulator, forced) { .forced = true };

FIXTURE_SETUP(emulator)
{
	if (variant->forced && !setting_can_change(FORCE_EMULATION_SETTING))
		SKIP(return, MISSING_FORCE);
	if (variant->forced)
		ASSERT_EQ(0, setting_change_for_now(FORCE_EMULATION_SETTING, "1"));
	set_up(_metadata, &self->world);
}

FIXTURE_TEARDOWN(emulator)
{
	tear_down(_metadata, &self->world);
	setting_restore();
}

/* KVM warns of an entry of the PML that is no page's: vmx_flush_pml_buffer(). */
static bool logs_bytes(bool forced)
{
	return !forced && getenv(PML_LOGS_BYTES);
}

TEST_F(emulator, accesses_memory)
{
	if (logs_bytes(variant->forced))
		SKIP(return, MISSING_PML_PAGES);
	try_places(_metadata, &self->world, in_memory, ARRAY_SIZE(in_memory),
		   variant->forced);
}

/*
 * The emulator carries out some hundred elements of a string instruction, then lets the guest go on
 * with the rest (x86_emulate_insn()); it crosses pages on either side.
 */
TEST_F(emulator, copies_across_pages)
{
	const u64 to = 0x345, from = 0x123, size = 2 * SZ_4K + 0x456;
	struct world *world = &self->world;
	u64 log, i;

	/* The CPU goes on with what the emulator leaves, forced or not. */
	if (logs_bytes(false))
		SKIP(return, MISSING_PML_PAGES);

	memcpy(world->memory[0] + to, world->memory[1] + from, size);
	ASSERT_EQ(0, vm_driver_get_log(world->vmd, 1, &log));
	vm_driver_copy(world->vmd, 0, LOGGED_GPA + to, READ_ONLY_GPA + from, size, variant->forced);
	for (i = 0; i < SLOT_SIZE && host_memory(world, 0)[i] == world->memory[0][i]; i++)
		;
	EXPECT_EQ(SLOT_SIZE, i) {
		TH_LOG("Wanted 0x%x at gpa 0x%llx (copied), got 0x%x", world->memory[0][i],
		       LOGGED_GPA + i, host_memory(world, 0)[i]);
	}
	expect_log(_metadata, world, GENMASK_ULL((to + size - 1) / SZ_4K, to / SZ_4K), "copied");
}

static const struct place outside_memory[] = {
	{ "outside of memory", LOGGED_GPA + SLOT_SIZE, BEHIND, 0x40 },
	{ "outside of memory, across two pages", LOGGED_GPA + SLOT_SIZE + SZ_4K, ACROSS },
	{ "outside of memory, just before a page", LOGGED_GPA + SLOT_SIZE + SZ_4K - 3, BEHIND },
	{ "across the end of a memslot", LOGGED_GPA + SLOT_SIZE, ACROSS },
	{ "across the beginning of a memslot", LOGGED_GPA, ACROSS },
};

TEST_F(emulator, accesses_device)
{
	if (logs_bytes(variant->forced))
		SKIP(return, MISSING_PML_PAGES);
	try_places(_metadata, &self->world, outside_memory, ARRAY_SIZE(outside_memory),
		   variant->forced);
}

/*
 * Who saves a vCPU has it take its answer first, as kvm_run is not saved: see
 * kvm_arch_vcpu_ioctl_run().
 */
TEST_F(emulator, exits_are_completed_without_guest)
{
	if (logs_bytes(variant->forced))
		SKIP(return, MISSING_PML_PAGES);
	self->world.completed = true;
	try_places(_metadata, &self->world, outside_memory, ARRAY_SIZE(outside_memory),
		   variant->forced);
}

/* KVM has a device there, which takes the first half of a store; the other one is for an exit. */
TEST_F(emulator, half_of_a_store_rings_a_doorbell)
{
	const u64 gpa = LOGGED_GPA + SLOT_SIZE + 0x100;
	struct guest_insn insn = {
		.kind = INSN_STORE, .forced = variant->forced, .size = NR_BYTES, .gpa = gpa,
		.operand = OPERAND,
	};
	const struct outcome wanted = {
		.insn = insn,
		.exits = {
			.nr = 1,
			.exit[0] = {
				.end = ACCESS_MMIO, .gpa = gpa + EXIT_BYTES, .size = EXIT_BYTES,
				.is_write = true, .data = OPERAND >> 8 * EXIT_BYTES,
			},
		},
	};
	struct guest_insn_exits got;
	u64 times = 0;
	int fd;

	if (logs_bytes(variant->forced))
		SKIP(return, MISSING_PML_PAGES);
	fd = vm_driver_add_doorbell(self->world.vmd, gpa, EXIT_BYTES);
	vm_driver_insn(self->world.vmd, 0, &insn, exit_input, &got);
	expect_exits(_metadata, &wanted, &got, "half for KVM");
	EXPECT_TRUE(read(fd, &times, sizeof(times)) == sizeof(times) && times == 1) {
		TH_LOG("Wanted one signal at gpa 0x%llx (half for KVM), got %llu",
		       (unsigned long long)gpa, (unsigned long long)times);
	}
	close(fd);
}

static const struct place in_read_only_memory[] = {
	{ "in read-only memory", READ_ONLY_GPA + SZ_4K, BEHIND, 0x40 },
	{ "across two read-only pages", READ_ONLY_GPA + SZ_4K, ACROSS },
	{ "across the end of read-only memory", READ_ONLY_GPA + SLOT_SIZE, ACROSS },
	{ "across the beginning of read-only memory", READ_ONLY_GPA, ACROSS },
};

TEST_F(emulator, accesses_read_only_memory)
{
	try_places(_metadata, &self->world, in_read_only_memory,
		   ARRAY_SIZE(in_read_only_memory), variant->forced);
}

/*
 * A device that the guest reaches by a gva of its own, and whose gpa is the gva of memory:
 *
 *	gva	17G: memory at gpa 16G		18G: device at gpa 17G
 *
 * What KVM remembers of an access to the device (vcpu_cache_mmio_info()) is about the one gva only.
 */
#define DEVICE_GPA	(BASE + SZ_1G)
#define MEMORY_GVA	DEVICE_GPA
#define DEVICE_GVA	(BASE + 2ull * SZ_1G)

TEST_F(emulator, gva_of_memory_is_gpa_of_device)
{
	struct guest_insn device = { .kind = INSN_LOAD, .size = 8, .gpa = DEVICE_GVA };
	struct guest_insn memory = {
		.kind = INSN_STORE, .forced = variant->forced, .size = 8, .gpa = MEMORY_GVA,
		.operand = TAG_OPERAND,
	};
	const char *when = "memory after a device";
	struct guest_insn_exits exits;

	vm_driver_map_1g(self->world.vmd, MEMORY_GVA, BASE);
	vm_driver_map_1g(self->world.vmd, DEVICE_GVA, DEVICE_GPA);
	vm_driver_insn(self->world.vmd, 0, &device, exit_input, &exits);
	vm_expect_nr_exits(_metadata, 1, exits.nr, DEVICE_GPA, "device");
	vm_expect_end(_metadata, ACCESS_MMIO, exits.exit[0].end, DEVICE_GPA, "device");
	vm_driver_insn(self->world.vmd, 0, &memory, exit_input, &exits);
	vm_expect_nr_exits(_metadata, 0, exits.nr, LOGGED_GPA, when);
	vm_expect_content(_metadata, TAG_OPERAND, *(u64 *)host_memory(&self->world, 0), LOGGED_GPA,
			  when);
}

/* Shared and private pages: the host sees the ones only, the guest's CPU tells what all hold. */

FIXTURE(mixed)
{
	struct world world;
};

FIXTURE_SETUP(mixed)
{
	set_up(_metadata, &self->world);
}

FIXTURE_TEARDOWN(mixed)
{
	tear_down(_metadata, &self->world);
}

static u64 load(struct world *world, u64 gpa, unsigned int size)
{
	struct guest_insn insn = { .kind = INSN_LOAD, .gpa = gpa, .size = size };
	struct guest_insn_exits exits;

	vm_driver_insn(world->vmd, 0, &insn, exit_input, &exits);
	return insn.value;
}

static void store(struct world *world, u64 gpa, unsigned int size, u64 value)
{
	struct guest_insn insn = { .kind = INSN_STORE, .gpa = gpa, .size = size,
				   .operand = value };
	struct guest_insn_exits exits;

	vm_driver_insn(world->vmd, 0, &insn, exit_input, &exits);
}

#define BEFORE_BOUNDARY	0x1112131415161718ull
#define BEHIND_BOUNDARY	0x2122232425262728ull
#define HOST_BYTE	0xee

/* What lies on each side of a boundary is known, as far as an access reaches. */
static void fill_side(struct world *world, u64 gpa, u64 value)
{
	u64 end = gpa + NR_BYTES;

	for (; gpa < end; gpa += 8, value++) {
		store(world, gpa, 8, value);
		memcpy(model_byte(world, gpa), &value, 8);
	}
}

/* Nothing private is in host memory. */
static void fill_around(struct world *world, u64 boundary)
{
	memset(host_memory(world, 2), HOST_BYTE, SLOT_SIZE);
	fill_side(world, boundary - NR_BYTES, BEFORE_BOUNDARY);
	fill_side(world, boundary, BEHIND_BOUNDARY);
}

static void expect_word(struct __test_metadata *_metadata, struct world *world, u64 gpa,
			const char *when)
{
	const u64 offset = gpa - MIXED_GPA, host = HOST_BYTE * 0x0101010101010101ull;
	u64 wanted;

	memcpy(&wanted, &world->memory[2][offset], 8);
	vm_expect_content(_metadata, wanted, load(world, gpa, 8), gpa, when);
	if (is_private(gpa))
		wanted = host;
	vm_expect_content(_metadata, wanted, *(u64 *)(host_memory(world, 2) + offset), gpa, when);
}

static void expect_around(struct __test_metadata *_metadata, struct world *world, u64 boundary,
			  const char *when)
{
	u64 gpa;

	for (gpa = boundary - NR_BYTES; gpa < boundary + NR_BYTES; gpa += 8)
		expect_word(_metadata, world, gpa, when);
}

static void try_boundary(struct __test_metadata *_metadata, struct world *world,
			 const struct place *place, enum guest_insn_kind kind, unsigned int size)
{
	struct guest_insn insn = {
		.kind = kind, .size = size, .gpa = place_gpa(place, size),
		.operand = of_size(OPERAND, size),
	};
	char when[128];

	snprintf(when, sizeof(when), "%s of %u bytes %s", guest_insn_name(kind), size,
		 place->name);
	fill_around(world, place->boundary);
	insn.compared = model_contents(world, insn.gpa, size);
	try_insn(_metadata, world, &insn, when);
	expect_around(_metadata, world, place->boundary, when);
}

static void try_boundaries(struct __test_metadata *_metadata, struct world *world,
			   const struct place *place, size_t nr)
{
	enum guest_insn_kind kind;
	unsigned int size;
	size_t i;

	for (i = 0; i < nr; i++) {
		for (kind = 0; kind < NR_INSN_KINDS; kind++) {
			for (size = max(2u, guest_insn_min_size(kind));
			     size <= guest_insn_max_size(kind); size *= 2) {
				try_boundary(_metadata, world, &place[i], kind, size);
				if (!__test_passed(_metadata))
					return;
			}
		}
		vm_expect_no_warning(_metadata, place[i].boundary, place[i].name);
	}
}

static const struct place mixed_boundary[] = {
	{ "from a shared page to a private one", MIXED_GPA + SZ_4K, ACROSS },
	{ "across two private pages", MIXED_GPA + SZ_8K, ACROSS },
	{ "from a private page to a shared one", MIXED_GPA + 3 * SZ_4K, ACROSS },
	{ "at the end of a private page", MIXED_GPA + SZ_8K, LAST_BEFORE },
};

TEST_F(mixed, each_part_goes_where_it_belongs)
{
	try_boundaries(_metadata, &self->world, mixed_boundary, ARRAY_SIZE(mixed_boundary));
}

/* No part of an access is done if another one leaves with KVM_EXIT_MEMORY_FAULT. */
TEST_F(mixed, nothing_is_half_done)
{
	struct world *world = &self->world;
	const u64 boundary = MIXED_GPA + SZ_4K;
	struct guest_insn_exits exits;
	enum guest_insn_kind kind;
	char when[64];

	/* No guest_memfd any more. */
	ASSERT_EQ(0, vm_driver_set_memslot(world->vmd, 3, MIXED_GPA, 0, NULL, -1, false));
	ASSERT_EQ(0, vm_driver_set_memslot(world->vmd, 3, MIXED_GPA, SLOT_SIZE,
					   host_memory(world, 2), -1, false));
	memset(host_memory(world, 2), HOST_BYTE, SLOT_SIZE);
	for (kind = 0; kind < NR_INSN_KINDS; kind++) {
		struct guest_insn insn = { .kind = kind, .size = 8, .gpa = boundary - 4,
					   .operand = TAG_OPERAND };

		snprintf(when, sizeof(when), "%s", guest_insn_name(kind));
		vm_driver_insn(world->vmd, 0, &insn, exit_input, &exits);
		vm_expect_nr_exits(_metadata, 1, exits.nr, boundary, when);
		vm_expect_end(_metadata, ACCESS_MEMORY_FAULT, exits.exit[0].end, boundary, when);
		vm_expect_exit_gpa(_metadata, boundary, exits.exit[0].gpa, when);
		vm_expect_content(_metadata, HOST_BYTE * 0x0101010101010101ull,
				  *(u64 *)(host_memory(world, 2) + SZ_4K - 8), boundary - 8, when);
	}
}

/* The last page of a memslot is private, and an access goes on behind it. */
TEST_F(mixed, emulator_knows_private_pages)
{
	struct world *world = &self->world;
	static const struct place place = {
		"across the end of private memory", MIXED_GPA + SLOT_SIZE, ACROSS
	};
	const u64 last = MIXED_GPA + SLOT_SIZE - SZ_4K;
	const char *when = place.name;
	struct guest_insn insn = { .kind = INSN_STORE, .size = 8, .gpa = place_gpa(&place, 8),
				   .operand = TAG_OPERAND };
	struct guest_insn_exits exits;
	u64 host, guest;

	ASSERT_EQ(0, vm_driver_convert(world->vmd, last, SZ_4K, true));
	memset(host_memory(world, 2), HOST_BYTE, SLOT_SIZE);
	store(world, place.boundary - 8, 8, BEFORE_BOUNDARY);
	vm_driver_insn(world->vmd, 0, &insn, exit_input, &exits);
	host = *(u64 *)(host_memory(world, 2) + SLOT_SIZE - 8);
	guest = load(world, place.boundary - 8, 8);

	/* The lower half of the operand went to the host's memory instead. */
	if (known_bug_expected(EMULATOR_MISSES_PRIVATE) && guest == BEFORE_BOUNDARY &&
	    host == (TAG_OPERAND << 32 | (u32)(HOST_BYTE * 0x01010101u)))
		SUITE_XFAIL(return, known_bug(EMULATOR_MISSES_PRIVATE)->reason);
	vm_expect_content(_metadata, HOST_BYTE * 0x0101010101010101ull, host, last, when);
	vm_expect_content(_metadata, TAG_OPERAND << 32 | (u32)BEFORE_BOUNDARY, guest, last, when);
	if (known_bug_expected(EMULATOR_MISSES_PRIVATE))
		SUITE_XPASS(return, known_bug(EMULATOR_MISSES_PRIVATE)->reason);
}

int main(int argc, char **argv)
{
	suite_start(0);
	return suite_harness_run(argc, argv);
}
