/* SPDX-License-Identifier: Apache-2.0 */
/* A token for a request that was signed with a user's EC2 keys. A service that speaks EC2's or S3's API
 * asks for it, so that the secret never leaves this room. */
#include "door/identity/ec2.h"
#include "door/identity/identity_auth.h"
#include "door/identity/identity_credentials.h"

enum status ec2_issue(struct call *c, const struct ec2_request *in, struct auth_answer *out)
{
	struct token_claims t = { .methods = METHOD_EC2, .scope = SCOPE_PROJECT };
	struct credential k = { 0 };
	struct standing s = { 0 };
	const char *secret;
	enum status st = ec2_key(c, in->access, &k, &secret);

	/* Who has no key learns as much as who has the wrong one. */
	if (st == ST_NOT_FOUND)
		return fail(c, ST_SIGNED_OUT, NULL, "EC2 signature not supplied or wrong.");
	if (!st)
		st = ec2_verify(c, in, secret);
	if (st)
		return st;
	t.user_id = k.user_id;
	t.scope_id = k.project_id;
	claims_begin(c, NULL, &t);
	st = standing_of(c, &t, &s);
	if (!st)
		st = token_text(c, &t, &s, true, &out->token);
	if (!st)
		out->token_id = token_write(identity.tokens, c->arena, &t);
	return st;
}
