/* SPDX-License-Identifier: Apache-2.0 */
/* The streaming writer. Lists of hundreds of objects go through here, so each value is one reservation
 * and plain stretches of text are copied at once. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/json.h"

/* 0: stands for itself; 'u': \u00XX; else the letter behind the backslash (RFC 8259 §7). */
static const char escapes[256] = {
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n', 'u',
	'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u', 'u',
	'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

/* Two digits at a time. */
static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

static uint64_t bit(const struct json_out *j)
{
	return UINT64_C(1) << j->depth;
}

/* Room for a value of 'size' bytes, its comma written. */
static char *value(struct json_out *j, size_t size)
{
	char *p = buf_reserve(j->buf, size + 1);
	if (j->after_key) {
		j->after_key = false;
		return p;
	}
	/* A value in an object needs a key, and there is one value outside of everything. */
	assert(!(j->object & bit(j)));
	assert(j->depth > 0 || !(j->comma & 1));
	if (j->comma & bit(j))
		*p++ = ',';
	j->comma |= bit(j);
	return p;
}

static void done(struct json_out *j, char *end)
{
	*end = '\0';
	j->buf->size = (size_t)(end - j->buf->data);
}

static void begin(struct json_out *j, char ch, bool object)
{
	char *p = value(j, 1);
	*p++ = ch;
	done(j, p);
	j->depth++;
	assert(j->depth <= JSON_DEPTH_MAX);
	j->comma &= ~bit(j);
	j->object = object ? j->object | bit(j) : j->object & ~bit(j);
}

static void finish(struct json_out *j, char ch, bool object)
{
	assert(j->depth > 0 && !j->after_key && object == !!(j->object & bit(j)));
	j->depth--;
	buf_char(j->buf, ch);
}

void json_object_begin(struct json_out *j)
{
	begin(j, '{', true);
}

void json_object_end(struct json_out *j)
{
	finish(j, '}', true);
}

void json_array_begin(struct json_out *j)
{
	begin(j, '[', false);
}

void json_array_end(struct json_out *j)
{
	finish(j, ']', false);
}

static char *put_escaped(char *p, unsigned char ch)
{
	static const char digits[] = "0123456789abcdef";
	*p++ = '\\';
	*p++ = escapes[ch];
	if (escapes[ch] == 'u') {
		*p++ = '0';
		*p++ = '0';
		*p++ = digits[ch >> 4];
		*p++ = digits[ch & 15];
	}
	return p;
}

/* Whether one of the eight bytes needs an escape: below 0x20, a quote or a backslash. */
static bool needs_escape(uint64_t eight)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t quote = eight ^ ones * '"', slash = eight ^ ones * '\\';
	return ((eight - ones * 0x20) & ~eight & tops) | ((quote - ones) & ~quote & tops) |
	       ((slash - ones) & ~slash & tops);
}

/* The text with its escapes; 'p' has text_room() bytes. */
static char *put_text(char *p, const char *s, size_t size)
{
	const char *end = s + size;
	while (s < end) {
		uint64_t eight;
		while (end - s >= 8) {
			memcpy(&eight, s, 8);
			if (needs_escape(eight))
				break;
			memcpy(p, &eight, 8);
			p += 8;
			s += 8;
		}
		/* What is left, or up to the first escape. */
		for (; s < end && !escapes[(unsigned char)*s]; s++)
			*p++ = *s;
		if (s < end)
			p = put_escaped(p, (unsigned char)*s++);
	}
	return p;
}

/* Room enough for put_text(). Short texts are not counted, long ones do not waste five sixths. */
static size_t text_room(const char *s, size_t size)
{
	if (size <= 128)
		return 6 * size;
	size_t room = size;
	for (size_t i = 0; i < size; i++)
		room += escapes[(unsigned char)s[i]] ? 5 : 0;
	return room;
}

void json_key(struct json_out *j, const char *name)
{
	assert(!j->after_key && (j->object & bit(j)));
	size_t size = strlen(name);
	char *p = buf_reserve(j->buf, text_room(name, size) + 4);
	if (j->comma & bit(j))
		*p++ = ',';
	j->comma |= bit(j);
	*p++ = '"';
	p = put_text(p, name, size);
	*p++ = '"';
	*p++ = ':';
	done(j, p);
	j->after_key = true;
}

void json_str(struct json_out *j, const char *s)
{
	if (!s) {
		json_nil(j);
		return;
	}
	size_t size = strlen(s);
	char *p = value(j, text_room(s, size) + 2);
	*p++ = '"';
	p = put_text(p, s, size);
	*p++ = '"';
	done(j, p);
}

void json_int(struct json_out *j, int64_t v)
{
	char digits[20], *d = digits + sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	while (u >= 100) {
		d -= 2;
		memcpy(d, pairs + u % 100 * 2, 2);
		u /= 100;
	}
	if (u >= 10) {
		d -= 2;
		memcpy(d, pairs + u * 2, 2);
	} else {
		*--d = (char)('0' + u);
	}
	size_t size = (size_t)(digits + sizeof(digits) - d);
	char *p = value(j, size + 1);
	if (v < 0)
		*p++ = '-';
	memcpy(p, d, size);
	done(j, p + size);
}

void json_double(struct json_out *j, double v)
{
	if (!isfinite(v)) {
		json_nil(j);
		return;
	}
	char text[40];
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	/* A whole number stays a real one for those who tell them apart. */
	if (!strpbrk(text, ".e"))
		strcat(text, ".0");
	json_raw(j, text);
}

void json_bool(struct json_out *j, bool v)
{
	json_raw(j, v ? "true" : "false");
}

void json_nil(struct json_out *j)
{
	json_raw(j, "null");
}

void json_raw(struct json_out *j, const char *text)
{
	if (!text)
		text = "null";
	size_t size = strlen(text);
	char *p = value(j, size);
	memcpy(p, text, size);
	done(j, p + size);
}

void json_members(struct json_out *j, const char *text)
{
	static const char space[] = " \t\r\n";
	assert(!j->after_key && (j->object & bit(j)));
	text += strspn(text, space);
	assert(*text == '{');
	text++;
	text += strspn(text, space);
	size_t size = strlen(text);
	while (size > 0 && strchr(space, text[size - 1]))
		size--;
	assert(size > 0 && text[size - 1] == '}');
	if (--size == 0)
		return;
	char *p = buf_reserve(j->buf, size + 1);
	if (j->comma & bit(j))
		*p++ = ',';
	j->comma |= bit(j);
	memcpy(p, text, size);
	done(j, p + size);
}

void json_put_str(struct json_out *j, const char *name, const char *s)
{
	json_key(j, name);
	json_str(j, s);
}

void json_put_int(struct json_out *j, const char *name, int64_t v)
{
	json_key(j, name);
	json_int(j, v);
}

void json_put_bool(struct json_out *j, const char *name, bool v)
{
	json_key(j, name);
	json_bool(j, v);
}
