/* SPDX-License-Identifier: Apache-2.0 */
/* Users' keys. One's own are one's own business; others' are the security administrator's. */
#include <jansson.h>
#include <sodium.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_credentials.h"
#include "door/identity/totp.h"

static const char *seal(struct call *c, const char *text)
{
	return fernet_seal(identity.secrets, c->arena, text, strlen(text), c->now_at);
}

static enum status unseal(struct call *c, struct credential *k)
{
	size_t size;
	const char *text = fernet_unseal(identity.secrets, c->arena, k->blob, &size);

	if (!text)
		return fail(c, ST_INTERNAL, NULL, "credential %s does not open with our keys",
			    k->id);
	k->blob = arena_strndup(c->arena, text, size);
	return ST_OK;
}

static const char *sha256_hex(struct call *c, const char *text)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *out = arena_alloc(c->arena, 2 * sizeof hash + 1);

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	hex_encode(hash, sizeof hash, out);
	return out;
}

static enum status must_own(struct call *c, const char *user_id, bool writes)
{
	struct user u;

	if (str_eq(c->actor.user_id, user_id))
		return ST_OK;
	enum status st = user_get(c, user_id, &u);
	return st ? st
		  : must_be_or_may(c, &u,
				   writes ? "identity.credential.manage"
					  : "identity.credential.list");
}

/* The member 'name' of an ec2 blob, in the arena; NULL when it is not there. */
static const char *blob_member(struct call *c, const char *blob, const char *name)
{
	json_t *o = json_loads(blob, 0, NULL);
	const char *value = json_string_value(json_object_get(o, name));
	const char *out = value ? arena_strdup(c->arena, value) : NULL;

	json_decref(o);
	return out;
}

/* What the type asks of the blob; an ec2 one is found by its access key. */
static enum status check_blob(struct call *c, struct credential *k)
{
	size_t size;

	k->lookup = NULL;
	if (str_eq(k->type, "ec2")) {
		const char *access = blob_member(c, k->blob, "access");
		if (!access || !blob_member(c, k->blob, "secret"))
			return fail(c, ST_BAD_INPUT, "blob",
				    "of an ec2 credential is a JSON object with access and secret");
		if (!k->project_id)
			return fail(c, ST_BAD_INPUT, "project_id",
				    "must be given for an ec2 credential");
		k->lookup = sha256_hex(c, access);
	} else if (str_eq(k->type, "totp") && !totp_secret(c->arena, k->blob, &size)) {
		return fail(c, ST_BAD_INPUT, "blob",
			    "of a totp credential is base32 of at least %d bytes", TOTP_SECRET_MIN);
	}
	return ST_OK;
}

enum status credential_create(struct call *c, const struct credential *in, struct credential *out)
{
	struct credential k = *in, sealed;
	enum status st;

	if (!k.user_id)
		k.user_id = c->actor.user_id;
	st = must_own(c, k.user_id, true);
	if (!st)
		st = check_blob(c, &k);
	if (st)
		return st;
	k.id = k.lookup ? k.lookup : id_new_hex(c->arena);
	k.extra = extra_merge(c, NULL, in->extra);
	sealed = k;
	sealed.blob = seal(c, k.blob);
	st = credential_insert(c, &sealed);
	if (st == ST_CONFLICT)
		return fail(c, st, "blob", "Duplicate entry: the credential is there already");
	if (st)
		return st;
	audit_subject(c, "credential", k.id);
	audit_change(c, credential_wire, NULL, &k);
	*out = k;
	return ST_OK;
}

static enum status found(struct call *c, const char *id, bool writes, struct credential *out)
{
	enum status st = credential_read(c, id, out);

	if (st == ST_NOT_FOUND)
		return missing(c, "credential", id);
	if (!st)
		st = must_own(c, out->user_id, writes);
	return st ? st : unseal(c, out);
}

enum status credential_change(struct call *c, const struct credential *in, struct credential *out)
{
	struct credential now = { 0 }, then, sealed;
	enum status st = found(c, in->id, true, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, user_id);
	TAKE(&then, in, project_id);
	TAKE(&then, in, type);
	TAKE(&then, in, blob);
	then.extra = extra_merge(c, now.extra, in->extra);
	st = must_own(c, then.user_id, true);
	if (!st)
		st = check_blob(c, &then);
	sealed = then;
	sealed.blob = seal(c, then.blob);
	if (!st)
		st = credential_write(c, &sealed);
	if (st)
		return st;
	audit_subject(c, "credential", now.id);
	audit_change(c, credential_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status credential_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct credential now = { 0 };
	enum status st = found(c, in->id, true, &now);

	(void)out;
	if (!st)
		st = credential_remove(c, now.id);
	audit_subject(c, "credential", now.id);
	audit_change(c, credential_wire, &now, NULL);
	return st;
}

enum status credential_show(struct call *c, const struct key *in, struct credential *out)
{
	return found(c, in->id, false, out);
}

/* Those that the asker may see: all for the security administrator, else one's own. */
enum status credential_all(struct call *c, const struct credential_ask *in,
			   struct credential_list *out)
{
	bool all = may(c, "identity.credential.list") && reach_all(c);
	const char *user_id = in->user_id ? in->user_id : all ? NULL : c->actor.user_id;
	size_t n = 0;
	enum status st = ST_OK;

	if (user_id && !str_eq(user_id, c->actor.user_id) && !all)
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:list_credentials.");
	st = credential_list_read(c, user_id, &out->credentials, &n);
	for (size_t i = 0; !st && i < n; i++) {
		if (in->type && !str_eq(in->type, out->credentials[i].type))
			continue;
		st = unseal(c, &out->credentials[i]);
		out->credentials[out->credentials_count++] = out->credentials[i];
	}
	return st;
}

/* --- as EC2's API has them --- */

enum status ec2_create(struct call *c, const struct ec2_credential *in, struct ec2_credential *out)
{
	struct user u;
	struct project p;
	struct credential k, made;
	enum status st = user_get(c, in->user_id, &u);

	if (!st)
		st = must_own(c, in->user_id, true);
	if (!st)
		st = project_get(c, in->tenant_id, &p);
	if (st)
		return st;
	*out = *in;
	out->access = id_new_hex(c->arena);
	unsigned char bytes[16];
	char *secret = arena_secret(c->arena, 2 * sizeof bytes + 1);
	random_bytes(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, secret);
	out->secret = secret;
	k = (struct credential){ .user_id = in->user_id,
				 .project_id = in->tenant_id,
				 .type = "ec2",
				 .blob = arena_printf(c->arena,
						      "{\"access\":\"%s\",\"secret\":\"%s\"}",
						      out->access, secret) };
	return credential_create(c, &k, &made);
}

enum status ec2_key(struct call *c, const char *access, struct credential *out, const char **secret)
{
	enum status st = credential_read(c, sha256_hex(c, access), out);

	if (!st && !str_eq(out->type, "ec2"))
		return ST_NOT_FOUND;
	if (!st)
		st = unseal(c, out);
	if (!st)
		*secret = blob_member(c, out->blob, "secret");
	return st;
}

static enum status ec2_read(struct call *c, const struct key *in, bool writes,
			    struct credential *out)
{
	enum status st = found(c, sha256_hex(c, in->id), writes, out);

	if (st == ST_NOT_FOUND || (!st && !str_eq(out->user_id, in->user_id))) {
		call_forgive(c);
		return missing(c, "credential", in->id);
	}
	return st;
}

static struct ec2_credential as_ec2(struct call *c, const struct credential *k)
{
	return (struct ec2_credential){ .user_id = k->user_id,
					.tenant_id = k->project_id,
					.access = blob_member(c, k->blob, "access"),
					.secret = blob_member(c, k->blob, "secret") };
}

enum status ec2_show(struct call *c, const struct key *in, struct ec2_credential *out)
{
	struct credential k = { 0 };
	enum status st = ec2_read(c, in, false, &k);

	if (!st)
		*out = as_ec2(c, &k);
	return st;
}

enum status ec2_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct credential k = { 0 };
	enum status st = ec2_read(c, in, true, &k);

	(void)out;
	audit_subject(c, "credential", k.id);
	return st ? st : credential_remove(c, k.id);
}

enum status ec2_all(struct call *c, const struct key *in, struct ec2_list *out)
{
	const struct credential_ask ask = { .user_id = in->user_id, .type = "ec2" };
	struct credential_list list = { 0 };
	enum status st = credential_all(c, &ask, &list);

	out->user_id = in->user_id;
	out->credentials =
		arena_array(c->arena, list.credentials_count + 1, sizeof *out->credentials);
	for (size_t i = 0; !st && i < list.credentials_count; i++)
		out->credentials[out->credentials_count++] = as_ec2(c, &list.credentials[i]);
	return st;
}
