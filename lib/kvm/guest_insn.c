// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include <linux/compiler.h>
#include <linux/sizes.h>

#include "kvm/guest_insn.h"

#define LOCK		0xf0
#define OPERAND_16	0x66
#define REPEAT		0xf3
#define REX_W		0x48
#define RET		0xc3

/* The register is rdx, or xmm2; the address is in rbx. */
#define MODRM		0x13

static const struct {
	const char *name;
	bool reads, writes, locks;
	unsigned char opcode[3];	/* for one byte; the last + 1 for up to eight */
	unsigned char length;
	unsigned char opcode_16;	/* of movdqu, behind 0xf3 and 0x0f */
} insn_kind[NR_INSN_KINDS] = {
	[INSN_LOAD] =		{ "load",	  true,  false, false, { 0x8a }, 1, 0x6f },
	[INSN_STORE] =		{ "store",	  false, true,  false, { 0x88 }, 1, 0x7f },
	[INSN_ADD] =		{ "add",	  true,  true,  false, { 0x00 }, 1 },
	[INSN_LOCK_ADD] =	{ "lock add",	  true,  true,  true,  { 0x00 }, 1 },
	[INSN_XCHG] =		{ "xchg",	  true,  true,  true,  { 0x86 }, 1 },
	[INSN_LOCK_CMPXCHG] =	{ "lock cmpxchg", true,  true,  true,  { 0x0f, 0xb0 }, 2 },
	[INSN_ENTER] =		{ "enter",	  false, true,  false },
	[INSN_MOVS_FROM] =	{ "movs from",	  true,  false, false, { 0xa4 }, 1 },
	[INSN_MOVS_TO] =	{ "movs to",	  false, true,  false, { 0xa4 }, 1 },
};

/* The guest's memory at the other end of a movs. */
static unsigned char other_end[2 * SZ_4K] __aligned(SZ_4K);

const char *guest_insn_name(enum guest_insn_kind kind)
{
	return insn_kind[kind].name;
}

unsigned int guest_insn_max_size(enum guest_insn_kind kind)
{
	return insn_kind[kind].opcode_16 ? 16 : 8;
}

unsigned int guest_insn_min_size(enum guest_insn_kind kind)
{
	return kind == INSN_ENTER ? 8 : 1;
}

bool guest_insn_reads(enum guest_insn_kind kind)
{
	return insn_kind[kind].reads;
}

bool guest_insn_writes(enum guest_insn_kind kind)
{
	return insn_kind[kind].writes;
}

bool guest_insn_locks(enum guest_insn_kind kind)
{
	return insn_kind[kind].locks;
}

void guest_insn_model(struct guest_insn *insn, unsigned char *memory)
{
	__uint128_t before = 0, after = insn->operand;

	memcpy(&before, memory, insn->size);
	insn->value = insn->operand;
	insn->equal = false;
	switch (insn->kind) {
	case INSN_LOAD:
	case INSN_MOVS_FROM:
		insn->value = before;
		return;
	case INSN_ADD:
	case INSN_LOCK_ADD:
		after = before + insn->operand;
		break;
	case INSN_XCHG:
		insn->value = before;
		break;
	case INSN_LOCK_CMPXCHG:
		insn->value = before;
		insn->equal = before == insn->compared;
		after = insn->equal ? insn->operand : before;
		break;
	default:
		break;
	}
	memcpy(memory, &after, insn->size);
}

/* This and the others return where what they put ends. */
static unsigned char *put(unsigned char *code, const void *bytes, size_t nr)
{
	memcpy(code, bytes, nr);
	return code + nr;
}

static unsigned char *put_opcode_16(unsigned char *code, enum guest_insn_kind kind)
{
	*code++ = REPEAT;
	*code++ = 0x0f;
	*code++ = insn_kind[kind].opcode_16;
	return code;
}

static unsigned char *put_opcode(unsigned char *code, enum guest_insn_kind kind, unsigned int size)
{
	if (kind == INSN_LOCK_ADD || kind == INSN_LOCK_CMPXCHG)
		*code++ = LOCK;
	if (size == 2)
		*code++ = OPERAND_16;
	if (size == 8)
		*code++ = REX_W;
	code = put(code, insn_kind[kind].opcode, insn_kind[kind].length);
	if (size > 1)
		code[-1]++;
	return code;
}

static unsigned char *put_forced(unsigned char *code, bool forced)
{
	/* What KVM looks for: an invalid opcode and three letters (handle_ud()). */
	static const unsigned char prefix[] = { 0x0f, 0x0b, 'k', 'v', 'm' };

	return forced ? put(code, prefix, sizeof(prefix)) : code;
}

/* It stores rbp below the address in rsp; both are put there and, in r8 and r9, kept before. */
static void assemble_enter(struct guest_insn *insn)
{
	static const unsigned char before[] = {
		0x49, 0x89, 0xe0,	/* mov %rsp, %r8 */
		0x49, 0x89, 0xe9,	/* mov %rbp, %r9 */
		0x48, 0x8d, 0x63, 8,	/* lea 8(%rbx), %rsp */
		0x48, 0x89, 0xd5,	/* mov %rdx, %rbp */
	};
	static const unsigned char enter[] = {
		0xc8, 0, 0, 0,		/* enter $0, $0 */
		0x4c, 0x89, 0xcd,	/* mov %r9, %rbp */
		0x4c, 0x89, 0xc4,	/* mov %r8, %rsp */
		RET,
	};
	unsigned char *code = put(insn->code, before, sizeof(before));

	put(put_forced(code, insn->forced), enter, sizeof(enter));
}

static bool is_movs(enum guest_insn_kind kind)
{
	return kind == INSN_MOVS_FROM || kind == INSN_MOVS_TO;
}

/* From the address in rsi to that in rdi; the other end is in rdx. */
static void assemble_movs(struct guest_insn *insn)
{
	static const unsigned char from[] = {
		0x48, 0x89, 0xde,	/* mov %rbx, %rsi */
		0x48, 0x89, 0xd7,	/* mov %rdx, %rdi */
	};
	static const unsigned char to[] = {
		0x48, 0x89, 0xd6,	/* mov %rdx, %rsi */
		0x48, 0x89, 0xdf,	/* mov %rbx, %rdi */
	};
	unsigned char *code = put(insn->code, insn->kind == INSN_MOVS_FROM ? from : to,
				  sizeof(from));

	code = put_forced(code, insn->forced);
	code = put_opcode(code, insn->kind, insn->size);
	*code = RET;
}

void guest_insn_assemble(struct guest_insn *insn)
{
	unsigned char *code = insn->code;

	if (insn->kind == INSN_ENTER) {
		assemble_enter(insn);
		return;
	}
	if (is_movs(insn->kind)) {
		assemble_movs(insn);
		return;
	}
	code = put_forced(code, insn->forced);
	code = insn->size == 16 ? put_opcode_16(code, insn->kind) :
				  put_opcode(code, insn->kind, insn->size);
	*code++ = MODRM;
	*code = RET;
}

void guest_insn_execute(struct guest_insn *insn, u64 *rip, u64 *rsp)
{
	__uint128_t vector = insn->kind == INSN_LOAD ? 0 : insn->operand;
	u64 value = vector, accumulator = insn->compared;
	unsigned char *other = other_end + insn->gpa % SZ_4K;
	bool equal;

	if (is_movs(insn->kind)) {
		memcpy(other, &insn->operand, insn->size);
		value = (unsigned long)other;
	}
	/* Keep off the red zone; who is skipped has not given rbp back. */
	asm volatile("lea 1f(%%rip), %%rcx\n\t"
		     "mov %%rcx, %[rip]\n\t"
		     "lea -128-8(%%rsp), %%rcx\n\t"
		     "mov %%rcx, %[rsp]\n\t"
		     "movdqu %[vector], %%xmm2\n\t"
		     "lea -128(%%rsp), %%rsp\n\t"
		     "push %%rbp\n\t"
		     "call *%[code]\n"
		     "1:\n\t"
		     "pop %%rbp\n\t"
		     "lea 128(%%rsp), %%rsp\n\t"
		     "movdqu %%xmm2, %[vector]"
		     : "+d" (value), "+a" (accumulator), "=@ccz" (equal), [rip] "=m" (*rip),
		       [rsp] "=m" (*rsp), [vector] "+m" (vector)
		     : "b" (insn->gpa), [code] "r" (insn->code) : "rcx", "rsi", "rdi", "r8",
		       "r9", "xmm2", "memory");
	insn->value = insn->size == 16 ? vector : value;
	if (is_movs(insn->kind)) {
		insn->value = 0;
		memcpy(&insn->value, other, insn->size);
	}
	if (insn->kind == INSN_LOCK_CMPXCHG)
		insn->value = accumulator;
	insn->equal = insn->kind == INSN_LOCK_CMPXCHG && equal;
}
