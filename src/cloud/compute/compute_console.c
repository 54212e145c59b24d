/* SPDX-License-Identifier: Apache-2.0 */
/* A server's console: the end of its serial log, and its screen. Whoever may use a server gets a token
 * that opens the screen once and soon; nginx shows it here before it joins the browser's websocket to
 * that of QEMU, so neither the browser's bytes nor the screen's pass through this program. */
#include <sodium.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "door/audit/audit.h"

enum { TOKEN_SIZE = 32, LOG_SIZE = 100 << 10 /* as much as Nova shows */ };
/* As long as a browser needs to load the page. */
static const int64_t TOKEN_LIFE = 60 * CLOCK_SECOND;

/* --- the log --- */

enum status server_find_place(struct call *c, const void *id, void *out)
{
	struct server_place *p = out;
	enum status st = server_find(c, id, &p->server);
	if (!st && !p->server.host_id)
		return fail(c, ST_CONFLICT, NULL, "Instance %s is not ready", p->server.id);
	return st ? st : pool_host_read(c, p->server.host_id, &p->host);
}

/* The last 'lines' lines of 'text', as Nova counts them: what the guest has begun to write behind the
 * last end of a line is one, be it empty. */
static const char *last_lines(const char *text, int64_t lines)
{
	const char *p = text + strlen(text);
	for (; p > text; p--)
		if (p[-1] == '\n' && --lines <= 0)
			break;
	return p;
}

enum status console_log_prepare(struct call *c, void *in_)
{
	struct console_log *in = in_;
	struct server_place p;
	enum status st =
		db_read(c, house_of(c)->db, server_find_place, in->server_id, &p, sizeof(p));
	if (!st)
		st = driver_of(p.host.uri)->console(c, p.host.uri, p.server.id, LOG_SIZE, &in->text);
	if (!st && in->length > 0)
		in->text = last_lines(in->text, in->length);
	return st;
}

enum status console_log(struct call *c, const struct console_log *in, struct console_output *out)
{
	(void)c;
	out->output = in->text;
	return ST_OK;
}

/* --- the screen --- */

static const char *hash_of(struct call *c, const char *token)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *text = arena_alloc(c->arena, 2 * sizeof(hash) + 1);
	crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
	hex_encode(hash, sizeof(hash), text);
	return text;
}

static enum status check_kind(struct call *c, const struct console_open *in)
{
	if (!str_eq(in->type, "novnc"))
		return fail(c, ST_BAD_INPUT, "type", "Unavailable console type %.40s.", in->type);
	if (in->protocol && !str_eq(in->protocol, "vnc"))
		return fail(c, ST_BAD_INPUT, "protocol",
			    "a console of type novnc is of protocol vnc");
	return ST_OK;
}

enum status console_open_prepare(struct call *c, void *in_)
{
	struct console_open *in = in_;
	struct server_place p;
	const char *address;
	unsigned char *bytes = arena_secret(c->arena, TOKEN_SIZE);
	enum status st = check_kind(c, in);
	if (!st)
		st = db_read(c, house_of(c)->db, server_find_place, in->server_id, &p, sizeof(p));
	if (!st && p.server.state != VM_ACTIVE)
		return fail(c, ST_CONFLICT, NULL, "Instance %s is not ready", p.server.id);
	if (!st)
		st = driver_of(p.host.uri)->screen(c, p.host.uri, p.server.id, &address);
	if (st)
		return st;
	random_bytes(bytes, TOKEN_SIZE);
	in->token = base64url_encode(c->arena, bytes, TOKEN_SIZE);
	in->hash = hash_of(c, in->token);
	return ST_OK;
}

enum status console_open(struct call *c, const struct console_open *in, struct console_opened *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	const struct console_token t = { in->hash,     s.id,        c->actor.user_id,
					 s.project_id, s.domain_id, c->now_at + TOKEN_LIFE };
	audit_subject(c, "server", s.id);
	out->protocol = "vnc";
	out->type = "novnc";
	/* The address of the websocket stands in noVNC's way: as the parameter 'path'. */
	out->url = arena_printf(c->arena, "%s/console/?path=console%%2Fsocket%%3Ftoken%%3D%s",
				c->base_url, in->token);
	return console_insert(c, &t);
}

/* Who holds a token that is not good learns nothing else. */
static enum status refuse(struct call *c)
{
	call_forgive(c);
	return fail(c, ST_FORBIDDEN, "token",
		    "this console's token is unknown, too old, or was used already");
}

static enum status read_token(struct call *c, const void *hash, void *out)
{
	struct server_place *p = out;
	struct console_token t = { 0 };
	enum status st = console_read(c, hash, &t);
	if (!st && t.expires_at <= c->now_at)
		return ST_NOT_FOUND;
	if (!st)
		st = server_read(c, t.server_id, &p->server);
	if (!st && !p->server.host_id)
		return ST_NOT_FOUND;
	return st ? st : pool_host_read(c, p->server.host_id, &p->host);
}

enum status console_enter_prepare(struct call *c, void *in_)
{
	struct console_enter *in = in_;
	struct server_place p;
	if (str_empty(in->token))
		return refuse(c);
	enum status st =
		db_read(c, house_of(c)->db, read_token, hash_of(c, in->token), &p, sizeof(p));
	if (!st)
		st = driver_of(p.host.uri)->screen(c, p.host.uri, p.server.id, &in->address);
	return st ? refuse(c) : ST_OK;
}

enum status console_enter(struct call *c, const struct console_enter *in,
			  struct console_entered *out)
{
	struct console_token t = { 0 };
	enum status st = console_take(c, hash_of(c, in->token), &t);
	if (st == ST_NOT_FOUND || (!st && t.expires_at <= c->now_at))
		return refuse(c);
	if (st)
		return st;
	/* The entry says who was let in: the one who asked for the token. */
	c->actor.user_id = t.user_id;
	c->actor.project_id = t.project_id;
	c->actor.domain_id = t.domain_id;
	c->actor.scope = t.project_id ? SCOPE_PROJECT : SCOPE_NONE;
	audit_subject(c, "server", t.server_id);
	out->address = in->address;
	return ST_OK;
}
