// SPDX-License-Identifier: GPL-2.0-only
/* Parser and printer both go by the fields that the line of a step has: step_fields.c. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include <linux/kernel.h>

#include "scenario/scenario_text.h"
#include "scenario/step_fields.h"

static u64 get_bytes(const struct step *step, const struct field *field)
{
	return *(const u64 *)((const char *)step + field->offset);
}

static void set_bytes(struct step *step, const struct field *field, u64 value)
{
	*(u64 *)((char *)step + field->offset) = value;
}

/* An enum or a bool, as a number. */
static unsigned int get_value(const struct step *step, const struct field *field)
{
	const char *at = (const char *)step + field->offset;

	if (field->kind == FIELD_SWITCH || field->kind == FIELD_FLAG)
		return *(const bool *)at;

	return *(const unsigned int *)at;
}

static void set_value(struct step *step, const struct field *field, unsigned int value)
{
	char *at = (char *)step + field->offset;

	if (field->kind == FIELD_SWITCH || field->kind == FIELD_FLAG)
		*(bool *)at = value;
	else
		*(unsigned int *)at = value;
}

/* Printing */

#define KIB	1024ull
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)

static const struct {
	u64 bytes;
	char suffix;
} unit[] = { { GIB, 'G' }, { MIB, 'M' }, { KIB, 'K' } };

/* Append the terms of @bytes to @text, each with @sign before it but the first of all. */
static void append_terms(char *text, u64 bytes, char sign)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unit); i++) {
		size_t len = strlen(text);
		u64 nr = bytes / unit[i].bytes;

		if (!nr)
			continue;
		if (len)
			text[len++] = sign;
		snprintf(text + len, SIZE_TEXT_MAX - len, "%llu%c", (unsigned long long)nr,
			 unit[i].suffix);
		bytes %= unit[i].bytes;
	}
}

const char *format_size(u64 bytes, char *text)
{
	unsigned int i;

	snprintf(text, SIZE_TEXT_MAX, "%s", bytes ? "" : "0");
	append_terms(text, bytes, '+');
	if (!bytes)
		return text;

	/* As what is missing to a whole number of a unit, if that is shorter. */
	for (i = 0; i < ARRAY_SIZE(unit); i++) {
		char other[SIZE_TEXT_MAX] = "";
		u64 rest = -bytes & (unit[i].bytes - 1);

		if (bytes + rest < bytes)
			continue;
		append_terms(other, bytes + rest, '+');
		append_terms(other, rest, '-');
		if (strlen(other) < strlen(text))
			memcpy(text, other, sizeof(other));
	}
	return text;
}

static bool is_absent(const struct step *step, const struct field *field)
{
	if (field->kind == FIELD_BYTES)
		return field->optional && get_bytes(step, field) == field->absent;

	return (field->kind == FIELD_FLAG || field->kind == FIELD_COUNT ||
		field->kind == FIELD_TIMES || (field->kind == FIELD_CHOICE && field->optional)) &&
	       !get_value(step, field);
}

static void field_print(const struct step *step, const struct field *field, FILE *out)
{
	char text[SIZE_TEXT_MAX];

	if (is_absent(step, field))
		return;

	if (field->keyword)
		fprintf(out, " %s", field->keyword);

	switch (field->kind) {
	case FIELD_SLOT:
	case FIELD_COUNT:
		fprintf(out, " %u", get_value(step, field));
		break;
	case FIELD_TIMES:
		fprintf(out, " x%u", get_value(step, field));
		break;
	case FIELD_BYTES:
		fprintf(out, " %s", format_size(get_bytes(step, field), text));
		break;
	case FIELD_CHOICE:
	case FIELD_SWITCH:
		fprintf(out, " %s", field->name(get_value(step, field)));
		break;
	case FIELD_FLAG:
		break;
	}
}

static void fields_print(const struct step *step, struct step_fields fields, FILE *out)
{
	unsigned int i;

	for (i = 0; i < fields.nr; i++)
		field_print(step, &fields.field[i], out);
}

void step_print(const struct step *step, FILE *out)
{
	fputs(step_kind(step->op)->name, out);
	fields_print(step, step_fields(step->op), out);
	if (step_is(step->op, STEP_TAKES_MEMORY))
		fields_print(step, step_scarcity_fields(), out);
}

void scenario_print(const struct scenario *scenario, FILE *out)
{
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		step_print(&scenario->step[i], out);
		fputc('\n', out);
	}
}

/* Parsing */

struct parser {
	const char *name;
	unsigned int line;
	const char *start;		/* of the line */
	const char *end;		/* of the line, or where its comment starts */
	const char *word;		/* the next word, empty at the end of the line */
	size_t len;
	char options[128];		/* optional words that could stand here, too */
	char *error;
	size_t error_size;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Step to the word after the present one. */
static void next_word(struct parser *parser)
{
	const char *p = parser->word + parser->len;

	while (p < parser->end && is_blank(*p))
		p++;
	parser->word = p;
	while (p < parser->end && !is_blank(*p))
		p++;
	parser->len = p - parser->word;
	parser->options[0] = '\0';
}

/* The present word in quotes, for messages: short, and without control characters. */
static const char *found(const struct parser *parser, char *text, size_t size)
{
	size_t shown = min_t(size_t, parser->len, 24);
	size_t i, len = 1;

	if (!parser->len)
		return "the end of the line";

	text[0] = '\'';
	for (i = 0; i < shown; i++)
		len += snprintf(text + len, size - len,
				isprint((unsigned char)parser->word[i]) ? "%c" : "\\x%02x",
				(unsigned char)parser->word[i]);
	snprintf(text + len, size - len, shown < parser->len ? "...'" : "'");
	return text;
}

/* Report what was expected at @at. Returns false. */
static bool __printf(3, 4) fail(struct parser *parser, const char *at, const char *fmt, ...)
{
	char what[512], word[128];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);

	snprintf(parser->error, parser->error_size, "%s:%u:%zu: expected %s, found %s",
		 parser->name, parser->line, at - parser->start + 1, what,
		 found(parser, word, sizeof(word)));
	return false;
}

static bool word_is(const struct parser *parser, const char *text, size_t len)
{
	return parser->len == len && !memcmp(parser->word, text, len);
}

/* Add @text to the words that could stand here. */
static void add_option(struct parser *parser, const char *text)
{
	size_t len = strlen(parser->options);

	snprintf(parser->options + len, sizeof(parser->options) - len, "%s, ", text);
}

/* "a, b or WHAT" from the words that could stand here; separated by commas from WHAT's own. */
static bool fail_with_options(struct parser *parser, const char *what)
{
	size_t len = strlen(parser->options);

	if (!len)
		return fail(parser, parser->word, "%s", what);

	return fail(parser, parser->word, "%.*s or %s", (int)len - 2, parser->options, what);
}

/*
 * Read the words of @keyword. Returns false if they are not there; *@failed then tells
 * whether that was an error.
 */
static bool parse_keyword(struct parser *parser, const char *keyword, bool optional, bool *failed)
{
	const char *space;

	for (;; keyword = space + 1) {
		size_t len;

		space = strchr(keyword, ' ');
		len = space ? (size_t)(space - keyword) : strlen(keyword);
		if (!word_is(parser, keyword, len)) {
			*failed = !optional;
			if (optional)
				add_option(parser, keyword);
			else
				fail_with_options(parser, keyword);
			return false;
		}
		next_word(parser);
		if (!space)
			return true;
		/* The first word has said which keyword it is. */
		optional = false;
	}
}

static bool parse_slot(struct parser *parser, u32 *slot)
{
	size_t i;

	*slot = 0;
	for (i = 0; i < parser->len && i < 3 && isdigit((unsigned char)parser->word[i]); i++)
		*slot = *slot * 10 + parser->word[i] - '0';

	if (!parser->len || i != parser->len || !*slot || *slot > SCENARIO_MAX_SLOT)
		return fail(parser, parser->word, "a memslot number from 1 to %u",
			    SCENARIO_MAX_SLOT);

	next_word(parser);
	return true;
}

static bool parse_count(struct parser *parser, unsigned int *count)
{
	size_t i;

	*count = 0;
	for (i = 0; i < parser->len && i < 6 && isdigit((unsigned char)parser->word[i]); i++)
		*count = *count * 10 + parser->word[i] - '0';

	if (!parser->len || i != parser->len || !*count)
		return fail(parser, parser->word, "a number from 1 to 999999");

	next_word(parser);
	return true;
}

static bool parse_times(struct parser *parser, unsigned int *times)
{
	if (!parser->len || *parser->word != 'x')
		return fail(parser, parser->word, "x and a number");

	parser->word++;
	parser->len--;
	return parse_count(parser, times);
}

/* The value of @c as a digit in @base; @base if it is none. */
static unsigned int digit(char c, unsigned int base)
{
	unsigned int value = base;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if (c >= 'a' && c <= 'f')
		value = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		value = c - 'A' + 10;

	return min(value, base);
}

/* The number of bytes that suffix @c stands for; 0 if it is none. */
static u64 suffix_bytes(char c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unit); i++) {
		if (unit[i].suffix == c)
			return unit[i].bytes;
	}
	return 0;
}

/* Read a number with its suffix at *@p into *@value, and move *@p behind it. */
static bool parse_term(struct parser *parser, const char **p, u64 *value)
{
	const char *start = *p, *end = parser->word + parser->len;
	unsigned int base = 10;
	bool overflow = false;

	if (end - *p > 2 && (*p)[0] == '0' && (*p)[1] == 'x') {
		base = 16;
		*p += 2;
	}
	if (*p == end || digit(**p, base) == base)
		return fail(parser, *p, "a number");

	for (*value = 0; *p < end && digit(**p, base) < base; (*p)++)
		overflow |= __builtin_mul_overflow(*value, base, value) ||
			    __builtin_add_overflow(*value, digit(**p, base), value);

	if (*p < end && suffix_bytes(**p))
		overflow |= __builtin_mul_overflow(*value, suffix_bytes(*(*p)++), value);

	return overflow ? fail(parser, start, "a number below 2^64") : true;
}

static bool parse_bytes(struct parser *parser, u64 *bytes)
{
	const char *p = parser->word, *end = p + parser->len;
	char sign = '+';

	for (*bytes = 0; ; sign = *p++) {
		const char *start = p;
		u64 term = 0;

		/* The first term has no sign in front of it. */
		if (p != parser->word && sign != '+' && sign != '-')
			return fail(parser, p - 1, "K, M, G, + or - after a number");
		if (!parse_term(parser, &p, &term))
			return false;
		if (sign == '+' && __builtin_add_overflow(*bytes, term, bytes))
			return fail(parser, start, "a sum below 2^64");
		if (sign == '-' && __builtin_sub_overflow(*bytes, term, bytes))
			return fail(parser, start, "a sum that is not negative");
		if (p == end)
			break;
	}
	if (*bytes % GFN_BYTES)
		return fail(parser, parser->word, "a multiple of 4K");

	next_word(parser);
	return true;
}

/* Write "a, b or c" for the names from @first on, @nr in all, into @text. */
static void list_names(const char *(*name)(unsigned int), unsigned int first, unsigned int nr,
		       char *text, size_t size)
{
	unsigned int i;
	size_t len = 0;

	for (i = first; i < nr && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s",
				i == first ? "" : i == nr - 1 ? " or " : ", ", name(i));
}

static bool parse_name(struct parser *parser, const char *(*name)(unsigned int),
		       unsigned int first, unsigned int nr, unsigned int *value)
{
	char names[400];

	for (*value = first; *value < nr; (*value)++) {
		if (!word_is(parser, name(*value), strlen(name(*value))))
			continue;
		next_word(parser);
		return true;
	}
	list_names(name, first, nr, names, sizeof(names));
	return fail(parser, parser->word, "%s", names);
}

static bool parse_value(struct parser *parser, const struct field *field, struct step *step)
{
	unsigned int value = 0;
	u64 bytes;

	switch (field->kind) {
	case FIELD_SLOT:
		if (!parse_slot(parser, &value))
			return false;
		break;
	case FIELD_BYTES:
		if (!parse_bytes(parser, &bytes))
			return false;
		set_bytes(step, field, bytes);
		return true;
	case FIELD_CHOICE:
	case FIELD_SWITCH:
		if (!parse_name(parser, field->name,
				field->kind == FIELD_CHOICE && field->optional, field->nr_names,
				&value))
			return false;
		break;
	case FIELD_TIMES:
		if (!parse_times(parser, &value))
			return false;
		break;
	case FIELD_FLAG:
		value = true;
		break;
	case FIELD_COUNT:
		if (!parse_count(parser, &value))
			return false;
		break;
	}
	set_value(step, field, value);
	return true;
}

static bool parse_field(struct parser *parser, const struct field *field, struct step *step)
{
	bool failed;

	if (field->kind == FIELD_BYTES)
		set_bytes(step, field, field->absent);

	if (field->keyword && !parse_keyword(parser, field->keyword, field->optional, &failed))
		return !failed;

	/* No number but one of times begins with a letter: this word is another field's. */
	if (!field->keyword && field->optional &&
	    (!parser->len || (isalpha((unsigned char)*parser->word) &&
			      (field->kind != FIELD_TIMES || *parser->word != 'x'))))
		return true;

	return parse_value(parser, field, step);
}

static bool parse_fields(struct parser *parser, struct step_fields fields, struct step *step)
{
	unsigned int i;

	for (i = 0; i < fields.nr; i++) {
		if (!parse_field(parser, &fields.field[i], step))
			return false;
	}
	return true;
}

static const char *op_name(unsigned int op)
{
	return step_kind(op)->name;
}

static bool parse_step(struct parser *parser, struct step *step)
{
	unsigned int op;

	*step = (struct step) { .line = parser->line };
	if (!parse_name(parser, op_name, 0, NR_STEP_OPS, &op))
		return false;

	step->op = op;
	if (!parse_fields(parser, step_fields(op), step) ||
	    (step_is(op, STEP_TAKES_MEMORY) && !parse_fields(parser, step_scarcity_fields(), step)))
		return false;
	return parser->len ? fail_with_options(parser, "the end of the line") : true;
}

/* Set up for the line at @start, at most @len bytes, and return the start of the next. */
static const char *start_line(struct parser *parser, const char *start, size_t len)
{
	const char *newline = memchr(start, '\n', len);
	const char *end = newline ? newline : start + len;
	const char *comment = memchr(start, '#', end - start);

	parser->line++;
	parser->start = start;
	parser->end = comment ? comment : end;
	parser->word = start;
	parser->len = 0;
	next_word(parser);
	return newline ? newline + 1 : end;
}

int scenario_parse(struct scenario *scenario, const char *name, const char *text, size_t len,
		   char *error, size_t error_size)
{
	struct parser parser = { .name = name, .error = error, .error_size = error_size };
	const char *end = text + len;
	struct step step;

	scenario->nr = 0;
	while (text < end) {
		bool good;

		text = start_line(&parser, text, end - text);
		if (!parser.len)
			continue;

		good = scenario->nr < SCENARIO_MAX_STEPS ? parse_step(&parser, &step) :
		       fail(&parser, parser.word, "at most %u steps", SCENARIO_MAX_STEPS);
		if (!good) {
			scenario->nr = 0;
			return -EINVAL;
		}
		scenario_add(scenario, &step);
	}
	return 0;
}
