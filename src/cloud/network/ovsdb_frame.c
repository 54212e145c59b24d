/* SPDX-License-Identifier: Apache-2.0 */
/* Finds where one JSON object ends and the next begins, without reading what they say: brackets are
 * counted outside of strings. What it lets through is still parsed strictly. */
#include "cloud/network/ovsdb.h"

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

/* One byte inside an object. */
static enum ovsdb_step step(struct ovsdb_frame *f, char ch)
{
	if (f->in_string) {
		if (f->escaped)
			f->escaped = false;
		else if (ch == '\\')
			f->escaped = true;
		else if (ch == '"')
			f->in_string = false;
	} else if (ch == '"') {
		f->in_string = true;
	} else if (ch == '{' || ch == '[') {
		if (++f->depth > OVSDB_DEPTH_MAX)
			return OVSDB_BROKEN;
	} else if (ch == '}' || ch == ']') {
		if (--f->depth == 0)
			return OVSDB_WHOLE;
	}
	return ++f->size >= OVSDB_MESSAGE_MAX ? OVSDB_BROKEN : OVSDB_MORE;
}

enum ovsdb_step ovsdb_frame_feed(struct ovsdb_frame *f, const char *bytes, size_t size,
				 size_t *used)
{
	for (size_t i = 0; i < size; i++) {
		if (!f->depth && is_blank(bytes[i]))
			continue;
		if (!f->depth && bytes[i] != '{')
			return OVSDB_BROKEN;
		enum ovsdb_step s = step(f, bytes[i]);
		if (s == OVSDB_MORE)
			continue;
		*used = i + 1;
		*f = (struct ovsdb_frame){ 0 };
		return s;
	}
	*used = size;
	return OVSDB_MORE;
}
