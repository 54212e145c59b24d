/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, words and names (DMN 1.5 §10.3.1.2, rules 20 to 31, 61 to 63). The text is well-formed
 * UTF-8 with a NUL behind it, so a look at the next character never leaves it. */
#include "engine/flow/feel/feel_parse.h"

static uint32_t code_at(const char *s, size_t *step)
{
	const unsigned char *u = (const unsigned char *)s;
	if (u[0] < 0x80) {
		*step = 1;
		return u[0];
	}
	*step = u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : 4;
	uint32_t c = u[0] & (0x7Fu >> *step);
	for (size_t i = 1; i < *step; i++)
		c = c << 6 | (u[i] & 0x3F);
	return c;
}

bool scan_is_space(const char *s, size_t *step)
{
	uint32_t c = code_at(s, step);
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	       c == 0x180E || (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

bool scan_is_start(const char *s, size_t *step)
{
	static const uint32_t ranges[][2] = {
		{ 'A', 'Z' },       { '_', '_' },       { 'a', 'z' },         { 0xC0, 0xD6 },
		{ 0xD8, 0xF6 },     { 0xF8, 0x2FF },    { 0x370, 0x37D },     { 0x37F, 0x1FFF },
		{ 0x200C, 0x200D }, { 0x2070, 0x218F }, { 0x2C00, 0x2FEF },   { 0x3001, 0xD7FF },
		{ 0xF900, 0xFDCF }, { 0xFDF0, 0xFFFD }, { 0x10000, 0xEFFFF },
	};
	uint32_t c = code_at(s, step);
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
	size_t space;
	if (scan_is_space(s, &space))
		return false;
	for (size_t i = 3; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

bool scan_is_part(const char *s, size_t *step)
{
	uint32_t c = code_at(s, step);
	return (c >= '0' && c <= '9') || c == 0xB7 || (c >= 0x300 && c <= 0x36F) || c == 0x203F ||
	       c == 0x2040 || scan_is_start(s, step);
}

void scan_space(struct parser *p)
{
	for (;;) {
		const char *s = p->text + p->pos;
		size_t step;
		if (s[0] == '/' && s[1] == '/') {
			p->pos += strcspn(s, "\n\r");
		} else if (s[0] == '/' && s[1] == '*') {
			const char *end = strstr(s + 2, "*/");
			if (!end)
				return;
			p->pos = (size_t)(end + 2 - p->text);
		} else if (*s && scan_is_space(s, &step)) {
			p->pos += step;
		} else {
			return;
		}
	}
}

size_t scan_word_size(const char *s)
{
	size_t size = 0, step;
	if (!scan_is_start(s, &step))
		return 0;
	while (s[size] && scan_is_part(s + size, &step))
		size += step;
	return size;
}

bool scan_peek(struct parser *p, const char *symbol)
{
	scan_space(p);
	return str_starts(p->text + p->pos, symbol);
}

bool scan_symbol(struct parser *p, const char *symbol)
{
	if (!scan_peek(p, symbol))
		return false;
	p->pos += strlen(symbol);
	return true;
}

bool scan_peek_word(struct parser *p, const char *word)
{
	scan_space(p);
	size_t size = scan_word_size(p->text + p->pos);
	return size == strlen(word) && memcmp(p->text + p->pos, word, size) == 0;
}

bool scan_word(struct parser *p, const char *word)
{
	if (!scan_peek_word(p, word))
		return false;
	p->pos += strlen(word);
	return true;
}

char *name_clean(struct arena *a, const char *name, size_t size)
{
	char *out = arena_alloc(a, size + 1);
	size_t n = 0, step;
	bool space = false;
	for (size_t i = 0; i < size; i += step) {
		if (scan_is_space(name + i, &step)) {
			space = n > 0;
			continue;
		}
		if (space)
			out[n++] = ' ';
		space = false;
		memcpy(out + n, name + i, step);
		n += step;
	}
	out[n] = 0;
	return out;
}

/* How many bytes of 'text' are the name, whose spaces stand for any space; 0: it is not there, or goes
 * on in the midst of a word. */
size_t name_match(const char *name, const char *text)
{
	const char *t = text;
	size_t step = 1;
	for (const char *n = name; *n; n++) {
		if (*n != ' ') {
			if (*t++ != *n)
				return 0;
			continue;
		}
		if (!*t || !scan_is_space(t, &step))
			return 0;
		while (*t && scan_is_space(t, &step))
			t += step;
	}
	size_t size = strlen(name);
	bool word_end = size > 0 && ((unsigned char)name[size - 1] >= 0x80 ||
				     scan_is_part(name + size - 1, &step));
	if (word_end && *t && scan_is_part(t, &step))
		return 0;
	return (size_t)(t - text);
}

void name_add(struct parser *p, struct name_list *l, const char *name)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		l->list = arena_grow(p->arena, l->list, l->room * sizeof(*l->list),
				     room * sizeof(*l->list));
		l->room = room;
	}
	l->list[l->count++] = name;
}

static bool stops(const char *s, size_t size)
{
	static const char *const words[] = { "and",  "or",   "in",     "between",  "instance",
					     "then", "else", "return", "satisfies" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == size && memcmp(words[i], s, size) == 0)
			return true;
	return false;
}

static size_t longest(const char *const *names, size_t count, const char *text, size_t best,
		      const char **name)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i][0] != text[0])
			continue;
		size_t size = name_match(names[i], text);
		if (size > best) {
			best = size;
			*name = names[i];
		}
	}
	return best;
}

const char *scan_name(struct parser *p, bool after_dot)
{
	scan_space(p);
	const char *s = p->text + p->pos;
	const char *name = NULL;
	size_t word = scan_word_size(s);
	size_t best = 0;
	if (word == 0 && !after_dot)
		return NULL;
	best = longest(p->seen.list, p->seen.count, s, best, &name);
	if (p->known)
		best = longest(p->known->names, p->known->count, s, best, &name);
	if (!after_dot && builtin_longest(s) > best) {
		best = builtin_longest(s);
		name = NULL;
	}
	if (best < word) {
		best = word;
		name = NULL;
	}
	if (best == 0)
		return NULL;
	/* Two names side by side are no expression: they are one name with a space. */
	size_t end = best, step;
	for (;;) {
		size_t next = end;
		while (s[next] && scan_is_space(s + next, &step))
			next += step;
		size_t more = scan_word_size(s + next);
		if (next == end || more == 0 || stops(s + next, more))
			break;
		end = next + more;
		name = NULL;
	}
	p->pos += end;
	return name ? name : name_clean(p->arena, s, end);
}

const char *scan_declared(struct parser *p, const char *ends, bool until_in)
{
	scan_space(p);
	const char *s = p->text + p->pos;
	size_t i = 0, step, kept = 0;
	if (!scan_is_start(s, &step))
		return NULL;
	while (s[i] && !strchr(ends, s[i])) {
		size_t word = scan_word_size(s + i);
		if (until_in && word == 2 && memcmp(s + i, "in", 2) == 0)
			break;
		if (word) {
			i += word;
			kept = i;
		} else if (scan_is_space(s + i, &step)) {
			i += step;
		} else if (scan_is_part(s + i, &step) || strchr("./-'+*", s[i])) {
			i += step;
			kept = i;
		} else {
			return NULL;
		}
	}
	if (kept == 0)
		return NULL;
	p->pos += kept;
	return name_clean(p->arena, s, kept);
}

static int hex(const char *s, size_t digits, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = s[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;
		if (d < 0)
			return -1;
		*out = *out << 4 | (uint32_t)d;
	}
	return 0;
}

static bool utf8_put(char *out, size_t *n, uint32_t c)
{
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return false;
	if (c < 0x80) {
		out[(*n)++] = (char)c;
	} else if (c < 0x800) {
		out[(*n)++] = (char)(0xC0 | c >> 6);
		out[(*n)++] = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		out[(*n)++] = (char)(0xE0 | c >> 12);
		out[(*n)++] = (char)(0x80 | (c >> 6 & 0x3F));
		out[(*n)++] = (char)(0x80 | (c & 0x3F));
	} else {
		out[(*n)++] = (char)(0xF0 | c >> 18);
		out[(*n)++] = (char)(0x80 | (c >> 12 & 0x3F));
		out[(*n)++] = (char)(0x80 | (c >> 6 & 0x3F));
		out[(*n)++] = (char)(0x80 | (c & 0x3F));
	}
	return true;
}

/* "\u0041" or "\U01F40E" at 's'; surrogates come in pairs. The bytes read, or 0. */
static size_t unicode_escape(const char *s, uint32_t *c)
{
	if (s[1] == 'U')
		return hex(s + 2, 6, c) == 0 ? 8 : 0;
	if (hex(s + 2, 4, c) != 0)
		return 0;
	uint32_t low;
	if (*c >= 0xD800 && *c <= 0xDBFF && s[6] == '\\' && s[7] == 'u' &&
	    hex(s + 8, 4, &low) == 0 && low >= 0xDC00 && low <= 0xDFFF) {
		*c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
		return 12;
	}
	return 6;
}

const char *scan_string(struct parser *p, size_t *size)
{
	const char *s = p->text + p->pos + 1;
	const char *end = s;
	while (*end && *end != '"')
		end += *end == '\\' && end[1] ? 2 : 1;
	if (!*end)
		return NULL;
	char *out = arena_alloc(p->arena, (size_t)(end - s) + 1);
	size_t n = 0;
	while (s < end) {
		if (*s != '\\') {
			out[n++] = *s++;
			continue;
		}
		static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
		const char *known = s[1] ? strchr(from, s[1]) : NULL;
		uint32_t c;
		size_t used;
		if (known) {
			out[n++] = to[known - from];
			s += 2;
		} else if ((s[1] == 'u' || s[1] == 'U') && (used = unicode_escape(s, &c)) > 0) {
			if (!utf8_put(out, &n, c))
				return NULL;
			s += used;
		} else {
			out[n++] =
				*s++; /* no escape of FEEL: it stands, as in regular expressions */
		}
	}
	p->pos = (size_t)(end + 1 - p->text);
	*size = n;
	return out;
}
