// SPDX-License-Identifier: GPL-2.0-only
/* The model of instructions, against the CPU that runs this: the code is the guest's. */
#include <string.h>
#include <sys/mman.h>

#include <linux/kernel.h>

#include "kvm/guest_insn.h"
#include "unit.h"

#define MEMORY_BYTES	32
#define OFFSET		4

/* Code and memory, in one page that may be executed. */
struct area {
	struct guest_insn insn;
	unsigned char memory[MEMORY_BYTES];
};

static __uint128_t operand_of(u64 seed, unsigned int size)
{
	__uint128_t operand = 0;
	const u64 bits = seed * 0x9e3779b97f4a7c15ull;

	memcpy(&operand, &bits, min(size, 8u));
	return size == 16 ? operand << 64 | (u32)~bits : operand;
}

static void fill(unsigned char memory[MEMORY_BYTES], u64 seed)
{
	unsigned int i;

	for (i = 0; i < MEMORY_BYTES; i++)
		memory[i] = seed * 37 + i * 11;
}

/* @equal: a comparison is to hold. */
static void compare(struct area *area, enum guest_insn_kind kind, unsigned int size, u64 seed,
		    bool equal)
{
	unsigned char memory[MEMORY_BYTES];
	struct guest_insn model;
	u64 rip, rsp;

	fill(area->memory, seed);
	fill(memory, seed);
	area->insn = (struct guest_insn) {
		.kind = kind,
		.size = size,
		.gpa = (u64)&area->memory[OFFSET],
		.operand = operand_of(seed, size),
	};
	memcpy(&area->insn.compared, &memory[OFFSET], min(size, 8u));
	if (!equal)
		area->insn.compared ^= 1;
	model = area->insn;

	guest_insn_assemble(&area->insn);
	guest_insn_execute(&area->insn, &rip, &rsp);
	guest_insn_model(&model, &memory[OFFSET]);
	CHECK(!memcmp(memory, area->memory, sizeof(memory)), "memory after %s of %u bytes",
	      guest_insn_name(kind), size);
	CHECK(model.value == area->insn.value, "%s of %u bytes: 0x%llx instead of 0x%llx",
	      guest_insn_name(kind), size, (unsigned long long)model.value,
	      (unsigned long long)area->insn.value);
	CHECK(model.equal == area->insn.equal, "%s of %u bytes: equal %d instead of %d",
	      guest_insn_name(kind), size, model.equal, area->insn.equal);
}

static void does_what_a_cpu_does(void)
{
	struct area *area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE | PROT_EXEC,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enum guest_insn_kind kind;
	unsigned int size;
	u64 seed;

	if (!CHECK(area != MAP_FAILED, "no memory to execute"))
		return;
	for (kind = 0; kind < NR_INSN_KINDS; kind++) {
		for (size = guest_insn_min_size(kind); size <= guest_insn_max_size(kind);
		     size *= 2) {
			for (seed = 1; seed < 100; seed++) {
				compare(area, kind, size, seed, true);
				compare(area, kind, size, seed, false);
			}
		}
	}
	munmap(area, sizeof(*area));
}

static bool only_writes(enum guest_insn_kind kind)
{
	return kind == INSN_STORE || kind == INSN_ENTER || kind == INSN_MOVS_TO;
}

static void reads_and_writes_as_it_says(void)
{
	unsigned char memory[MEMORY_BYTES], before[MEMORY_BYTES];
	enum guest_insn_kind kind;

	for (kind = 0; kind < NR_INSN_KINDS; kind++) {
		struct guest_insn insn = { .kind = kind, .size = 8, .operand = 1 };

		fill(memory, kind + 1);
		memcpy(before, memory, sizeof(before));
		memcpy(&insn.compared, memory, 8);
		guest_insn_model(&insn, memory);
		CHECK(guest_insn_writes(kind) == !!memcmp(before, memory, sizeof(before)),
		      "%s writes", guest_insn_name(kind));
		CHECK(guest_insn_reads(kind) == !only_writes(kind), "%s reads",
		      guest_insn_name(kind));
	}
}

static const struct unit_case unit[] = {
	{ "does_what_a_cpu_does", does_what_a_cpu_does },
	{ "reads_and_writes_as_it_says", reads_and_writes_as_it_says },
};

int main(void)
{
	return unit_main(unit, ARRAY_SIZE(unit));
}
