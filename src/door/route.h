/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: what may be asked, by whom, and which act answers it; and dialects, which say how a family
 * of APIs writes errors, versions and links. Serving is always the same: parse, authorise, prepare,
 * act in one transaction with its audit entry, answer. It is done in http/http.c and nowhere else. */
#ifndef DOOR_ROUTE_H
#define DOOR_ROUTE_H

#include "base/clock.h"
#include "base/shape.h"
#include "db/db.h"

/* A body that arrived as a file. In a wire shape: F_UPLOAD(s, m). */
struct upload {
	/* Where the bytes stand now, which the route's prepare takes; NULL: none came. */
	const char *path;
	const char *media_type;
};

struct http_header {
	const char *name, *value; /* names compare without case */
};

/* nginx asks before it takes the body of an upload; nothing is done then. */
enum admission {
	ADMISSION_NONE, /* a request like any other */
	ADMISSION_ASK,  /* 204: it may come; 403: it may not */
	ADMISSION_TELL  /* it may not: why, in the words of the dialect */
};

struct http_request {
	const char *method;
	const char *path;  /* percent-encoded, begins with '/', without the query */
	const char *query; /* percent-encoded, "" when there is none */
	struct http_header *headers;
	size_t header_count;
	const char *body; /* NUL-terminated; "" when there is none */
	size_t body_size;
	struct upload upload; /* .path set when the body is in a file */
	enum admission admission;
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

/* In the place of a permission, written out: */
#define MAY_ANYONE "-anyone"       /* nobody need be signed in */
#define MAY_SIGNED_IN "-signed-in" /* any token or session; the act decides about the object */

enum route_flags {
	ROUTE_READS = 1 << 0, /* changes nothing: runs with the readers, leaves no audit entry */
	ROUTE_LOOKS =
		1 << 1, /* reads a person's data: the entry is written before the answer goes */
	ROUTE_UPLOAD = 1 << 2, /* the body arrives as a file; 'in' has a FILE field, see F_UPLOAD */
	ROUTE_QUIET = 1 << 3, /* a writing route whose success is not worth an entry (heartbeats) */
	ROUTE_NO_BODY = 1 << 4,  /* answers without a body although 'out' is filled (HEAD, 204) */
	ROUTE_STREAM = 1 << 5,   /* the answer is the event stream */
	ROUTE_UNFORCED = 1 << 6, /* may be used before a first password was changed */
	ROUTE_OPTIONAL_BODY = 1 << 7 /* a request without a body counts as {} */
};

struct route {
	const char *method,
		*path;    /* "/v3/users/{user_id}": {x} fills the input field of that name */
	const char *may;  /* permission, MAY_ANYONE or MAY_SIGNED_IN; there is no default */
	unsigned scopes;  /* enum scope, or-ed: what the asker must be bound to; 0: any */
	const char *name; /* "identity.user.create": in the audit trail and the documents */
	const char *help; /* one sentence, for the page of all routes */
	unsigned flags;
	int success;        /* HTTP status when the act says ST_OK */
	int since, until;   /* microversions; 0: no bound */
	const char *action; /* the one member of the body that picks this route (Nova's actions) */
	const char *in_wrap, *out_wrap; /* the member that the object stands in, or NULL */
	const struct field *in, *out;   /* wire shapes; NULL: nothing is read, nothing is written */
	size_t in_size, out_size;
	const void *preset; /* 'in' before anything is read; NULL: zeroes */
	/* ROUTE_UPLOAD: says, in a reading transaction and before a byte is taken, whether the upload may
	 * come; 'in' has what path, query and headers gave. NULL: whoever may ask may upload. */
	enum status (*admit)(struct call *c, const void *in);
	/* Before the transaction: hashing, compiling, engines that answer at once. May read by
	 * db_read(), may change 'in'. NULL: nothing to prepare. */
	enum status (*prepare)(struct call *c, void *in);
	act_fn *act;
	/* After the commit: caches, wake-ups. Cannot fail the call. */
	void (*after)(struct call *c, const void *in, const void *out);
};

#define F_UPLOAD(s, m) F_ANY("-upload", FIELD_VIEW, FIELD_AT(s, m, struct upload), OPT)
/* All query names that no other field has; its member is a struct map. */
#define F_QUERY_REST(s, m) F_ANY("?", FIELD_MAP, FIELD_AT(s, m, struct map), OPT | FROM_QUERY)
/* The body as it is (const char *): on input instead of a JSON object, on output of the media type that
 * a FROM_HEADER field named Content-Type says. */
#define F_BODY(s, m) F_ANY("-body", FIELD_VIEW, FIELD_AT(s, m, const char *), OPT)
/* Output only: an int that replaces the route's success status when it is not 0. */
#define F_STATUS(s, m) F_ANY("-status", FIELD_VIEW, FIELD_AT(s, m, int), OPT)
/* Output only: the marker of the next page, or NULL; the dialect writes the link. */
#define F_NEXT(s, m) F_ANY("-next", FIELD_VIEW, FIELD_AT(s, m, const char *), OPT)

/* Wraps a typed act in the untyped one a route holds: no cast, so the compiler checks that the act
 * takes what the route reads and fills what the route writes. */
#define ACT(fn, in_t, out_t)                                                                       \
	static enum status fn##_act(struct call *c, const void *in_, void *out_)                   \
	{                                                                                          \
		const struct in_t *in = in_;                                                       \
		struct out_t *out = out_;                                                          \
		return fn(c, in, out);                                                             \
	}

/* The members of a route that follow from the act and its structs. 'in_t' and 'out_t' need wire
 * shapes named in_t_wire and out_t_wire; struct nothing stands for none. */
#define ROUTE(m, p, may_, scopes_, fn, in_t, out_t, ...)                                           \
	{                                                                                          \
		.method = m, .path = p, .may = may_, .scopes = scopes_, .act = fn##_act,           \
		.in = in_t##_wire, .in_size = sizeof(struct in_t), .out = out_t##_wire,            \
		.out_size = sizeof(struct out_t), ##__VA_ARGS__                                    \
	}
struct nothing {
	char none;
};
extern const struct field nothing_wire[];

/* How a family of APIs speaks. */
struct dialect {
	const char *name;
	const char *prefix; /* "/identity": routes of the dialect stand below it */
	/* A slash behind a collection asks for the thing with the empty id, which is not there; else it
	 * means the same as none. */
	bool empty_ids;
	bool lenient; /* members that a shape does not know are passed over, not refused */
	enum time_style time_style;
	/* An older dialect, which serves this one's oldest routes below another address: where 'from'
	 * begins a route's path, 'to' stands instead. NULL: none. */
	const struct older_dialect *older;
	/* Reads version headers into c->version; NULL: the dialect has no versions. */
	enum status (*negotiate)(struct call *c, const struct http_request *rq);
	/* Headers that every answer of the dialect has (versions); may be NULL. */
	void (*headers)(struct call *c, struct http_reply *rp);
	/* The body of a refusal, from c->problem and c->problem_at. */
	void (*write_error)(struct call *c, enum status st, struct json_out *j);
	/* The link to the next page of an answer that has F_NEXT, as members of the open object; 'marker'
	 * is NULL on the last page. */
	void (*write_next)(struct call *c, const struct http_request *rq, const struct route *r,
			   const char *marker, struct json_out *j);
};

struct older_dialect {
	const struct dialect *dialect;
	const char *from, *to;
	int version; /* routes that came after it are not there */
};

/* The dialect of the house's own API: "/api", errors as {"error": {code, word, field, message,
 * request_id}}. */
extern const struct dialect own_dialect;
/* What nginx itself asks, while it serves another request: "/-inside". It passes nothing there that came
 * from outside, and the documents do not tell of it. */
extern const struct dialect inside_dialect;

/* One room's routes of one dialect. Arrays end with a zeroed row. */
struct route_group {
	const struct dialect *dialect;
	const struct route *routes;
};

#endif
