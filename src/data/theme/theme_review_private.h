/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that serve clerical review 人工复核: acts and statements. */
#ifndef DATA_THEME_THEME_REVIEW_PRIVATE_H
#define DATA_THEME_THEME_REVIEW_PRIVATE_H

#include "data/theme/theme_serve_private.h"

#define REVIEW_LEASE (600 * CLOCK_SECOND)
enum { REVIEW_OPINIONS = 2, REVIEW_OPINIONS_MAX = 3, REVIEW_PAGE = 100 };

enum review_state { REVIEW_WAITING, REVIEW_SETTLED };
extern const char *const review_states[];
extern const char *const review_stages[]; /* by the opinions that are there: whose turn it is */

struct review {
	const char *id;
	int kind; /* enum theme_kind */
	const char *left_resource, *left_record, *right_resource, *right_record;
	double weight, probability;
	int64_t base_at, rank;
	int state, verdict; /* verdict: -1 while it waits */
	int64_t opinions;
	const char *leased_by;
	int64_t leased_until, opened_at, settled_at;
};
struct judgement {
	const char *id, *review_id, *judge, *domain_id;
	int verdict;
	const char *note;
	int64_t judged_at, withdrawn_at;
};

/* --- acts (theme_review.c) --- */

struct review_ask {
	int kind;         /* enum theme_kind, or -1: any */
	const char *skip; /* the pair that is given back; what stands behind it is asked for */
};
struct review_offer {
	struct theme_doubt pair;      /* masked as the asker may see it; all zero: there is none */
	int stage, verdict;           /* -1: there is none */
	int64_t leased_until;         /* 0: it is not lent to the asker */
	struct judgement *judgements; /* of a pair that is settled: all; else the asker's own */
	size_t judgements_count;
};
struct review_verdict {
	const char *id;
	int verdict;
	const char *note;
};
struct review_told {
	const char *id;
	int stage, verdict;
	int64_t opinions;
};
struct review_sum {
	int64_t first, second, third;    /* pairs of this base that wait for such an opinion */
	int64_t same, different, unsure; /* settled, of all bases */
	int64_t base_at;
};
struct judgement_ask {
	const char *marker;
	int64_t limit;
};
/* One's own judgement beside what became of its pair. */
struct judgement_row {
	const char *id, *review_id;
	int kind;
	const char *left_resource, *left_record, *right_resource, *right_record;
	int verdict;
	const char *note;
	int64_t judged_at, withdrawn_at;
	int state, settled; /* settled: the pair's verdict or -1 */
};
struct judgement_page {
	struct judgement_row *judgements;
	size_t judgements_count;
	const char *next;
};
struct label_ask {
	const char *left, *right;
};
struct label_file {
	const char *type, *disposition, *body;
};

/* Lends the next pair to the asker, so that nobody else gets it; the one that they hold already, again. */
enum status review_next(struct call *c, const struct review_ask *in,
			struct review_offer *out) MUST_USE;
enum status review_show(struct call *c, const struct theme_key *in,
			struct review_offer *out) MUST_USE;
enum status review_judge(struct call *c, const struct review_verdict *in,
			 struct review_told *out) MUST_USE;
enum status review_undo(struct call *c, const struct theme_key *in,
			struct review_told *out) MUST_USE;
enum status review_count(struct call *c, const struct nothing *in, struct review_sum *out) MUST_USE;
enum status judgement_list(struct call *c, const struct judgement_ask *in,
			   struct judgement_page *out) MUST_USE;
enum status review_labels(struct call *c, const struct label_ask *in,
			  struct label_file *out) MUST_USE;

/* --- theme_review_load.c --- */

/* The pairs of the newest base into the queue, when they are not there yet; harmless to do again. Not in a
 * transaction. Also the timer. */
enum status review_load(struct call *c) MUST_USE;
/* What people have settled as same or different into a file for a build; '*count' how many. Not in a
 * transaction. */
enum status review_write_judged(struct call *c, const char *path, int64_t *count) MUST_USE;
#define JUDGED_HEADING "kind,left_resource,left_record,right_resource,right_record,verdict\n"
void judged_row(struct buf *out, const struct review *r);

/* --- theme_review_http.c --- */
extern const struct route theme_review_routes[];
extern const struct field judgement_wire[];

/* --- theme_review_store.c --- */

extern const struct field judgement_row_shape[];                    /* as a row and on the wire */
enum status review_base(struct call *c, int64_t *base_at) MUST_USE; /* 0: none was laid out yet */
enum status review_base_put(struct call *c, int64_t base_at, int64_t now) MUST_USE;
enum status review_put(struct call *c, const struct review *r) MUST_USE;
enum status review_sweep(struct call *c, int64_t base_at) MUST_USE;
enum status review_read(struct call *c, const char *id, struct review *out) MUST_USE;
/* What the asker holds of a base; ST_NOT_FOUND. */
enum status review_held(struct call *c, const char *who, int64_t now, int64_t base_at,
			struct review *out) MUST_USE;
/* A page of what waits for an opinion of 'who', behind 'after' in rank; 'kind' -1: any. */
enum status review_queue(struct call *c, int64_t base_at, int64_t opinions, int64_t after,
			 const char *who, int kind, struct review **list, size_t *n) MUST_USE;
enum status review_lend(struct call *c, const char *id, const char *who, int64_t until, int64_t now,
			int64_t *changed) MUST_USE;
enum status review_release(struct call *c, const char *id, const char *who) MUST_USE;
enum status review_settle(struct call *c, const struct review *r) MUST_USE;
enum status review_sum_read(struct call *c, int64_t base_at, struct review_sum *out) MUST_USE;
enum status review_facts(struct call *c, const char *after, int64_t limit, struct review **list,
			 size_t *n) MUST_USE;
enum status judgement_put(struct call *c, const struct judgement *j) MUST_USE;
enum status judgements_of(struct call *c, const char *review_id, struct judgement **list,
			  size_t *n) MUST_USE;
enum status judgement_withdraw(struct call *c, const char *id, int64_t at) MUST_USE;
enum status judgements_by(struct call *c, const char *judge, const char *before, int64_t limit,
			  struct judgement_row **list, size_t *n) MUST_USE;

#endif
