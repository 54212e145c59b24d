/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: matching, input, answers, the way nginx hands requests over. */
#ifndef DOOR_HTTP_HTTP_PRIVATE_H
#define DOOR_HTTP_HTTP_PRIVATE_H

#include "door/http/http.h"
#include "door/jobs/stream.h"

struct json_t;

enum {
	PATH_SEGMENTS_MAX = 16, /* the longest route has ten */
	FASTCGI_HEAD_MAX = 64 * 1024,
	HEADERS_MAX = 100
};

/* A route made ready: its dialect, its path in pieces, its permission as a bit. */
struct ready_route {
	const struct dialect *dialect;
	const struct route *route;
	const char **segments; /* "{user_id}" stays as written */
	size_t count;
	int permission; /* -1: none is needed */
	bool secret;    /* a field of its input is SECRET, at any depth */
};

struct http {
	struct arena *arena;
	struct ready_route *routes; /* sorted: by count of segments, literal pieces before {pieces} */
	size_t count;
	size_t first[PATH_SEGMENTS_MAX + 2]; /* of each count of segments */
};

/* What a path led to. */
struct match {
	const struct dialect
		*dialect; /* of the nearest route or prefix; the own one when nothing fits */
	const struct ready_route *routes[64]; /* more than one only where actions share a path */
	size_t count;
	struct words segments; /* of the request, decoded */
	const char *allow;     /* when the path exists with other methods only: "GET, PUT" */
};

/* Finds the routes for a method and path. ST_BAD_INPUT: the path is not well-formed. ST_NOT_FOUND,
 * ST_NOT_ALLOWED: 'out' has the dialect in which to say so. */
enum status http_match(struct call *c, const struct http *h, const char *method, const char *path,
		       struct match *out) MUST_USE;

/* Decodes %XX (and '+' when 'plus') of 'size' bytes. NULL: not well-formed, or not UTF-8. */
const char *percent_decode(struct call *c, const char *s, size_t size, bool plus);

/* Fills 'in' from path, query and headers; from the body too unless 'body' is NULL, a parsed object. */
enum status http_input(struct call *c, const struct http_request *rq, const struct match *m,
		       const struct ready_route *r, const struct json_t *body, void *in) MUST_USE;
/* Parses the request's body as a JSON object; an empty body is an empty object. */
enum status http_body(struct call *c, const struct http_request *rq, struct json_t **out) MUST_USE;

/* Writes the struct that the act filled. */
void http_answer(struct call *c, const struct http_request *rq, const struct ready_route *r,
		 const void *out, struct http_reply *rp);
/* Writes a refusal in the words of the dialect. */
void http_refuse(struct call *c, const struct dialect *d, enum status st, struct http_reply *rp);

/* One connection from nginx, from one request to the next. Zero-initialise with an arena in each buf and
 * the longest body; the arena lives until the request is served. */
struct fastcgi {
	enum { FASTCGI_IDLE, FASTCGI_HEAD, FASTCGI_BODY, FASTCGI_WHOLE } stage;
	bool keep;         /* the connection is used again after the answer */
	int64_t body_max;  /* bytes */
	int64_t body_size; /* that came; more than body_max: the body was thrown away */
	struct buf params, body, unread;
};

/* Takes 'size' bytes that were read from the connection into buf_reserve(&f->unread, …). The request is there when 'stage' is FASTCGI_WHOLE. False: the
 * peer breaks the protocol or its limits; the connection is of no more use. */
bool fastcgi_take(struct fastcgi *f, size_t size) MUST_USE;
/* What a whole request asks; its texts live as long as the call. */
enum status fastcgi_request(struct call *c, const struct fastcgi *f,
			    struct http_request *rq) MUST_USE;
/* Adds the records of the answer to 'out'. 'head_only': the request was HEAD. An answer that is a stream
 * is left open: each piece that follows is preceded by fastcgi_stream_head(). */
void fastcgi_reply(const struct http_reply *rp, bool head_only, struct buf *out);
void fastcgi_stream_head(char to[STREAM_HEAD], size_t size);

extern const struct route about_routes[]; /* http_about.c */

#endif
