/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as text: hexadecimal and both alphabets of base64 (RFC 4648). Decoding takes the one text that
 * the bytes have and no other, so that a token cannot be spelt in two ways. */
#include "base/text.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void hex_encode(const void *p, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *u = p;
	for (size_t i = 0; i < size; i++) {
		*out++ = digits[u[i] >> 4];
		*out++ = digits[u[i] & 15];
	}
	*out = '\0';
}

/* Of a digit that is known to be one. */
static unsigned hex_value(char ch)
{
	return ch <= '9' ? (unsigned)(ch - '0') : (unsigned)((ch | 0x20) - 'a') + 10;
}

bool hex_decode(const char *s, void *out, size_t size)
{
	if (strlen(s) != 2 * size)
		return false;
	if (strspn(s, "0123456789abcdefABCDEF") != 2 * size)
		return false;
	unsigned char *u = out;
	for (size_t i = 0; i < size; i++)
		u[i] = (unsigned char)(hex_value(s[2 * i]) << 4 | hex_value(s[2 * i + 1]));
	return true;
}

static char *encode(struct arena *a, const void *p, size_t size, const char *alphabet, bool pad)
{
	const unsigned char *u = p;
	char *out = arena_array(a, size / 3 + 1, 4 + 1), *o = out;
	for (; size >= 3; size -= 3, u += 3) {
		unsigned v = (unsigned)u[0] << 16 | (unsigned)u[1] << 8 | u[2];
		*o++ = alphabet[v >> 18];
		*o++ = alphabet[v >> 12 & 63];
		*o++ = alphabet[v >> 6 & 63];
		*o++ = alphabet[v & 63];
	}
	if (size > 0) {
		unsigned v = (unsigned)u[0] << 16 | (size == 2 ? (unsigned)u[1] << 8 : 0);
		*o++ = alphabet[v >> 18];
		*o++ = alphabet[v >> 12 & 63];
		if (size == 2)
			*o++ = alphabet[v >> 6 & 63];
		else if (pad)
			*o++ = '=';
		if (pad)
			*o++ = '=';
	}
	*o = '\0';
	return out;
}

static int value_of(char ch, const char *alphabet)
{
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a' + 26;
	if (ch >= '0' && ch <= '9')
		return ch - '0' + 52;
	if (ch == alphabet[62])
		return 62;
	return ch == alphabet[63] ? 63 : -1;
}

static void *decode(struct arena *a, const char *s, size_t *size, const char *alphabet,
		    bool must_pad)
{
	size_t length = strlen(s), pads = 0;
	while (pads < 2 && pads < length && s[length - pads - 1] == '=')
		pads++;
	if (pads ? length % 4 != 0 : must_pad && length % 4 != 0)
		return NULL;
	length -= pads;
	if (length % 4 == 1 || (pads == 2 && length % 4 != 2) || (pads == 1 && length % 4 != 3))
		return NULL;

	unsigned char *out = arena_alloc(a, length / 4 * 3 + 3);
	size_t n = 0;
	unsigned bits = 0;
	int held = 0;
	for (size_t i = 0; i < length; i++) {
		int v = value_of(s[i], alphabet);
		if (v < 0)
			return NULL;
		bits = bits << 6 | (unsigned)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[n++] = (unsigned char)(bits >> held);
			bits &= (1u << held) - 1;
		}
	}
	if (bits)
		return NULL;
	*size = n;
	return out;
}

char *base64url_encode(struct arena *a, const void *p, size_t size)
{
	return encode(a, p, size, url_safe, false);
}

void *base64url_decode(struct arena *a, const char *s, size_t *size)
{
	return decode(a, s, size, url_safe, false);
}

char *base64_encode(struct arena *a, const void *p, size_t size)
{
	return encode(a, p, size, standard, true);
}

void *base64_decode(struct arena *a, const char *s, size_t *size)
{
	return decode(a, s, size, standard, true);
}
