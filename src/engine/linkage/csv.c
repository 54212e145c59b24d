/* SPDX-License-Identifier: Apache-2.0 */
/* The text is marked 64 bytes at a time, then read from mark to mark. */
#include "engine/linkage/csv.h"

/* --- where delimiters and line feeds stand --- */

static uint64_t mark_bytes(const char *data, size_t size, char delimiter)
{
	uint64_t marks = 0;
	for (size_t i = 0; i < size; i++)
		marks |= (uint64_t)(data[i] == delimiter || data[i] == '\n') << i;
	return marks;
}

static void mark_portable(const char *data, size_t blocks, char delimiter, uint64_t *marks)
{
	for (size_t i = 0; i < blocks; i++)
		marks[i] = mark_bytes(data + i * 64, 64, delimiter);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static void mark_avx2(const char *data, size_t blocks,
						      char delimiter, uint64_t *marks)
{
	__m256i want = _mm256_set1_epi8(delimiter), feed = _mm256_set1_epi8('\n');
	for (size_t i = 0; i < blocks; i++) {
		uint32_t half[2];
		for (size_t h = 0; h < 2; h++) {
			const void *p = data + i * 64 + h * 32;
			__m256i v = _mm256_loadu_si256(p);
			half[h] = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(
				_mm256_cmpeq_epi8(v, want), _mm256_cmpeq_epi8(v, feed)));
		}
		marks[i] = half[0] | (uint64_t)half[1] << 32;
	}
}
#endif

static void mark_more(struct csv *r, size_t block)
{
	size_t whole = r->size / 64, blocks = whole > block ? whole - block : 0;

	if (blocks > CSV_AHEAD)
		blocks = CSV_AHEAD;
	r->first = block;
	r->last = block + blocks;
	r->mark(r->data + block * 64, blocks, r->delimiter, r->marks);
	if (blocks < CSV_AHEAD) {
		r->marks[blocks] =
			mark_bytes(r->data + r->last * 64, r->size - r->last * 64, r->delimiter);
		r->last++;
	}
}

/* The first delimiter or line feed from 'at' on, or the end of the text. */
static inline size_t next_mark(struct csv *r, size_t at)
{
	uint64_t from = ~0ull << (at & 63);
	for (size_t block = at / 64; block * 64 < r->size; block++, from = ~0ull) {
		if (block < r->first || block >= r->last)
			mark_more(r, block);
		uint64_t marks = r->marks[block - r->first] & from;
		if (marks)
			return block * 64 + (size_t)__builtin_ctzll(marks);
	}
	return r->size;
}

/* --- records --- */

static char guess_delimiter(const char *data, size_t size)
{
	static const char known[] = ",;\t|%";
	unsigned seen[sizeof known] = { 0 };
	bool quoted = false;
	char best = ',';

	for (size_t i = 0; i < size && (quoted || data[i] != '\n'); i++) {
		const char *k = data[i] ? strchr(known, data[i]) : NULL;
		if (data[i] == '"')
			quoted = !quoted;
		else if (k && !quoted)
			seen[k - known]++;
	}
	for (unsigned i = 1, most = 0; i < sizeof known - 1; i++)
		if (seen[i] > seen[most])
			best = known[most = i];
	return best;
}

void csv_init(struct csv *r, const char *name, const char *data, size_t size, char delimiter)
{
	memset(r, 0, sizeof *r);
	r->name = name;
	r->data = data;
	r->size = size;
	r->at = size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	r->next_line = 1;
	r->delimiter = delimiter ? delimiter : guess_delimiter(data + r->at, size - r->at);
	r->mark = mark_portable;
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		r->mark = mark_avx2;
#endif
}

static enum status refuse(struct call *c, const struct csv *r, const char *why)
{
	return fail(c, ST_BAD_INPUT, NULL, "%s, line %lld: %s", r->name, (long long)r->line, why);
}

/* The field that begins with a quote at r->at; leaves r->at on what stands behind it. */
static enum status read_quoted(struct call *c, struct csv *r, struct csv_field *f)
{
	const char *begin = r->data + r->at + 1, *end = r->data + r->size, *p = begin;

	f->at = begin;
	f->doubled = false;
	for (;;) {
		const char *quote = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;
		if (!quote || quote - begin > CSV_FIELD_SIZE_MAX)
			return refuse(c, r,
				      quote ? "a quoted field is longer than 64 KiB"
					    : "a quoted field has no end");
		p = quote + 1;
		if (p < end && *p == '"') {
			f->doubled = true;
			p++;
			continue;
		}
		f->size = (uint32_t)(quote - begin);
		for (const char *s = begin; s < quote; s++) {
			s = memchr(s, '\n', (size_t)(quote - s));
			if (!s)
				break;
			r->next_line++;
		}
		r->at = (size_t)(p - r->data);
		if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
			r->at++;
		if (r->at < r->size && r->data[r->at] != r->delimiter && r->data[r->at] != '\n' &&
		    !(r->data[r->at] == '\r' && r->at + 1 == r->size))
			return refuse(c, r, "something stands behind a quoted field");
		return ST_OK;
	}
}

static enum status read_bare(struct call *c, struct csv *r, struct csv_field *f)
{
	size_t end = next_mark(r, r->at), size = end - r->at;

	if (size > CSV_FIELD_SIZE_MAX)
		return refuse(c, r, "a field is longer than 64 KiB");
	f->at = r->data + r->at;
	f->doubled = false;
	if (size && f->at[size - 1] == '\r' && (end == r->size || r->data[end] == '\n'))
		size--;
	f->size = (uint32_t)size;
	r->at = end;
	return ST_OK;
}

enum status csv_next(struct call *c, struct csv *r, struct csv_field *fields, unsigned *count)
{
	unsigned n;
	bool more, blank;

	do {
		r->line = r->next_line;
		*count = n = 0;
		if (r->at >= r->size)
			return ST_OK;
		blank = r->data[r->at] != '"';
		do {
			if (n == CSV_FIELDS_MAX)
				return refuse(c, r, "more than 256 fields");
			enum status st = r->at < r->size && r->data[r->at] == '"'
						 ? read_quoted(c, r, &fields[n])
						 : read_bare(c, r, &fields[n]);
			if (st)
				return st;
			n++;
			more = r->at < r->size && r->data[r->at] == r->delimiter;
			r->at++;
		} while (more);
		r->next_line++;
	} while (blank && n == 1 && !fields[0].size);
	*count = n;
	return ST_OK;
}

uint32_t csv_plain(const struct csv_field *f, char *out)
{
	uint32_t size = 0;
	for (uint32_t i = 0; i < f->size; i++) {
		out[size++] = f->at[i];
		if (f->doubled && f->at[i] == '"' && i + 1 < f->size && f->at[i + 1] == '"')
			i++;
	}
	return size;
}

bool csv_number(const struct csv_field *f, uint32_t from, uint32_t below, uint32_t *out)
{
	uint64_t v = 0;

	for (uint32_t i = from; i < f->size; i++) {
		if (f->at[i] < '0' || f->at[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(f->at[i] - '0');
		if (v >= below)
			return false;
	}
	if (f->size <= from || v >= below)
		return false;
	*out = (uint32_t)v;
	return true;
}

void csv_write(struct buf *b, const char *s, size_t size)
{
	static const bool special[256] = {
		['"'] = true, [','] = true, ['\n'] = true, ['\r'] = true
	};
	bool quote = size == 0;
	for (size_t i = 0; i < size; i++)
		quote |= special[(uint8_t)s[i]];
	if (!quote) {
		buf_add(b, s, size);
		return;
	}
	if (size == 0)
		return;
	buf_char(b, '"');
	for (size_t i = 0; i < size; i++) {
		if (s[i] == '"')
			buf_char(b, '"');
		buf_char(b, s[i]);
	}
	buf_char(b, '"');
}
