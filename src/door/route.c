/* SPDX-License-Identifier: Apache-2.0 */
/* The small parts that every room's routes and dialects share. */
#include "base/text.h"
#include "door/route.h"

const struct field nothing_wire[] = { F_END };

const char *http_header(const struct http_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->header_count; i++)
		if (str_case_eq(rq->headers[i].name, name))
			return rq->headers[i].value;
	return NULL;
}

void http_header_add(struct http_reply *rp, const char *name, const char *value)
{
	buf_str(&rp->headers, name);
	buf_str(&rp->headers, ": ");
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p >= 0x20 && *p != 0x7f)
			buf_char(&rp->headers, *p);
	buf_str(&rp->headers, "\r\n");
}
