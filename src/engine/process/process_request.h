/* SPDX-License-Identifier: Apache-2.0 */
/* Service tasks that ask others over HTTP: what the model says of the request, the request itself, and
 * who may be asked. process_request.c reads and makes it, process_curl.c sends it, process_outside.c is
 * the job around it. */
#ifndef ENGINE_PROCESS_PROCESS_REQUEST_H
#define ENGINE_PROCESS_PROCESS_REQUEST_H

#include "door/jobs/jobs.h"
#include "engine/process/process_job.h"

#define PROCESS_REQUEST_JOB "process.request"

struct sockaddr;

enum {
	REQUEST_URL_MAX = 4096,
	REQUEST_HEADERS_MAX = 32,
	REQUEST_HEADER_MAX = 4096,
	REQUEST_BODY_MAX = 256 << 10, /* of a request, and of an answer */
	REQUEST_ERRORS_MAX = 32,
	REQUEST_SECONDS_MAX = 60
};

/* ---- as the model has it ---- */

struct request_error {
	int status;
	const char *code; /* of the BPMN error */
};
struct request_words {
	const char *method, *url_text, *credential, *result_variable;
	void *url, *headers, *body, *result; /* compiled; NULL: not said */
	int64_t seconds;
	struct request_error *errors;
	size_t error_count;
};
/* What flow:url and its kin say of 'e', or NULL; what is wrong is a finding. */
const struct request_words *process_request_read(struct arena *a, const struct bpmn_element *e,
						 struct bpmn_findings *f);

/* ---- made for one execution ---- */

struct request {
	const char *method, *url, *origin;
	const char *body;     /* JSON; NULL: none */
	const char **headers; /* "Name: value" */
	size_t header_count;
	int64_t seconds;
};
struct response {
	int status;
	const char *type;    /* Content-Type, or "" */
	int64_t retry_after; /* seconds; 0: not said */
	const char *body;
	size_t size;
};
/* With the expressions evaluated for an execution. ST_BAD_INPUT: why it cannot be asked so; the problem
 * tells no values. ST_FORBIDDEN: the configuration does not allow it. */
enum status process_request_make(struct process_run *run, int64_t execution,
				 const struct request_words *w, struct request *out) MUST_USE;
/* What an answer sets. ST_BAD_INPUT: it is not what the model expects. '*out' goes with the call. */
enum status process_request_take(struct process_run *run, int64_t execution,
				 const struct request_words *w, const struct response *r,
				 json_t **out) MUST_USE;

/* ---- process_curl.c ---- */

/* "https://host:port" of an absolute URL of HTTP, host in lower case. ST_BAD_INPUT: 'why' says what is
 * wrong with it. */
enum status outside_origin(struct arena *a, const char *url, const char **origin,
			   const char **why) MUST_USE;
/* Whether it is an address of this machine ('*loops': of its loopback), of its link (where clouds keep their
 * metadata), or of no single host. */
bool outside_is_near(const struct sockaddr *sa, bool *loops);
/* Asks, once, and follows nothing. ST_AWAY: no answer came, it may later; ST_TIMEOUT: not in time; ST_TOO_LARGE;
 * ST_FORBIDDEN: the name leads to an address that is not asked. The problem names the origin only. */
enum status outside_send(struct call *c, const struct request *r, const struct job *j,
			 const char *authorities, struct response *out) MUST_USE;

/* ---- process_outside.c ---- */

/* From the configuration: origins that may be asked, separated by spaces; a file of credentials; a file
 * of certificates that are trusted instead of the system's. All may be NULL. ST_BAD_INPUT names key and rule. */
enum status outside_open(struct call *c, const char *hosts, const char *credentials,
			 const char *authorities) MUST_USE;
void outside_close(void);
/* Whether requests go to 'origin', and its credential's header; ST_FORBIDDEN with the reason. */
enum status outside_allows(struct call *c, const char *origin, const char *credential,
			   const char **header) MUST_USE;
/* In the tick's transaction: a job that is due goes to the workers of the house. */
enum status outside_hand(struct call *c, const struct process_job_row *j) MUST_USE;
enum status outside_run(struct call *c, const struct job *j);

#endif
