// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns a scenario into a KVM selftest in C that stands alone: the same steps, done with
 * upstream's helpers, and what the mapping model expects of each as literal numbers.  A
 * warning of the kernel is a failure here, too, if it is the first since boot.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "lpage.h"
#include "model/scenario_model.h"
#include "scenario/scenario_text.h"

/* Values in memory count from here on, so that a small number is never one. */
#define FIRST_VALUE	0x7a900001ull

#define LINE_MAX_COLUMNS	100
#define MAX_PARTS		64
#define PART_MARK		"/* @ "

/* to_c_template.c, made a string by the makefile. */
static const char template[] =
#include "to_c_template.inc"
;

/* A program while it is written. */
struct program {
	struct mapping_model *model;
	FILE *body;			/* of the function that does the steps */
	u64 next_value;
	bool guest_sees[SCENARIO_MAX_GPA >> 30];	/* by GiB */
	const char *part[MAX_PARTS];	/* of the template, that are called for */
	size_t nr_parts;
};

/* Neighbouring pages about which the same is said, collected one by one. */
struct page_run {
	u64 gfn;
	u64 npages;
	u64 value;			/* of the first page */
	const struct model_slot *slot;
	enum access_end end;
	bool private;
};

static bool is_needed(const struct program *program, const char *part, size_t len)
{
	size_t i;

	for (i = 0; i < program->nr_parts; i++) {
		if (strlen(program->part[i]) == len && !memcmp(program->part[i], part, len))
			return true;
	}
	return false;
}

static void need(struct program *program, const char *part)
{
	if (!is_needed(program, part, strlen(part)) && program->nr_parts < MAX_PARTS)
		program->part[program->nr_parts++] = part;
}

static u64 offset_in(const struct model_slot *slot, u64 gfn)
{
	return (gfn - slot->base_gfn) << GFN_SHIFT;
}

static void print_run(struct program *program, const char *call, const struct page_run *run)
{
	fprintf(program->body, "\t%s(%u, 0x%llx, %llu", call, run->slot->id,
		(unsigned long long)offset_in(run->slot, run->gfn),
		(unsigned long long)run->npages);
	if (run->value)
		fprintf(program->body, ", 0x%llx", (unsigned long long)run->value);
	fprintf(program->body, ");\n");
}

/* True if @next goes on where @run ends, and the same can be said of it. */
static bool continues(const struct page_run *run, const struct page_run *next)
{
	return run->npages && next->gfn == run->gfn + run->npages && next->slot == run->slot &&
	       next->end == run->end && next->private == run->private &&
	       next->value == (run->value ? run->value + run->npages : 0);
}

/* One aspect of a touch. */
struct aspect {
	/* False if there is nothing to say about @page, else the rest of it is filled in. */
	bool (*describe)(struct program *program, const struct step *step, struct page_run *page);
	void (*print)(struct program *program, const struct step *step,
		      const struct page_run *run);
};

static void write_aspect(struct program *program, const struct step *step,
			 const struct aspect *aspect)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	u64 end = gfn + (step->size >> GFN_SHIFT);
	struct page_run run = { };

	for (; gfn < end; gfn++) {
		struct page_run page = {
			.gfn = gfn,
			.npages = 1,
			.slot = mapping_model_slot_at(program->model, gfn),
			.private = attr_map_is_private(program->model->attrs, gfn),
		};

		if (!aspect->describe(program, step, &page))
			continue;
		if (continues(&run, &page)) {
			run.npages++;
			continue;
		}
		if (run.npages)
			aspect->print(program, step, &run);
		run = page;
	}
	if (run.npages)
		aspect->print(program, step, &run);
}

/* Shared pages that hold nothing yet get a value, to be told from all others. */
static bool describe_fill(struct program *program, const struct step *step, struct page_run *page)
{
	const struct model_slot *slot = page->slot;
	struct page_tags *tags = &program->model->tags;
	u64 shared;

	if (!slot)
		return false;

	page->private = false;
	shared = model_slot_shared_page(slot, page->gfn);
	if (page_tags_get(tags, slot->shared_object, shared))
		return false;

	page->value = program->next_value++;
	page_tags_set(tags, slot->shared_object, shared, page->value);
	return true;
}

static void print_fill(struct program *program, const struct step *step,
		       const struct page_run *run)
{
	need(program, "fill");
	print_run(program, "fill", run);
}

static bool describe_code(struct program *program, const struct step *step, struct page_run *page)
{
	return page->slot && !page->private;
}

static void print_code(struct program *program, const struct step *step,
		       const struct page_run *run)
{
	need(program, "code");
	print_run(program, "put_code", run);
}

static bool describe_access(struct program *program, const struct step *step,
			    struct page_run *page)
{
	struct mapping_model *model = program->model;

	page->end = mapping_model_access(model, page->gfn, step->access);
	if (page->end != ACCESS_DONE)
		return true;

	if (step->access == ACCESS_WRITE) {
		page->value = program->next_value++;
		mapping_model_set_tag(model, page->slot, page->gfn, page->value);
	} else if (step->access == ACCESS_READ) {
		page->value = mapping_model_tag(model, page->slot, page->gfn);
	}
	/* Neither the memslot nor the attribute is of interest, but for code. */
	page->slot = NULL;
	page->private &= step->access == ACCESS_EXECUTE;
	return true;
}

static const char *guest_op(enum access access, bool private)
{
	static const char * const name[NR_ACCESSES] = {
		[ACCESS_READ]		= "GUEST_READ",
		[ACCESS_WRITE]		= "GUEST_WRITE",
		[ACCESS_EXECUTE]	= "GUEST_EXECUTE",
	};

	return access == ACCESS_EXECUTE && private ? "GUEST_STORE_AND_EXECUTE" : name[access];
}

static void print_access(struct program *program, const struct step *step,
			 const struct page_run *run)
{
	static const struct {
		const char *part, *call;
	} how[] = {
		[ACCESS_DONE]		= { "access", "touch" },
		[ACCESS_MEMORY_FAULT]	= { "fault", "touch_faults" },
		[ACCESS_MMIO]		= { "mmio", "touch_mmio" },
	};

	need(program, how[run->end].part);
	fprintf(program->body, "\t%s(%s, 0x%llx, %llu", how[run->end].call,
		guest_op(step->access, run->private), (unsigned long long)run->gfn << GFN_SHIFT,
		(unsigned long long)run->npages);
	if (run->end == ACCESS_DONE)
		fprintf(program->body, ", %#llx", (unsigned long long)run->value);
	fprintf(program->body, ");\n");
}

static bool describe_shared(struct program *program, const struct step *step,
			    struct page_run *page)
{
	if (!page->slot)
		return false;

	page->private = false;
	page->value = page_tags_get(&program->model->tags, page->slot->shared_object,
				    model_slot_shared_page(page->slot, page->gfn));
	return true;
}

static void print_shared(struct program *program, const struct step *step,
			 const struct page_run *run)
{
	need(program, "host");
	print_run(program, "expect_shared", run);
}

static void write_touch(struct program *program, const struct step *step)
{
	static const struct aspect fill = { describe_fill, print_fill };
	static const struct aspect code = { describe_code, print_code };
	static const struct aspect access = { describe_access, print_access };
	static const struct aspect shared = { describe_shared, print_shared };
	u64 gib;

	for (gib = step->gpa >> 30; gib <= (step->gpa + step->size - 1) >> 30; gib++)
		program->guest_sees[gib] = true;

	write_aspect(program, step, &fill);
	if (step->access == ACCESS_EXECUTE)
		write_aspect(program, step, &code);
	write_aspect(program, step, &access);
	if (step->access == ACCESS_WRITE)
		write_aspect(program, step, &shared);
}

static const char *errno_name(int error)
{
	return error == EFAULT ? "EFAULT" : error == ENOENT ? "ENOENT" : "0";
}

static void write_prefault(struct program *program, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	u64 npages = step->size >> GFN_SHIFT;
	u64 stopped;
	int error = mapping_model_prefault(program->model, gfn, npages, &stopped);

	if (!error)
		stopped = gfn + npages;
	need(program, "prefault");
	fprintf(program->body, "\texpect_prefault(0x%llx, 0x%llx, %s, 0x%llx);\n",
		(unsigned long long)step->gpa, (unsigned long long)step->size, errno_name(error),
		(unsigned long long)stopped << GFN_SHIFT);
}

/* The name of the file behind a memslot; a file of shmem belongs to one memslot. */
static const char *file_name(enum backing_kind backing)
{
	return backing == BACKING_HUGETLB_2MB ? "hugetlb_2m" :
	       backing == BACKING_HUGETLB_1GB ? "hugetlb_1g" : "shmem";
}

/* The sizes of one hugepage and of all in the file. */
static const char *file_sizes(enum backing_kind backing)
{
	static char text[40];
	const char *page = backing == BACKING_HUGETLB_2MB ? "SZ_2M" : "SZ_1G";
	u64 nr = backing_kind_pages(backing) / level_pages(backing_kind_level(backing));

	if (nr == 1)
		snprintf(text, sizeof(text), "%s, %s", page, page);
	else
		snprintf(text, sizeof(text), "%s, %llu * %s", page, (unsigned long long)nr, page);
	return text;
}

static const char *log_flags(bool logged)
{
	return logged ? "KVM_MEM_LOG_DIRTY_PAGES" : "0";
}

static const char *memslot_flags(const struct step *step)
{
	return step->gmem ? "KVM_MEM_GUEST_MEMFD" : log_flags(step->on);
}

static void write_memslot(struct program *program, const struct step *step)
{
	unsigned long long size = step->size, hva = step->hva;
	bool hugetlb = backing_kind_pages(step->backing);
	FILE *body = program->body;

	need(program, hugetlb ? "hugetlb" : backing_kind_name(step->backing));
	need(program, "memslot");
	if (step->backing == BACKING_SHMEM)
		fprintf(body, "\tshmem[%u] = create_shmem(0x%llx);\n", step->slot, size);
	fprintf(body, "\tcreate_memslot(%u, 0x%llx, 0x%llx,\n\t\t       ", step->slot,
		(unsigned long long)step->gpa, size);
	switch (step->backing) {
	case BACKING_ANONYMOUS:
		fprintf(body, "map_anonymous(0x%llx, 0x%llx)", hva, size);
		break;
	case BACKING_SHMEM:
		fprintf(body, "map_shmem(shmem[%u], 0x%llx, 0x%llx)", step->slot, hva, size);
		break;
	default:
		fprintf(body, "map_hugetlb(%s, %s, 0x%llx, 0x%llx)", file_name(step->backing),
			file_sizes(step->backing), hva, size);
	}
	fprintf(body, ",\n\t\t       %s, 0x%llx);\n", memslot_flags(step),
		(unsigned long long)step->offset);
}

static void write_convert(struct program *program, const struct step *step)
{
	if (step->by_guest) {
		need(program, "hypercall");
		fprintf(program->body, "\tconvert_by_guest(0x%llx, 0x%llx, %s);\n",
			(unsigned long long)step->gpa, (unsigned long long)step->size,
			step->private ? "true" : "false");
		return;
	}
	fprintf(program->body, "\tvm_mem_set_%s(vm, 0x%llx, 0x%llx);\n",
		step->private ? "private" : "shared", (unsigned long long)step->gpa,
		(unsigned long long)step->size);
}

static void write_gmem(struct program *program, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(program->model, gfn);

	need(program, "gmem");
	fprintf(program->body, "\tfallocate_gmem(%u, %s, 0x%llx, 0x%llx);\n", slot->id,
		step->op == STEP_PUNCH ? "FALLOC_FL_PUNCH_HOLE" : "0",
		(unsigned long long)model_slot_private_page(slot, gfn) << GFN_SHIFT,
		(unsigned long long)step->size);
}

static void write_dontneed(struct program *program, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(program->model, gfn);

	need(program, "dontneed");
	fprintf(program->body, "\tdrop(%u, 0x%llx, 0x%llx);\n", slot->id,
		(unsigned long long)offset_in(slot, gfn), (unsigned long long)step->size);
}

static void print_hole(struct program *program, const struct model_slot *slot, u64 page, u64 npages)
{
	fprintf(program->body, "\tpunch_hole(%s", file_name(slot->backing));
	if (slot->backing == BACKING_SHMEM)
		fprintf(program->body, "[%u]", slot->id);
	fprintf(program->body, ", 0x%llx, 0x%llx);\n", (unsigned long long)page << GFN_SHIFT,
		(unsigned long long)npages << GFN_SHIFT);
}

/* The file may end within the range, and begin again. */
static void write_discard(struct program *program, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	u64 npages = step->size >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(program->model, gfn);
	u64 real = backing_kind_pages(slot->backing);
	u64 page = real ? model_slot_shared_page(slot, gfn) : gfn - slot->base_gfn;
	u64 first = real ? min(npages, real - page) : npages;

	need(program, "discard");
	print_hole(program, slot, page, first);
	if (npages > first)
		print_hole(program, slot, 0, min(npages, real) - first);
	fprintf(program->body, "\tpopulate(memory[%u].hva + 0x%llx, 0x%llx);\n", slot->id,
		(unsigned long long)offset_in(slot, gfn), (unsigned long long)step->size);
}

static void write_fork(struct program *program, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(program->model, gfn);

	need(program, "fork");
	fprintf(program->body, "\twrite_in_child(%u, 0x%llx, 0x%llx);\n", slot->id,
		(unsigned long long)offset_in(slot, gfn), (unsigned long long)program->next_value);
	scenario_model_fork(program->model, gfn, program->next_value++);
}

static void write_set_memslot(struct program *program, u32 id, u64 gfn, bool logged)
{
	fprintf(program->body, "\tset_memslot(%u, 0x%llx, %s);\n", id,
		(unsigned long long)gfn << GFN_SHIFT, log_flags(logged));
}

static void write_move(struct program *program, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(program->model, step->slot);

	write_set_memslot(program, step->slot, step->gpa >> GFN_SHIFT, slot->logged);
}

static void write_log(struct program *program, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(program->model, step->slot);

	write_set_memslot(program, step->slot, slot->base_gfn, step->on);
}

static void write_delete(struct program *program, const struct step *step)
{
	need(program, "delete");
	fprintf(program->body, "\tdelete_memslot(%u);\n", step->slot);
}

/* How each step is written; those that follow the model themselves do so page by page. */
static const struct {
	void (*write)(struct program *program, const struct step *step);
	bool follows;
} steps[NR_STEP_OPS] = {
	[STEP_MEMSLOT]	= { write_memslot },
	[STEP_DELETE]	= { write_delete },
	[STEP_MOVE]	= { write_move },
	[STEP_CONVERT]	= { write_convert },
	[STEP_TOUCH]	= { write_touch, true },
	[STEP_PREFAULT]	= { write_prefault, true },
	[STEP_PUNCH]	= { write_gmem },
	[STEP_ALLOCATE]	= { write_gmem },
	[STEP_LOG]	= { write_log },
	[STEP_DONTNEED]	= { write_dontneed },
	[STEP_DISCARD]	= { write_discard },
	[STEP_FORK]	= { write_fork, true },
};

static char *step_text(const struct step *step)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	step_print(step, out);
	fclose(out);
	return text;
}

static void write_leaves(struct program *program, const struct step *step)
{
	char *text = step_text(step);
	char line[256];
	int len = snprintf(line, sizeof(line), "%llu, %llu, %llu);",
			   (unsigned long long)mapping_model_count(program->model, LEVEL_4K),
			   (unsigned long long)mapping_model_count(program->model, LEVEL_2M),
			   (unsigned long long)mapping_model_count(program->model, LEVEL_1G));
	bool fits = 8 + strlen("expect_leaves(\"\", ") + strlen(text) + len <= LINE_MAX_COLUMNS;

	fprintf(program->body, "\texpect_leaves(\"%s\",%s%s\n", text, fits ? " " : "\n\t\t      ",
		line);
	free(text);
}

static void write_step(struct program *program, const struct step *step)
{
	steps[step->op].write(program, step);
	if (!steps[step->op].follows)
		scenario_model_step(program->model, step);
	write_leaves(program, step);
}

/* The line of the template after that at @line. */
static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* True if the part that is marked at @line is needed. */
static bool mark_is_needed(const struct program *program, const char *line)
{
	const char *name = line + strlen(PART_MARK);

	return is_needed(program, name, strcspn(name, ":"));
}

/* Call for what the needed parts need themselves. Returns true if there was more. */
static bool need_more(struct program *program)
{
	static char names[MAX_PARTS][16];
	static size_t nr;
	size_t before = program->nr_parts;
	const char *line;

	for (line = template; *line; line = next_line(line)) {
		const char *name;

		if (strncmp(line, PART_MARK, strlen(PART_MARK)) || !mark_is_needed(program, line))
			continue;
		for (name = strchr(line, ':') + 2; *name != '/' && *name != '*';
		     name += strcspn(name, " ") + 1) {
			size_t len = strcspn(name, " ");

			if (is_needed(program, name, len) || nr == MAX_PARTS)
				continue;
			snprintf(names[nr], sizeof(names[nr]), "%.*s", (int)len, name);
			need(program, names[nr++]);
		}
	}
	return program->nr_parts != before;
}

static void print_parts(struct program *program, FILE *out)
{
	bool printing = false;
	const char *line;

	need(program, "begin");
	while (need_more(program))
		;
	for (line = template; *line; line = next_line(line)) {
		if (!strncmp(line, PART_MARK, strlen(PART_MARK)))
			printing = mark_is_needed(program, line);
		else if (printing)
			fwrite(line, 1, next_line(line) - line, out);
	}
}

static bool uses(const struct scenario *scenario, enum step_op op)
{
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op == op)
			return true;
	}
	return false;
}

static bool uses_backing(const struct scenario *scenario, enum backing_kind backing)
{
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		if (scenario->step[i].op == STEP_MEMSLOT && scenario->step[i].backing == backing)
			return true;
	}
	return false;
}

/* The first word of @step as text. */
static const char *step_word(const struct step *step)
{
	static char word[32];
	char *text = step_text(step);

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, " "), text);
	free(text);
	return word;
}

/* What @step asks for that upstream's helpers do not know; NULL if they know it all. */
static const char *not_in_c(const struct step *step)
{
	if (step->pressure.first || step->pressure.room)
		return "failing and limited";
	if (step->op == STEP_MEMSLOT && step->backing > BACKING_HUGETLB_1GB)
		return backing_kind_name(step->backing);
	return steps[step->op].write || step->op == STEP_EXPECT ? NULL : step_word(step);
}

static const char *anything_not_in_c(const struct scenario *scenario)
{
	const char *what = NULL;
	size_t i;

	for (i = 0; i < scenario->nr && !what; i++)
		what = not_in_c(&scenario->step[i]);
	return what;
}

static void print_heading(const struct scenario *scenario, const struct options *options, FILE *out)
{
	const char *slash = strrchr(options->file[0], '/');

	/* The same licence as the template's, on its first line. */
	fwrite(template, 1, next_line(template) - template, out);
	fprintf(out,
		"/*\n"
		" * Verify which mapping levels KVM installs after each of %zu steps.\n"
		" *\n"
		" * Made by `lpage to-c` from %s.\n", scenario->nr,
		slash ? slash + 1 : options->file[0]);
	if (uses(scenario, STEP_LOG))
		fprintf(out,
			" * When dirty logging ends, small leaves become huge %s.\n",
			options->old_unlog ? "by way of a zap, as in\n * Linux up to 6.12" :
					     "in place, as in Linux\n * since 6.13");
	fprintf(out, " */\n");
}

static void print_files(const struct scenario *scenario, FILE *out)
{
	if (uses_backing(scenario, BACKING_SHMEM))
		fprintf(out, "static int shmem[32];\n");
	if (uses_backing(scenario, BACKING_HUGETLB_2MB))
		fprintf(out, "static int hugetlb_2m;\n");
	if (uses_backing(scenario, BACKING_HUGETLB_1GB))
		fprintf(out, "static int hugetlb_1g;\n");
	if (uses_backing(scenario, BACKING_SHMEM) ||
	    uses_backing(scenario, BACKING_HUGETLB_2MB) ||
	    uses_backing(scenario, BACKING_HUGETLB_1GB))
		fprintf(out, "\n");
}

static void print_create_hugetlb(const struct scenario *scenario, enum backing_kind backing,
				 const char *flags, FILE *out)
{
	if (uses_backing(scenario, backing))
		fprintf(out, "\t%s = create_hugetlb(%s, %s);\n", file_name(backing), flags,
			strchr(file_sizes(backing), ' ') + 1);
}

static void print_main(const struct program *program, const struct scenario *scenario, FILE *out)
{
	size_t gib;

	fprintf(out,
		"int main(int argc, char *argv[])\n{\n"
		"\tlong taint;\n\n"
		"\tTEST_REQUIRE(kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SW_PROTECTED_VM));\n"
		"\tTEST_REQUIRE(kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY));\n"
		"\tTEST_REQUIRE(get_kvm_param_bool(\"tdp_mmu\"));\n"
		"\tTEST_REQUIRE(kvm_cpu_has(X86_FEATURE_GBPAGES));\n");
	if (is_needed(program, "hypercall", strlen("hypercall")))
		fprintf(out,
			"\tTEST_REQUIRE(kvm_check_cap(KVM_CAP_EXIT_HYPERCALL) &\n"
			"\t\t     BIT(KVM_HC_MAP_GPA_RANGE));\n");
	print_create_hugetlb(scenario, BACKING_HUGETLB_2MB, "HUGETLB_FLAG_ENCODE_2MB", out);
	print_create_hugetlb(scenario, BACKING_HUGETLB_1GB, "HUGETLB_FLAG_ENCODE_1GB", out);

	fprintf(out, "\n\tcreate_vm();\n");
	for (gib = 0; gib < ARRAY_SIZE(program->guest_sees); gib++) {
		if (program->guest_sees[gib])
			fprintf(out, "\tvirt_map_level(vm, %#llx, %#llx, SZ_1G, PG_LEVEL_1G);\n",
				(unsigned long long)gib << 30, (unsigned long long)gib << 30);
	}
	fprintf(out,
		"\tstart_guest();\n\n"
		"\ttaint = read_taint();\n"
		"\trun_steps();\n"
		"\tTEST_ASSERT(read_taint() == taint, \"The kernel warned, see its log\");\n\n"
		"\tkvm_vm_free(vm);\n"
		"\treturn 0;\n}\n");
}

static void write_program(struct program *program, const struct scenario *scenario,
			  const struct options *options)
{
	char *body;
	size_t size, i;

	program->body = open_memstream(&body, &size);
	if (!program->body)
		abort();
	for (i = 0; i < scenario->nr; i++) {
		/* The model's counts are written behind each step as it is. */
		if (scenario->step[i].op == STEP_EXPECT)
			continue;
		fprintf(program->body, "%s", i ? "\n" : "");
		write_step(program, &scenario->step[i]);
	}
	fclose(program->body);

	print_heading(scenario, options, stdout);
	print_parts(program, stdout);
	print_files(scenario, stdout);
	printf("static void run_steps(void)\n{\n%s}\n\n", body);
	print_main(program, scenario, stdout);
	free(body);
}

enum verdict command_to_c(const struct options *options)
{
	const struct kernel_traits traits = usual_traits(options);
	struct program program = { .next_value = FIRST_VALUE };
	struct scenario scenario = { };
	const char *what;

	if (!load_scenario(&scenario, options->file[0]))
		return VERDICT_UNUSABLE;
	what = anything_not_in_c(&scenario);
	if (what) {
		fprintf(stderr, "%s: %s cannot be written in C\n", options->file[0], what);
		scenario_free(&scenario);
		return VERDICT_UNUSABLE;
	}

	program.model = mapping_model_alloc(&traits);
	write_program(&program, &scenario, options);
	mapping_model_free(program.model);
	scenario_free(&scenario);
	return fflush(stdout) ? VERDICT_UNUSABLE : VERDICT_RIGHT;
}
