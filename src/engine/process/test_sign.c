/* SPDX-License-Identifier: Apache-2.0 */
/* Several people at one task 会签 加签 减签, taking back 撤回, making void 作废. */
#include "engine/process/process_sign.h"
#include "test_process.h"

#define P "/api/v1/process"
#define CLAIMED "flow:operations=\"signBefore signAfter signParallel unsign return delegate\""

/* s → draft → check → sign → e, with attributes for check and for the process. */
static const char *three_tasks(const char *process, const char *check)
{
	return process_of(
		"letter", process,
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<userTask id=\"draft\" flow:operations=\"withdraw\"><incoming>f1</incoming>"
		    "<outgoing>f2</outgoing></userTask>"
		    "<userTask id=\"check\" %s><incoming>f2</incoming><outgoing>f3</outgoing>"
		    "</userTask>"
		    "<userTask id=\"sign\"><incoming>f3</incoming><outgoing>f4</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f4</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"draft\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"draft\" targetRef=\"check\"/>"
		    "<sequenceFlow id=\"f3\" sourceRef=\"check\" targetRef=\"sign\"/>"
		    "<sequenceFlow id=\"f4\" sourceRef=\"sign\" targetRef=\"e\"/>",
		    check));
}

static struct http_reply *act(const char *token, const char *task, const char *what,
			      const char *body)
{
	return ask(token, "POST", say(P "/tasks/%s/%s", task, what), body);
}

static const char *node_at(const struct hall *t, const char *instance)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/tasks/%s", task_of(t, instance)), NULL);
	expect_status(r, 200);
	return member(r, "node");
}

/* The first task that somebody has; NULL: none. */
static const char *mine(const char *token)
{
	struct http_reply *r = ask(token, "GET", P "/tasks", NULL);
	expect_status(r, 200);
	return strstr(buf_text(&r->body), "\"id\"") ? member(r, "id") : NULL;
}

static void vote(const char *token, const char *verdict)
{
	struct http_reply *r = act(token, mine(token), "completion",
				   say("{\"verdict\":\"%s\",\"opinion\":\"看过\"}", verdict));
	if (r->status != 200)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 200);
}

/* wang, li and zhao are asked; the instance stands at check. */
static const char *at_panel(const struct hall *t, const char *attributes, const char **zhao)
{
	const char *zhao_id = NULL;
	*zhao = ask_person(t->admin, t->domain, NULL, "zhao", "member", &zhao_id);
	deploy_model(t, three_tasks(NULL, say("flow:participants=\"=who\" %s", attributes)));
	const char *id = start_process(t, "letter",
				       say("{\"who\":[\"%s\",\"%s\",\"%s\",\"%s\"]}", t->wang_id,
					   t->li_id, zhao_id, t->li_id));
	complete_task(t, id, NULL);
	return id;
}

static void expect_outcome(const struct hall *t, const char *id, const char *text)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/instances/%s", id), NULL);
	expect_text(r, text);
	assert_string_equal(node_at(t, id), "sign");
	expect_replays(t);
}

TEST(votes_decide_by_ratio_count_veto_and_patience)
{
	static const struct {
		struct process_panel rule;
		struct panel_count n;
		enum panel_verdict is;
	} cases[] = {
		{ { .percent = 100 }, { 2, 0, 0, 1 }, PANEL_OPEN },
		{ { .percent = 100 }, { 3, 0, 0, 0 }, PANEL_PASSED },
		{ { .percent = 100 }, { 0, 1, 0, 2 }, PANEL_REJECTED },
		{ { .percent = 60 }, { 2, 0, 0, 1 }, PANEL_PASSED },
		{ { .percent = 60 }, { 1, 1, 0, 1 }, PANEL_OPEN },
		{ { .percent = 60 }, { 1, 2, 0, 0 }, PANEL_REJECTED },
		{ { .percent = 67 }, { 2, 0, 0, 1 }, PANEL_OPEN }, /* 67 % of 3 is more than 2 */
		{ { .percent = 50 }, { 1, 0, 2, 0 }, PANEL_REJECTED },
		{ { .percent = 1 }, { 1, 0, 0, 199 }, PANEL_OPEN },
		{ { .count = 1 }, { 1, 0, 0, 2 }, PANEL_PASSED },
		{ { .count = 2 }, { 1, 1, 0, 1 }, PANEL_OPEN },
		{ { .count = 5 }, { 0, 0, 0, 3 }, PANEL_REJECTED }, /* nobody can reach it */
		{ { .count = 1, .veto = true }, { 0, 1, 0, 2 }, PANEL_REJECTED },
		{ { .count = 1, .everybody = true }, { 1, 0, 0, 2 }, PANEL_OPEN },
		{ { .count = 1, .everybody = true }, { 1, 1, 1, 0 }, PANEL_PASSED },
		{ { .percent = 100 }, { 0, 0, 0, 0 }, PANEL_REJECTED },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (process_panel_judge(&cases[i].rule, &cases[i].n) != cases[i].is)
			test_fail("case %zu", i);
	}
}

TEST(a_panel_passes_when_its_ratio_is_reached)
{
	struct hall t = test_hall();
	const char *zhao, *id = at_panel(&t, "flow:pass=\"60%\"", &zhao);
	/* Each has a part; who is named twice has one. */
	struct http_reply *r = ask(t.li, "GET", P "/tasks", NULL);
	expect_text(r, "\"phase\":\"participant\"");
	r = act(t.li, mine(t.li), "completion", "{\"opinion\":\"同意\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "verdict");
	r = act(t.li, mine(t.li), "completion",
		"{\"verdict\":\"approve\",\"variables\":{\"a\":1}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "variables");
	expect_status(act(t.wang, mine(t.li), "completion", "{\"verdict\":\"reject\"}"), 403);
	expect_status(act(t.chief, task_of(&t, id), "completion", NULL), 409);
	expect_status(act(t.chief, task_of(&t, id), "claim", NULL), 409);
	vote(t.li, "approve");
	assert_null(mine(t.li));
	assert_string_equal(node_at(&t, id), "check");
	r = ask(zhao, "GET", say(P "/tasks/%s", mine(zhao)), NULL);
	expect_text(r, "\"verdict\":\"approve\"");
	expect_replays(&t);
	vote(zhao, "approve");
	assert_null(mine(t.wang)); /* wang's part went with the task */
	expect_outcome(&t, id, "\"result\":\"passed\"");
}

TEST(one_signature_is_enough_and_one_rejection_with_a_veto)
{
	struct hall t = test_hall();
	const char *zhao, *id = at_panel(&t, "flow:pass=\"any\" flow:outcome=\"judgement\"", &zhao);
	vote(t.li, "reject");
	vote(zhao, "approve");
	expect_outcome(&t, id, "\"judgement\":{\"result\":\"passed\",\"approve\":1,\"reject\":1");
}

TEST(a_veto_ends_a_panel_and_patience_hears_everybody)
{
	struct hall t = test_hall();
	const char *zhao, *id = at_panel(&t,
					 "flow:pass=\"any\" flow:veto=\"true\" "
					 "flow:waitAll=\"true\"",
					 &zhao);
	vote(t.li, "reject");
	vote(zhao, "approve");
	assert_string_equal(node_at(&t, id), "check");
	vote(t.wang, "abstain");
	expect_outcome(&t, id, "\"result\":\"rejected\",\"approve\":1,\"reject\":1,\"abstain\":1");
}

TEST(a_panel_of_nobody_is_an_incident_and_opens_when_it_is_put_right)
{
	struct hall t = test_hall();
	deploy_model(&t, three_tasks(NULL, "flow:participants=\"=who\""));
	const char *id = start_process(&t, "letter", "{\"who\":[]}");
	complete_task(&t, id, NULL);
	struct http_reply *r = ask(t.chief, "GET", P "/incidents", NULL);
	expect_text(r, "the panel has no participants");
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	long long at = json_integer_value(json_object_get(
		json_array_get(json_object_get(body, "incidents"), 0), "execution"));
	json_decref(body);
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/variables", id),
			  say("{\"variables\":{\"who\":[\"%s\"]}}", t.li_id)),
		      200);
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/incidents/%lld/retry", id, at),
			  NULL),
		      200);
	expect_replays(&t);
	vote(t.li, "approve");
	expect_outcome(&t, id, "\"total\":1");
}

TEST(all_panels_that_are_reached_at_once_are_opened)
{
	struct hall t = test_hall();
	const char *list = "[1";
	for (int i = 2; i <= PANEL_MAX + 1; i++)
		list = say("%s,%d", list, i);
	deploy_model(
		&t,
		process_of(
			"many", NULL,
			say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			    "<subProcess id=\"each\"><incoming>f1</incoming><outgoing>f2</outgoing>"
			    "<multiInstanceLoopCharacteristics id=\"mi\" flow:collection=\"list\" "
			    "flow:elementVariable=\"one\"/>"
			    "<startEvent id=\"s2\"><outgoing>g1</outgoing></startEvent>"
			    "<userTask id=\"judge\" flow:participants=\"%s\"><incoming>g1</incoming>"
			    "<outgoing>g2</outgoing></userTask>"
			    "<endEvent id=\"e2\"><incoming>g2</incoming></endEvent>"
			    "<sequenceFlow id=\"g1\" sourceRef=\"s2\" targetRef=\"judge\"/>"
			    "<sequenceFlow id=\"g2\" sourceRef=\"judge\" targetRef=\"e2\"/>"
			    "</subProcess><endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"each\"/>"
			    "<sequenceFlow id=\"f2\" sourceRef=\"each\" targetRef=\"e\"/>",
			    t.li_id)));
	start_process(&t, "many", say("{\"list\":%s]}", list));
	struct http_reply *r = ask(t.li, "GET", P "/tasks?limit=200", NULL);
	r = ask(t.li, "GET", say(P "/tasks?limit=200&marker=%s", member(r, "next")), NULL);
	expect_text(r, "\"phase\":\"participant\"");
	expect_replays(&t);
}

TEST(a_panel_gets_participants_and_loses_them)
{
	struct hall t = test_hall();
	const char *sun_id = NULL, *zhao;
	const char *id = at_panel(&t, "flow:operations=\"signParallel unsign transfer\"", &zhao);
	const char *sun = ask_person(t.admin, t.domain, NULL, "sun", "member", &sun_id);
	struct http_reply *r = act(t.li, mine(t.li), "signers",
				   say("{\"kind\":\"before\",\"users\":[\"%s\"]}", sun_id));
	expect_status(r, 403); /* not allowed, and of a panel not possible either */
	r = act(t.li, mine(t.li), "signers",
		say("{\"kind\":\"parallel\",\"users\":[\"%s\"],\"reason\":\"懂行\"}", sun_id));
	expect_status(r, 200);
	r = act(t.li, mine(t.li), "signers",
		say("{\"kind\":\"parallel\",\"users\":[\"%s\"]}", sun_id));
	expect_status(r, 409);
	expect_text(r, "to sign already");
	vote(sun, "approve");
	vote(t.li, "approve");
	/* Wang gives the part to sun, who has done another of it. */
	expect_status(act(t.wang, mine(t.wang), "transfer", say("{\"user_id\":\"%s\"}", sun_id)),
		      200);
	vote(sun, "approve");
	r = ask(t.wang, "DELETE", say(P "/tasks/%s/signers/%s", task_of(&t, id), t.li_id), NULL);
	expect_status(r, 404);
	const char *task = mine(zhao);
	struct http_reply *who = ask(zhao, "GET", say(P "/tasks/%s", task), NULL);
	expect_text(who, "signParallel");
	expect_replays(&t);
	json_t *body = json_loads(buf_text(&who->body), 0, NULL);
	const char *zhao_id =
		say("%s",
		    json_string_value(json_object_get(json_object_get(body, "task"), "assignee")));
	json_decref(body);
	expect_status(ask(t.wang, "DELETE", say(P "/tasks/%s/signers/%s", task, zhao_id), NULL),
		      403);
	expect_status(ask(t.chief, "DELETE", say(P "/tasks/%s/signers/%s", task, zhao_id), NULL),
		      200);
	expect_outcome(&t, id, "\"approve\":3");
}

TEST(what_a_model_says_wrongly_of_panels_is_found)
{
	static const struct {
		const char *attributes, *finding;
	} cases[] = {
		{ "flow:pass=\"any\"", "flow:pass goes with flow:participants" },
		{ "flow:participants=\"=who\" flow:pass=\"0%\"", "flow:pass is all, any" },
		{ "flow:participants=\"=who\" flow:pass=\"201\"", "flow:pass is all, any" },
		{ "flow:participants=\"=who\" flow:pass=\"101%\"", "flow:pass is all, any" },
		{ "flow:participants=\"=(\"", "flow:participants '=('" },
		{ "flow:participants=\"a\" flow:veto=\"yes\"", "flow:veto is true or false" },
		{ "flow:participants=\"a\" flow:assignee=\"a\"", "excludes an assignee" },
		{ "flow:participants=\"a\" flow:outcome=\"flow:part\"", "begins otherwise" },
		{ "flow:operations=\"void\"", "flow:operations has 'void'" },
	};
	struct hall t = test_hall();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r = ask(t.chief, "POST", P "/definitions",
					   three_tasks(NULL, cases[i].attributes));
		expect_text(r, cases[i].finding);
		assert_int_not_equal(r->status, 201);
	}
}

/* --- signers --- */

/* An instance whose task check li has taken. */
static const char *at_check(const struct hall *t)
{
	deploy_model(t, three_tasks(NULL, CLAIMED));
	const char *id = start_process(t, "letter", NULL);
	complete_task(t, id, NULL);
	expect_status(act(t->li, task_of(t, id), "claim", NULL), 200);
	return id;
}

static void add(const struct hall *t, const char *task, const char *kind, const char *user)
{
	struct http_reply *r = act(t->li, task, "signers",
				   say("{\"kind\":\"%s\",\"users\":[\"%s\"]}", kind, user));
	if (r->status != 200)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 200);
}

TEST(a_task_waits_for_who_signs_before_it)
{
	struct hall t = test_hall();
	const char *id = at_check(&t), *task = task_of(&t, id);
	add(&t, task, "before", t.wang_id);
	struct http_reply *r = act(t.li, task, "completion", NULL);
	expect_status(r, 409);
	expect_text(r, "sign before");
	/* Whoever was added adds nobody, and does not return the task. */
	r = act(t.wang, mine(t.wang), "signers",
		say("{\"kind\":\"before\",\"users\":[\"%s\"]}", t.li_id));
	expect_status(r, 409);
	expect_status(act(t.wang, mine(t.wang), "return", "{\"node\":\"draft\"}"), 409);
	expect_status(ask(t.wang, "DELETE", say(P "/tasks/%s/claim", mine(t.wang)), NULL), 409);
	vote(t.wang, "reject");
	r = ask(t.li, "GET", say(P "/tasks/%s", task), NULL);
	expect_text(r, "\"phase\":\"open\"");
	expect_text(r, "看过");
	expect_text(r, say("\"assignee\":\"%s\"", t.li_id));
	expect_replays(&t);
	expect_status(act(t.li, task, "completion", NULL), 200);
	expect_outcome(&t, id, "sign");
}

TEST(a_task_ends_when_who_signs_beside_and_after_it_has_signed)
{
	struct hall t = test_hall();
	const char *sun_id = NULL;
	const char *sun = ask_person(t.admin, t.domain, NULL, "sun", "member", &sun_id);
	const char *id = at_check(&t), *task = task_of(&t, id);
	add(&t, task, "parallel", t.wang_id);
	add(&t, task, "after", sun_id);
	assert_null(mine(sun));
	expect_status(act(t.li, task, "completion", "{\"variables\":{\"n\":7}}"), 200);
	struct http_reply *r = act(t.li, task, "completion", NULL);
	expect_status(r, 409);
	expect_status(act(t.li, task, "return", "{\"node\":\"draft\"}"), 409);
	/* After it: when the ones beside it are done too. */
	assert_null(mine(sun));
	expect_replays(&t);
	vote(t.wang, "approve");
	expect_replays(&t);
	vote(sun, "approve");
	expect_outcome(&t, id, "\"n\":7");
}

TEST(who_is_to_sign_no_more_holds_up_nothing)
{
	struct hall t = test_hall();
	const char *sun_id = NULL;
	ask_person(t.admin, t.domain, NULL, "sun", "member", &sun_id);
	const char *id = at_check(&t), *task = task_of(&t, id);
	add(&t, task, "before", t.wang_id);
	add(&t, task, "after", sun_id);
	expect_status(ask(t.stranger, "DELETE", say(P "/tasks/%s/signers/%s", task, t.wang_id),
			  NULL),
		      404);
	expect_status(ask(t.wang, "DELETE", say(P "/tasks/%s/signers/%s", task, t.wang_id), NULL),
		      403);
	expect_status(ask(t.li, "DELETE", say(P "/tasks/%s/signers/%s", task, t.wang_id), NULL),
		      200);
	assert_null(mine(t.wang));
	expect_status(ask(t.li, "DELETE", say(P "/tasks/%s/signers/%s", task, sun_id), NULL), 200);
	expect_replays(&t);
	expect_status(act(t.li, task, "completion", NULL), 200);
	expect_outcome(&t, id, "sign");
}

TEST(signers_are_people_of_the_department_each_once)
{
	struct hall t = test_hall();
	const char *id = at_check(&t), *task = task_of(&t, id);
	struct http_reply *r =
		act(t.li, task, "signers", say("{\"kind\":\"after\",\"users\":[\"%032d\"]}", 1));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "users");
	r = act(t.li, task, "signers",
		say("{\"kind\":\"after\",\"users\":[\"%s\",\"%s\"]}", t.wang_id, t.wang_id));
	expect_status(r, 400);
	expect_text(r, "twice");
	expect_status(act(t.li, task, "signers", "{\"kind\":\"after\",\"users\":[]}"), 400);
	r = act(t.li, task, "signers", say("{\"kind\":\"after\",\"users\":[\"%s\"]}", t.li_id));
	expect_status(r, 409);
	expect_status(act(t.wang, task, "signers",
			  say("{\"kind\":\"after\",\"users\":[\"%s\"]}", t.wang_id)),
		      403);
	struct http_header key = { "Idempotency-Key", "s-1" };
	const char *path = say(P "/tasks/%s/signers", task);
	const char *body = say("{\"kind\":\"before\",\"users\":[\"%s\"]}", t.wang_id);
	expect_status(ask_with(&key, 1, t.li, "POST", path, body), 200);
	expect_status(ask_with(&key, 1, t.li, "POST", path, body), 200);
	vote(t.wang, "approve");
	assert_null(mine(t.wang));
	/* Returned while others sign: their parts go with it. */
	add(&t, task, "parallel", t.wang_id);
	expect_status(act(t.li, task, "return", "{\"node\":\"draft\"}"), 200);
	assert_null(mine(t.wang));
	assert_string_equal(node_at(&t, id), "draft");
	expect_replays(&t);
}

TEST(a_part_that_is_delegated_sets_nothing_and_comes_back_to_its_signer)
{
	struct hall t = test_hall();
	const char *sun_id = NULL, *zhao_id = NULL;
	const char *sun = ask_person(t.admin, t.domain, NULL, "sun", "member", &sun_id);
	const char *zhao = ask_person(t.admin, t.domain, NULL, "zhao", "member", &zhao_id);
	const char *id = at_check(&t), *task = task_of(&t, id);
	/* The task is delegated too, by somebody else. */
	expect_status(act(t.li, task, "delegation", say("{\"user_id\":\"%s\"}", t.wang_id)), 200);
	expect_status(act(t.wang, task, "signers",
			  say("{\"kind\":\"parallel\",\"users\":[\"%s\"]}", sun_id)),
		      200);
	expect_status(act(sun, mine(sun), "delegation", say("{\"user_id\":\"%s\"}", zhao_id)), 200);
	struct http_reply *r =
		act(zhao, mine(zhao), "completion", "{\"variables\":{\"amount\":1}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "variables");
	expect_status(act(zhao, mine(zhao), "completion", NULL), 200);
	expect_replays(&t);
	vote(sun, "approve");
	expect_status(act(t.wang, task, "completion", NULL), 200);
	assert_string_equal(mine(t.li), task);
	expect_status(act(t.li, task, "completion", NULL), 200);
	expect_outcome(&t, id, "sign");
}

TEST(names_of_the_engine_are_not_given_from_outside)
{
	struct hall t = test_hall();
	const char *id = at_check(&t), *task = task_of(&t, id);
	struct http_reply *r =
		act(t.li, task, "completion", "{\"variables\":{\"flow:owner\":\"me\"}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "variables");
	assert_string_equal(node_at(&t, id), "check");
}
