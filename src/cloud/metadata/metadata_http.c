/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the head of a guest's request. */
#include "cloud/metadata/metadata_http.h"
#include <string.h>
#include <strings.h>

static enum metadata_step wrong(struct metadata_head *h, int status, const char *why)
{
	h->status = status;
	h->why = why;
	return METADATA_WRONG;
}

/* The end of the line that begins at 'p' ('*next' is behind its break); NULL: it has not come yet. */
static const char *line_end(const char *p, const char *end, const char **next)
{
	const char *at = memchr(p, '\n', (size_t)(end - p));

	if (!at)
		return NULL;
	*next = at + 1;
	return at > p && at[-1] == '\r' ? at - 1 : at;
}

/* Single slashes, none at the end, nothing behind a question mark. */
static bool take_path(const char *p, const char *end, char *out)
{
	size_t n = 0;

	for (; p < end && *p != '?'; p++) {
		if (*p <= ' ' || *p > '~')
			return false;
		if (*p == '/' && n && out[n - 1] == '/')
			continue;
		if (n == METADATA_PATH_MAX)
			return false;
		out[n++] = *p;
	}
	while (n && out[n - 1] == '/')
		n--;
	out[n] = '\0';
	return true;
}

static bool is(const char *p, const char *end, const char *word)
{
	return (size_t)(end - p) == strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

/* METHOD SP TARGET SP HTTP/1.x */
static enum metadata_step take_request(const char *p, const char *end, struct metadata_head *h)
{
	const char *target = memchr(p, ' ', (size_t)(end - p));
	const char *version = target ? memchr(target + 1, ' ', (size_t)(end - target - 1)) : NULL;

	if (!version || target[1] != '/' ||
	    (!is(version + 1, end, "HTTP/1.1") && !is(version + 1, end, "HTTP/1.0")))
		return wrong(h, 400, "this is no request of HTTP/1.0 or HTTP/1.1");
	h->only_head = is(p, target, "HEAD");
	if (!h->only_head && !is(p, target, "GET"))
		return wrong(h, 405, "only GET and HEAD are answered here");
	if (!take_path(target + 1, version, h->path))
		return wrong(h, 400,
			     "the path has more than 256 bytes, or some that are not ASCII");
	return METADATA_WHOLE;
}

static bool named(const char *p, const char *colon, const char *name)
{
	return (size_t)(colon - p) == strlen(name) && strncasecmp(p, name, strlen(name)) == 0;
}

/* Whether a field's value is 0. */
static bool is_nothing(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	return is(p, end, "0");
}

static enum metadata_step take_field(const char *p, const char *end, struct metadata_head *h)
{
	const char *colon = memchr(p, ':', (size_t)(end - p));

	if (!colon || colon == p || memchr(p, ' ', (size_t)(colon - p)) ||
	    memchr(p, '\t', (size_t)(colon - p)))
		return wrong(h, 400, "a line of the head is no field");
	if (memchr(p, '\0', (size_t)(end - p)) || memchr(p, '\r', (size_t)(end - p)))
		return wrong(h, 400, "a field has bytes that no field has");
	if (named(p, colon, "transfer-encoding") ||
	    (named(p, colon, "content-length") && !is_nothing(colon + 1, end)))
		return wrong(h, 413, "a request has no body here");
	/* Whoever relays a stranger's question would be told its own secrets. */
	if (named(p, colon, "x-forwarded-for") || named(p, colon, "forwarded"))
		return wrong(h, 403, "what a proxy passes on is not answered");
	return METADATA_WHOLE;
}

enum metadata_step metadata_head(const char *bytes, size_t size, struct metadata_head *out)
{
	size_t most = size < METADATA_HEAD_MAX ? size : METADATA_HEAD_MAX;
	const char *p = bytes, *end = bytes + most, *next;
	int lines = 0;

	*out = (struct metadata_head){ .status = 200, .why = "" };
	for (const char *stop; p < end && (stop = line_end(p, end, &next)); p = next) {
		enum metadata_step step;
		if (stop == p && lines)
			return METADATA_WHOLE;
		if (lines > METADATA_LINES_MAX)
			return wrong(out, 431, "the head has more than 64 fields");
		step = lines++ ? take_field(p, stop, out) : take_request(p, stop, out);
		if (step == METADATA_WRONG)
			return step;
	}
	return most == METADATA_HEAD_MAX ? wrong(out, 431, "the head has more than 8192 bytes")
					 : METADATA_MORE;
}
