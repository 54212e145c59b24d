/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of batches share: their acts and statements. */
#ifndef DATA_INTAKE_INTAKE_PRIVATE_H
#define DATA_INTAKE_INTAKE_PRIVATE_H

#include "data/intake/intake.h"
#include "db/files.h"
#include "door/route.h"

#define INTAKE_JOB "intake.batch.check"
extern const char *const intake_states[];

struct intake_rule_text {
	const char *resource_id, *rules, *updated_by;
	int64_t updated_at;
};
struct intake_key {
	const char *id;
};
struct intake_upload {
	const char *id, *name; /* the resource; what the file is called */
	struct upload upload;
	struct file_facts facts;
	const char *by;
};
struct intake_list {
	const char *resource_id, *marker;
	int64_t limit;
};
struct intake_page {
	struct intake_batch *batches;
	size_t batches_count;
	const char *next;
};
struct intake_download {
	const char *location, *media_type;
};
struct intake_look {
	const char *id, *purpose;
};

/* intake_batch.c */
enum status intake_rules_show(struct call *c, const struct intake_key *in,
			      struct intake_rule_text *out) MUST_USE;
enum status intake_rules_put(struct call *c, const struct intake_rule_text *in,
			     struct intake_rule_text *out) MUST_USE;
enum status intake_admit(struct call *c, const void *in) MUST_USE;
enum status intake_prepare(struct call *c, void *in) MUST_USE;
enum status intake_post(struct call *c, const struct intake_upload *in,
			struct intake_batch *out) MUST_USE;
enum status intake_page_of(struct call *c, const struct intake_list *in,
			   struct intake_page *out) MUST_USE;
enum status intake_show(struct call *c, const struct intake_key *in,
			struct intake_batch *out) MUST_USE;
enum status intake_rejected(struct call *c, const struct intake_look *in,
			    struct intake_download *out) MUST_USE;
enum status intake_remove(struct call *c, const struct intake_key *in,
			  struct nothing *out) MUST_USE;
/* The rules of a resource: its published items under the lines that its steward wrote. In a
 * transaction. '*version' gets the number of the catalogue's version. */
enum status intake_rules_for(struct call *c, const char *resource_id, struct intake_rules *out,
			     int64_t *version) MUST_USE;

/* intake_run.c */
struct job;
enum status intake_job(struct call *c, const struct job *j) MUST_USE;
enum status intake_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
/* The timer: takes what stands in [intake] drop. */
enum status intake_drop(struct call *c) MUST_USE;

/* intake_http.c */
extern const struct field intake_batch_wire[];
extern const struct route intake_routes[];

/* intake_store.c */
extern const struct db_stmt intake_file_refs;
enum status batch_put(struct call *c, const struct intake_batch *in) MUST_USE;
enum status batch_finish(struct call *c, const struct intake_batch *in, int64_t *changed) MUST_USE;
enum status batch_read(struct call *c, const char *id, struct intake_batch *out) MUST_USE;
enum status batch_latest(struct call *c, const char *resource_id,
			 struct intake_batch *out) MUST_USE;
enum status batch_remove(struct call *c, const char *id) MUST_USE;
enum status batches_of_resource(struct call *c, const char *resource_id, const char *domain_id,
				int64_t before, int64_t limit, struct intake_batch **list,
				size_t *n) MUST_USE;
enum status batches_of_all(struct call *c, const char *domain_id, const char *before, int64_t limit,
			   struct intake_batch **list, size_t *n) MUST_USE;
enum status rule_text_read(struct call *c, const char *resource_id,
			   struct intake_rule_text *out) MUST_USE;
enum status rule_text_put(struct call *c, const struct intake_rule_text *in) MUST_USE;

#endif
