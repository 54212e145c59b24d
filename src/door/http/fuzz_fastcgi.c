/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a FastCGI connection, cut into two reads, and the address that comes out of it through
 * matching and decoding. */
#include "door/http/http_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool give(struct fastcgi *f, const uint8_t *data, size_t size)
{
	memcpy(buf_reserve(&f->unread, size), data, size);
	return fastcgi_take(f, size);
}

static void use(struct call *c, const struct fastcgi *f)
{
	const struct module *const nobody[] = { NULL };
	struct house h = { .modules = nobody };
	struct http_request rq;
	struct match m;

	if (fastcgi_request(c, f, &rq))
		return;
	struct http *http = http_open(c, &h);
	if (http_match(c, http, rq.method, rq.path, &m) == ST_OK)
		__builtin_trap(); /* there are no routes */
	http_close(http);
	percent_decode(c, rq.query, strlen(rq.query), true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct fastcgi f = {
		.body_max = 1000, .params.arena = a, .body.arena = a, .unread.arena = a
	};
	size_t cut = size ? data[0] % size : 0;

	if (!size || !give(&f, data + 1, cut) || !give(&f, data + 1 + cut, size - 1 - cut))
		return 0;
	if (f.stage == FASTCGI_WHOLE)
		use(c, &f);
	return 0;
}
