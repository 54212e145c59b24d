/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that users keep with us (ec2, totp, cert, …), sealed; and the ec2 ones as EC2's API has them. */
#ifndef DOOR_IDENTITY_IDENTITY_CREDENTIALS_H
#define DOOR_IDENTITY_IDENTITY_CREDENTIALS_H

#include "door/identity/identity_private.h"

struct credential {
	const char *id, *user_id, *project_id, *type;
	const char *blob;   /* in the clear; sealed in the table */
	const char *lookup; /* of an ec2 one: SHA-256 of the access key */
	const char *extra;
	bool user_id_given, project_id_given, type_given, blob_given;
};
struct credential_list {
	struct credential *credentials;
	size_t credentials_count;
};
struct credential_ask {
	const char *user_id, *type;
};

enum status credential_create(struct call *c, const struct credential *in,
			      struct credential *out) MUST_USE;
enum status credential_change(struct call *c, const struct credential *in,
			      struct credential *out) MUST_USE;
enum status credential_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status credential_show(struct call *c, const struct key *in, struct credential *out) MUST_USE;
enum status credential_all(struct call *c, const struct credential_ask *in,
			   struct credential_list *out) MUST_USE;

struct ec2_credential {
	const char *user_id, *tenant_id, *access, *secret, *trust_id;
};
struct ec2_list {
	const char *user_id;
	struct ec2_credential *credentials;
	size_t credentials_count;
};
enum status ec2_create(struct call *c, const struct ec2_credential *in,
		       struct ec2_credential *out) MUST_USE;
enum status ec2_show(struct call *c, const struct key *in, struct ec2_credential *out) MUST_USE;
enum status ec2_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status ec2_all(struct call *c, const struct key *in, struct ec2_list *out) MUST_USE;
/* The credential of an access key, and its secret. ST_NOT_FOUND, without a problem: there is none. */
enum status ec2_key(struct call *c, const char *access, struct credential *out,
		    const char **secret) MUST_USE;

enum status credential_read(struct call *c, const char *id, struct credential *out) MUST_USE;
enum status credential_insert(struct call *c, const struct credential *k) MUST_USE;
enum status credential_write(struct call *c, const struct credential *k) MUST_USE;
enum status credential_remove(struct call *c, const char *id) MUST_USE;
enum status credential_list_read(struct call *c, const char *user_id, struct credential **out,
				 size_t *count) MUST_USE;

extern const struct field credential_wire[];

#endif
