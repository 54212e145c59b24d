/* SPDX-License-Identifier: Apache-2.0 */
/* One call being served: a request, a job's step, a listener, a timer. It carries who asks, the
 * memory, the transaction, and why it failed. */
#ifndef BASE_CALL_H
#define BASE_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/clock.h"
#include "base/status.h"

struct access_rule;
struct audit_note;
struct db_conn;
struct house;

/* What a caller may be bound to. A route names those that may use it; an actor has exactly one. */
enum scope {
	SCOPE_NONE = 0,        /* signed in, nothing chosen (an unscoped token) */
	SCOPE_SYSTEM = 1 << 0, /* the whole cloud */
	SCOPE_DOMAIN = 1 << 1, /* one department 单位 */
	SCOPE_PROJECT = 1 << 2 /* one VDC */
};

/* Who asks. Filled by identity from a token or session; all strings live in the call's arena. */
struct actor {
	const char *user_id; /* NULL: nobody is signed in */
	const char *user_name;
	const char *user_domain_id;
	enum scope scope;
	const char *domain_id;    /* SCOPE_DOMAIN: it; SCOPE_PROJECT: the project's; else NULL */
	const char *project_id;   /* SCOPE_PROJECT only */
	uint64_t permissions[4];  /* one bit each, see door/permission.h */
	const char *const *roles; /* their names, with all that they imply; as long as the call */
	size_t role_count;
	/* Sees every department and VDC: the test profile's single admin, or a system administrator
	 * acting on the system. */
	bool is_admin;
	const char *token_id; /* audit id of the token, for revocation and the log */
	/* What an application credential may ask (see identity); none: all that its roles allow. */
	const struct access_rule *rules;
	size_t rule_count;
	const char *application_credential_id; /* by which the asker signed in, or NULL */
	int64_t seen_at;       /* a portal session's last use that was noted; 0 for a token */
	const char *on_behalf; /* trustor's user id, when a trust is used; else NULL */
	const char *purpose;   /* why a person's data is looked at, as stated; else NULL */
};

struct call {
	struct arena *arena;
	struct actor actor;
	const char *request_id; /* "req-" and a UUID: in the answer, the log and the audit entry */
	const char *from;       /* the asker's address, "" for calls from inside */
	const char *base_url;   /* "http://host:port" as the asker wrote it, for links */
	int64_t now_at;         /* when the call began: one instant for all its rows */
	int version;            /* negotiated microversion, major * 1000 + minor; 0: none */
	struct house *house; /* what serves the call (door/house.h); NULL in tests of lower layers */
	struct db_conn *db;  /* set while a transaction is open */
	enum time_style time_style; /* of instants whose field does not say (see struct dialect) */
	bool lenient; /* unknown members of the input are passed over (see struct dialect) */
	struct audit_note *audit; /* what the act tells the audit entry; NULL: no entry is made */
	int64_t statements;       /* of the database, run so far for it: for tests of lists */
	bool posted;              /* events were posted: wake the listeners after commit */
	char problem[512];        /* why the call failed, for people; "" if it has not */
	const char *problem_at;   /* the input field to blame, or NULL */
};

/* A call from inside (a job, a listener, a timer, a command): no one is signed in. A request id of
 * NULL: one is made. */
struct call *call_new(struct arena *a, const char *request_id) __attribute__((returns_nonnull));

/* Whether this person asks, or a program that acts on the person's behalf: for rules of two pairs of eyes. */
bool call_is_by(const struct call *c, const char *user_id);

/* Records why 'c' fails and returns 'st', so that failing is one line:
 *     return fail(c, ST_CONFLICT, NULL, "case %ld is closed", id);
 * The first reason stands: an outer layer cannot blur an inner one. 'at' and the message are copied;
 * bytes that are not UTF-8 become '?', and what is too long is cut between two characters. */
enum status fail(struct call *c, enum status st, const char *at, const char *fmt, ...)
	PRINTF(4, 5) MUST_USE;
/* Forgets the reason, before the same call tries again. */
void call_forgive(struct call *c);

#endif
