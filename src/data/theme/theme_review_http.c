/* SPDX-License-Identifier: Apache-2.0 */
/* Wire shapes and routes of clerical review. */
#include "data/theme/theme_review_private.h"

const struct field judgement_wire[] = {
	F_STR(judgement, id, 0, 0),
	F_STR(judgement, judge, 0, 0),
	F_WORD(judgement, verdict, theme_verdict_words, 0),
	F_STR(judgement, note, 0, NULLABLE),
	F_TIME(judgement, judged_at, 0),
	F_TIME(judgement, withdrawn_at, NULLABLE),
	F_END,
};
static const struct field review_ask_wire[] = {
	F_WORD(review_ask, kind, theme_kind_words, OPT),
	F_ID(review_ask, skip, OPT),
	F_END,
};
static const struct review_ask any_kind = { .kind = -1 };
static const struct field review_offer_wire[] = {
	F_OBJECT(review_offer, pair, theme_doubt, theme_doubt_shape, NULLABLE),
	F_WORD(review_offer, stage, review_stages, NULLABLE),
	F_WORD(review_offer, verdict, theme_verdict_words, NULLABLE),
	F_TIME(review_offer, leased_until, NULLABLE),
	F_LIST(review_offer, judgements, judgement, judgement_wire, 0, 0),
	F_END,
};
static const struct field review_verdict_wire[] = {
	F_ID(review_verdict, id, FROM_PATH),
	F_WORD(review_verdict, verdict, theme_verdict_words, 0),
	F_STR(review_verdict, note, 1000, OPT | NULLABLE),
	F_END,
};
static const struct field review_told_wire[] = {
	F_STR(review_told, id, 0, 0),
	F_WORD(review_told, stage, review_stages, 0),
	F_WORD(review_told, verdict, theme_verdict_words, NULLABLE),
	F_INT(review_told, opinions, 0, 0, 0),
	F_END,
};
static const struct field review_sum_wire[] = {
	F_INT(review_sum, first, 0, 0, 0),     F_INT(review_sum, second, 0, 0, 0),
	F_INT(review_sum, third, 0, 0, 0),     F_INT(review_sum, same, 0, 0, 0),
	F_INT(review_sum, different, 0, 0, 0), F_INT(review_sum, unsure, 0, 0, 0),
	F_TIME(review_sum, base_at, NULLABLE), F_END,
};
static const struct field judgement_ask_wire[] = {
	F_STR(judgement_ask, marker, 36, OPT | FROM_QUERY),
	F_INT(judgement_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};
static const struct field judgement_page_wire[] = {
	F_LIST(judgement_page, judgements, judgement_row, judgement_row_shape, 0, 0),
	F_NEXT(judgement_page, next),
	F_END,
};
static const struct field label_ask_wire[] = {
	F_STR(label_ask, left, 60, OPT | FROM_QUERY),
	F_STR(label_ask, right, 60, OPT | FROM_QUERY),
	F_END,
};
static const struct field label_file_wire[] = {
	F_STR_AS("Content-Type", label_file, type, 0, FROM_HEADER),
	F_STR_AS("Content-Disposition", label_file, disposition, 0, FROM_HEADER),
	F_BODY(label_file, body),
	F_END,
};
static const struct field theme_key_wire[] = { F_ID(theme_key, id, FROM_PATH), F_END };

ACT(review_next, review_ask, review_offer)
ACT(review_show, theme_key, review_offer)
ACT(review_judge, review_verdict, review_told)
ACT(review_undo, theme_key, review_told)
ACT(review_count, nothing, review_sum)
ACT(judgement_list, judgement_ask, judgement_page)
ACT(review_labels, label_ask, label_file)

#define SCOPES (SCOPE_DOMAIN | SCOPE_PROJECT)
#define MAY "theme.review"

const struct route theme_review_routes[] = {
	ROUTE("GET", "/v1/theme/reviews", MAY, SCOPES, review_count, nothing, review_sum,
	      .name = "theme.review.count", .flags = ROUTE_READS, .success = 200,
	      .help = "How many pairs of records wait for an opinion, and what was settled"),
	ROUTE("POST", "/v1/theme/reviews/next", MAY, SCOPES, review_next, review_ask, review_offer,
	      .name = "theme.review.next", .flags = ROUTE_OPTIONAL_BODY, .success = 200,
	      .preset = &any_kind,
	      .help = "The next pair to judge, lent to the asker for ten minutes, with both records as "
		      "far as the department may see them and the waterfall of their weights"),
	ROUTE("GET", "/v1/theme/reviews/{id}", MAY, SCOPES, review_show, theme_key, review_offer,
	      .name = "theme.review.show", .flags = ROUTE_LOOKS, .success = 200,
	      .help = "A pair that one holds, has judged, or that is settled, with its judgements"),
	ROUTE("POST", "/v1/theme/reviews/{id}/judgement", MAY, SCOPES, review_judge, review_verdict,
	      review_told, .name = "theme.review.judge", .success = 201,
	      .help = "Say whether the two are the same; two people must agree, or two of three"),
	ROUTE("DELETE", "/v1/theme/reviews/{id}/judgement", MAY, SCOPES, review_undo, theme_key,
	      review_told, .name = "theme.review.undo", .success = 200,
	      .help = "Take one's judgement back"),
	ROUTE("GET", "/v1/theme/judgements", MAY, SCOPES, judgement_list, judgement_ask,
	      judgement_page, .name = "theme.judgement.list", .flags = ROUTE_READS, .success = 200,
	      .help = "What one has judged, the newest first, and what became of it"),
	ROUTE("GET", "/v1/theme/labels", MAY, SCOPES, review_labels, label_ask, label_file,
	      .name = "theme.label.list", .flags = ROUTE_READS, .success = 200,
	      .help = "What was settled, as a CSV file for yongyun link --truth and --judged (of two "
		      "resources) or yongyun theme build --judged"),
	{ 0 },
};
