/* SPDX-License-Identifier: Apache-2.0 */
/* Serving requests: from a parsed request to a reply, whatever brought it (SCGI, a test). */
#ifndef DOOR_HTTP_HTTP_H
#define DOOR_HTTP_HTTP_H

#include "base/text.h"
#include "door/house.h"
#include "door/http/route.h"

struct http_header {
	const char *name, *value; /* names compare without case */
};

struct http_request {
	const char *method;
	const char *path;  /* percent-encoded, begins with '/' , without the query */
	const char *query; /* percent-encoded, "" when there is none */
	struct http_header *headers;
	size_t header_count;
	const char *body; /* NUL-terminated; "" when there is none */
	size_t body_size;
	struct upload upload; /* .path set when the body is in a file */
	const char *from;     /* the client's address */
	const char *base_url; /* "https://cloud.example:8443" */
	bool authorise_only;  /* nginx asks before it takes an upload: answer 204 or a refusal */
};

struct http_reply {
	int status;
	struct buf headers; /* "Name: value\r\n" each, without Status and Content-Length */
	struct buf body;
	bool stream; /* keep the connection: the event stream takes it over */
};

/* The value of a header, or NULL. */
const char *http_header(const struct http_request *rq, const char *name);
/* Adds a header to the reply; control characters in 'value' are dropped. */
void http_header_add(struct http_reply *rp, const char *name, const char *value);

struct http; /* the routes, made ready for matching */
struct http *http_open(struct call *c, struct house *h);
void http_close(struct http *h);

/* Serves one request: never fails, always fills the reply. 'c' is fresh, with its arena. */
void http_serve(struct call *c, struct house *h, const struct http_request *rq,
		struct http_reply *rp);

/* All routes, for the page of routes, OpenAPI and the generic tests: calls 'fn' for each. */
void http_each_route(const struct module *const *modules,
		     void (*fn)(const struct dialect *d, const struct route *r, void *arg),
		     void *arg);

#endif
