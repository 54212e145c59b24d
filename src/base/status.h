/* SPDX-License-Identifier: Apache-2.0 */
/* Every way a call can fail, listed once: name, HTTP status, and the stable word that clients match
 * on. Add a row only when a caller would act differently. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define STATUS_TABLE(X)                                                                            \
	X(OK, 200, "ok")                                                                           \
	X(BAD_INPUT, 400, "bad-input")                                                             \
	X(SIGNED_OUT, 401, "signed-out")                                                           \
	X(PASSCODE_REQUIRED, 401, "passcode-required")                                             \
	X(FORBIDDEN, 403, "forbidden")                                                             \
	X(LOCKED, 403, "locked")                                                                   \
	X(NOT_FOUND, 404, "not-found")                                                             \
	X(NOT_ALLOWED, 405, "method-not-allowed")                                                  \
	X(NOT_ACCEPTABLE, 406, "not-acceptable")                                                   \
	X(CONFLICT, 409, "conflict")                                                               \
	X(GONE, 410, "gone")                                                                       \
	X(TOO_LARGE, 413, "too-large")                                                             \
	X(WRONG_MEDIA, 415, "wrong-media-type")                                                    \
	X(LIMIT, 403, "over-limit")                                                                \
	X(TOO_MANY, 429, "too-many")                                                               \
	X(INTERNAL, 500, "internal")                                                               \
	X(NOT_OFFERED, 501, "not-offered")                                                         \
	X(RETRY, 503, "busy")                                                                      \
	X(AWAY, 503, "engine-away")                                                                \
	X(TIMEOUT, 504, "timeout")

enum status {
#define X(name, http, word) ST_##name,
	STATUS_TABLE(X)
#undef X
		ST__COUNT
};

/* The HTTP status code of an outcome. */
int status_http(enum status st);
/* The stable lower-case word of an outcome, never NULL. */
const char *status_word(enum status st);

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

#endif
