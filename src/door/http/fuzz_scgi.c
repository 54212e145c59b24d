/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an SCGI head, and the address that comes out of it through matching and decoding. */
#include "door/http/http_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct http_request rq;
	size_t body;
	char *head = arena_alloc(a, size + 1);

	if (size > SCGI_HEAD_MAX)
		return 0;
	memcpy(head, data, size);
	if (scgi_parse(c, head, size, &rq, &body) == ST_OK) {
		const struct module *const nobody[] = { NULL };
		struct house h = { .modules = nobody };
		struct http *http = http_open(c, &h);
		struct match m;
		if (http_match(c, http, rq.method, rq.path, &m) == ST_OK)
			__builtin_trap(); /* there are no routes */
		http_close(http);
		percent_decode(c, rq.query, strlen(rq.query), true);
	}
	return 0;
}
