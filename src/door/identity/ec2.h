/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of requests by an access key and its secret: AWS Signature Version 2 (HmacSHA256) and
 * Version 4, as EC2 and S3 clients make them. Knows no user and no database. */
#ifndef DOOR_IDENTITY_EC2_H
#define DOOR_IDENTITY_EC2_H

#include "base/shape.h"

/* What was signed, as a service that speaks such an API hands it on. */
struct ec2_request {
	const char *access, *signature;
	const char *verb, *host, *path, *body_hash; /* the last is hexadecimal SHA-256 */
	struct map params, headers;
};

/* Version 4 when the parameters or the Authorization header say so, else Version 2. ST_BAD_INPUT names the
 * member without which there is no signature. ST_SIGNED_OUT: the signature is not that of 'secret', or was
 * made more than 15 minutes away from c->now_at. */
enum status ec2_verify(struct call *c, const struct ec2_request *in, const char *secret) MUST_USE;

#endif
