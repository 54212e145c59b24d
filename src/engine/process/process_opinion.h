/* SPDX-License-Identifier: Apache-2.0 */
/* What people say and hand in along the way: opinions 意见 (with what they did), comments 评论, attachments 附件.
 * Each is an entry of the instance's log; the rows here are its index. */
#ifndef ENGINE_PROCESS_PROCESS_OPINION_H
#define ENGINE_PROCESS_PROCESS_OPINION_H

#include "db/files.h"
#include "door/route.h"
#include "engine/process/process_private.h"

#define ATTACHMENT_SIZE_MAX (50 << 20) /* bytes */
enum { ATTACHMENTS_MAX = 100 };        /* of one instance, with those that were taken back */

struct process_opinion {
	int64_t instance_id, number; /* of the entry of its log */
	int64_t execution;           /* of the task; 0: of the whole instance */
	const char *node, *command, *author;
	const char *behalf;  /* whose deputy the author was, or NULL */
	const char *verdict; /* or NULL */
	const char *text;
	int64_t at;
};
struct process_opinion_ask {
	const char *task;
	int64_t id, limit, above;
	const char *text, *idempotency_key;
};
struct process_opinion_page {
	struct process_opinion *opinions;
	size_t opinions_count;
	const char *next;
};
/* What an entry says to people; false: nothing. For whoever writes the entry, and whoever holds the rows to
 * it. */
bool process_opinion_of(const struct process_log_row *l, const json_t *in,
			struct process_opinion *out);
enum status process_comment(struct call *c, const struct process_opinion_ask *in,
			    struct process_result *out) MUST_USE;
enum status process_opinions(struct call *c, const struct process_opinion_ask *in,
			     struct process_opinion_page *out) MUST_USE;
/* Of one's department, for who started it, did or has something there, or operates. ST_NOT_FOUND else. */
enum status process_takes_part(struct call *c, int64_t id, struct process_row *r) MUST_USE;

struct process_attachment {
	const char *id;
	int64_t instance_id, number, execution;
	const char *node, *name, *media_type, *sha256;
	int64_t size;
	const char *author, *behalf;
	int64_t at, removed_at; /* removed_at: it was taken back then; 0: it was not */
};
struct process_attach {
	const char *task, *name;
	int64_t id;
	struct upload upload;
	struct file_facts facts;
};
struct process_attachment_ask {
	int64_t id;
	const char *attachment, *idempotency_key;
};
struct process_attachment_list {
	struct process_attachment *attachments;
	size_t attachments_count;
};
struct process_attachment_file {
	const char *location, *media_type, *disposition;
};
enum status process_attach_admit(struct call *c, const void *in) MUST_USE;
enum status process_attach_prepare(struct call *c, void *in) MUST_USE;
enum status process_attach(struct call *c, const struct process_attach *in,
			   struct process_attachment *out) MUST_USE;
enum status process_attachments(struct call *c, const struct process_attachment_ask *in,
				struct process_attachment_list *out) MUST_USE;
enum status process_attachment_read(struct call *c, const struct process_attachment_ask *in,
				    struct process_attachment_file *out) MUST_USE;
/* Taken back by its author, or who operates, while the instance runs: the bytes are given up. */
enum status process_detach(struct call *c, const struct process_attachment_ask *in,
			   struct process_result *out) MUST_USE;

/* process_opinion_store.c */
extern const struct db_stmt process_file_refs;
enum status opinion_put(struct call *c, const struct process_opinion *o) MUST_USE;
enum status opinion_get(struct call *c, int64_t instance_id, int64_t number,
			struct process_opinion *out) MUST_USE;
enum status opinion_list(struct call *c, int64_t instance_id, int64_t above, int64_t limit,
			 struct process_opinion **out, size_t *n) MUST_USE;
enum status opinion_count(struct call *c, int64_t instance_id, int64_t *count) MUST_USE;
enum status log_acted(struct call *c, int64_t instance_id, const char *actor,
		      int64_t *count) MUST_USE;
enum status attachment_put(struct call *c, const struct process_attachment *a) MUST_USE;
enum status attachment_get(struct call *c, int64_t instance_id, const char *id,
			   struct process_attachment *out) MUST_USE;
enum status attachment_remove(struct call *c, const char *id, int64_t at) MUST_USE;
enum status attachment_list(struct call *c, int64_t instance_id, struct process_attachment **out,
			    size_t *n) MUST_USE;

#endif
