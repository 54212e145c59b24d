/* SPDX-License-Identifier: Apache-2.0 */
/* The house's own API: sessions, jobs, audit, what the portal asks beside the OpenStack services. */
#include "door/route.h"

static void write_error(struct call *c, enum status st, struct json_out *j)
{
	json_key(j, "error");
	json_object_begin(j);
	json_put_int(j, "code", status_http(st));
	json_put_str(j, "word", status_word(st));
	json_put_str(j, "field", c->problem_at);
	json_put_str(j, "message", c->problem);
	json_put_str(j, "request_id", c->request_id);
	json_object_end(j);
}

static void write_next(struct call *c, const struct http_request *rq, const struct route *r,
		       const char *marker, struct json_out *j)
{
	(void)c, (void)rq, (void)r;
	json_put_str(j, "next", marker);
}

const struct dialect own_dialect = {
	.name = "yongyun",
	.prefix = "/api",
	.write_error = write_error,
	.write_next = write_next,
};

const struct dialect inside_dialect = {
	.name = "inside",
	.prefix = "/-inside",
	.write_error = write_error,
	.write_next = write_next,
};
