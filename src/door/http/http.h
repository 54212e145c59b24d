/* SPDX-License-Identifier: Apache-2.0 */
/* Serving requests: from a parsed request to a reply, whatever brought it (FastCGI, a test). */
#ifndef DOOR_HTTP_HTTP_H
#define DOOR_HTTP_HTTP_H

#include "door/house.h"
#include "door/module.h"
#include "door/route.h"

struct http; /* the routes, made ready for matching */
struct http *http_open(struct call *c, struct house *h);
void http_close(struct http *h);

/* Serves one request: never fails, always fills the reply. 'c' is fresh, with its arena. */
void http_serve(struct call *c, struct house *h, const struct http_request *rq,
		struct http_reply *rp);

extern const struct module http_module; /* the documents of the house itself */

/* All routes, for the page of routes, OpenAPI and the generic tests: calls 'fn' for each. */
void http_each_route(const struct module *const *modules,
		     void (*fn)(const struct dialect *d, const struct route *r, void *arg),
		     void *arg);

#endif
