/* SPDX-License-Identifier: Apache-2.0 */
/* Random lives of instances: whatever is asked in whatever order, doing their logs again gives the state
 * and the rows that stand in the database. */
#include <stdlib.h>
#include "base/id.h"
#include "test_process.h"

#define P "/api/v1/process"

static uint64_t dice;

/* From 0 to below 'n'. */
static unsigned roll(unsigned n)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((dice >> 33) % n);
}

/* Two branches: tasks for each of a list, with reminders; and a choice that may go round, a message, a job
 * that may fail, with a sub-process that can be left by an error of its own. */
static const char *maze(void)
{
	return model(
		"<message id=\"m\" name=\"go\"/><interface id=\"i\" name=\"i\"><operation id=\"op\""
		" name=\"op\"><inMessageRef>m</inMessageRef></operation></interface>"
		"<process id=\"maze\" isExecutable=\"true\" flow:searchable=\"n\">"
		"<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		"<parallelGateway id=\"p1\"><incoming>f1</incoming><outgoing>f2</outgoing>"
		"<outgoing>f3</outgoing></parallelGateway>"
		"<userTask id=\"each\" "
		"flow:candidateRoles=\"member, department_admin\"><incoming>f2</incoming>"
		"<outgoing>f4</outgoing><multiInstanceLoopCharacteristics id=\"mi\" "
		"flow:collection=\"list\" flow:elementVariable=\"one\"/></userTask>"
		"<boundaryEvent id=\"remind\" attachedToRef=\"each\" cancelActivity=\"false\">"
		"<outgoing>f9</outgoing><timerEventDefinition id=\"td\"><timeCycle "
		"xsi:type=\"tFormalExpression\">R3/PT7S</timeCycle></timerEventDefinition>"
		"</boundaryEvent>"
		"<userTask id=\"urge\"><incoming>f9</incoming><outgoing>f10</outgoing></userTask>"
		"<endEvent id=\"e2\"><incoming>f10</incoming></endEvent>"
		"<userTask id=\"choose\"><incoming>f3</incoming><incoming>f8</incoming>"
		"<outgoing>f5</outgoing></userTask>"
		"<exclusiveGateway id=\"x\" default=\"f8\"><incoming>f5</incoming>"
		"<outgoing>f6</outgoing><outgoing>f8</outgoing></exclusiveGateway>"
		"<serviceTask id=\"job\" flow:act=\"test.maybe\" flow:retries=\"1\" "
		"flow:resultVariable=\"got\"><incoming>f6</incoming><outgoing>f7</outgoing>"
		"</serviceTask>"
		"<intermediateCatchEvent id=\"c\"><incoming>f7</incoming><outgoing>f11</outgoing>"
		"<messageEventDefinition id=\"md\" messageRef=\"m\"><operationRef>op</operationRef>"
		"</messageEventDefinition></intermediateCatchEvent>"
		"<parallelGateway id=\"p2\"><incoming>f4</incoming><incoming>f11</incoming>"
		"<outgoing>f12</outgoing></parallelGateway>"
		"<endEvent id=\"e\"><incoming>f12</incoming></endEvent>"
		"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"p1\"/>"
		"<sequenceFlow id=\"f2\" sourceRef=\"p1\" targetRef=\"each\"/>"
		"<sequenceFlow id=\"f3\" sourceRef=\"p1\" targetRef=\"choose\"/>"
		"<sequenceFlow id=\"f4\" sourceRef=\"each\" targetRef=\"p2\"/>"
		"<sequenceFlow id=\"f5\" sourceRef=\"choose\" targetRef=\"x\"/>"
		"<sequenceFlow id=\"f6\" sourceRef=\"x\" targetRef=\"job\"><conditionExpression "
		"xsi:type=\"tFormalExpression\">n &gt; 2</conditionExpression></sequenceFlow>"
		"<sequenceFlow id=\"f7\" sourceRef=\"job\" targetRef=\"c\"/>"
		"<sequenceFlow id=\"f8\" sourceRef=\"x\" targetRef=\"choose\"/>"
		"<sequenceFlow id=\"f9\" sourceRef=\"remind\" targetRef=\"urge\"/>"
		"<sequenceFlow id=\"f10\" sourceRef=\"urge\" targetRef=\"e2\"/>"
		"<sequenceFlow id=\"f11\" sourceRef=\"c\" targetRef=\"p2\"/>"
		"<sequenceFlow id=\"f12\" sourceRef=\"p2\" targetRef=\"e\"/></process>");
}

static enum status maybe(struct call *c, int64_t instance, const json_t *variables, json_t **result)
{
	(void)instance;
	if (json_integer_value(json_object_get(variables, "n")) == 4)
		return fail(c, ST_CONFLICT, NULL, "four is refused");
	*result = json_pack("{s:i}", "stamp", 1);
	return ST_OK;
}

/* The number that stands behind 'name' in the 'which'th object that has it; 0: none. */
static const char *pick(const struct http_reply *r, const char *list, const char *name)
{
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	json_t *all = json_object_get(body, list);
	size_t n = json_array_size(all);
	const json_t *v = n ? json_object_get(json_array_get(all, roll((unsigned)n)), name) : NULL;
	const char *text = !v                  ? NULL
			   : json_is_string(v) ? say("%s", json_string_value(v))
					       : say("%lld", (long long)json_integer_value(v));
	json_decref(body);
	return text;
}

static void on_task(const struct hall *t)
{
	const char *who = roll(2) ? t->wang : t->chief;
	struct http_reply *r =
		ask(who, "GET", roll(2) ? P "/tasks?list=mine" : P "/tasks?list=available", NULL);
	const char *task = pick(r, "tasks", "id");
	if (!task)
		return;
	switch (roll(4)) {
	case 0: ask(who, "POST", say(P "/tasks/%s/claim", task), NULL); break;
	case 1: ask(who, "DELETE", say(P "/tasks/%s/claim", task), NULL); break;
	default:
		ask(who, "POST", say(P "/tasks/%s/completion", task),
		    say("{\"variables\":{\"n\":%u,\"by\":\"%u\"}}", roll(6), roll(3)));
	}
}

static void on_instance(const struct hall *t)
{
	struct http_reply *r = ask(t->chief, "GET", P "/instances?state=running&limit=20", NULL);
	const char *id = pick(r, "instances", "id");
	if (roll(3) == 0) {
		r = ask(t->chief, "GET", P "/instances?state=suspended", NULL);
		id = pick(r, "instances", "id");
		if (id)
			ask(t->chief, "POST", say(P "/instances/%s/activation", id), NULL);
		return;
	}
	if (!id)
		return;
	switch (roll(8)) {
	case 0: ask(t->chief, "POST", say(P "/instances/%s/suspension", id), NULL); break;
	case 1:
		if (roll(4) == 0)
			ask(t->chief, "DELETE", say(P "/instances/%s", id), NULL);
		break;
	default:
		ask(t->chief, "POST", say(P "/instances/%s/variables", id),
		    say("{\"variables\":{\"n\":%u}}", roll(6)));
	}
}

static void on_incident(const struct hall *t)
{
	struct http_reply *r = ask(t->chief, "GET", P "/incidents?limit=1", NULL);
	const char *id = pick(r, "incidents", "instance_id"),
		   *execution = pick(r, "incidents", "execution");
	if (id)
		ask(t->chief, "POST",
		    say(P "/instances/%s/incidents/%s/%s", id, execution,
			roll(3) ? "retry" : "skip"),
		    NULL);
}

static void step(const struct hall *t, int n)
{
	switch (roll(9)) {
	case 0:
		ask(t->wang, "POST", P "/instances",
		    say("{\"key\":\"maze\",\"business_key\":\"b%d\",\"variables\":{\"n\":%u,"
			"\"list\":[1,\"二\",{\"a\":3.5}]}}",
			n % 10, roll(6)));
		break;
	case 1:
		ask(t->robot, "POST", P "/messages",
		    say("{\"name\":\"go\",\"business_key\":\"b%u\",\"ttl\":60,"
			"\"variables\":{\"heard\":%d}}",
			roll(10), n));
		break;
	case 2:
		clock_set(clock_now() + (int64_t)roll(4) * CLOCK_SECOND);
		tick(t);
		break;
	case 3: on_instance(t); break;
	case 4: on_incident(t); break;
	default: on_task(t);
	}
}

static bool any_completed(const struct hall *t)
{
	return pick(ask(t->chief, "GET", P "/instances?state=completed&limit=1", NULL), "instances",
		    "id");
}

/* YONGYUN_DICE repeats the run that printed them. */
TEST(the_logs_of_random_instances_give_their_state_and_rows)
{
	const char *more = getenv("YONGYUN_STEPS"), *again = getenv("YONGYUN_DICE");
	int steps = more ? (int)strtol(more, NULL, 10) : 600;
	struct hall t = test_hall();
	random_bytes(&dice, sizeof(dice));
	if (again)
		dice = strtoull(again, NULL, 10);
	print_message("# dice %llu\n", (unsigned long long)dice);
	process_offer("test.maybe", maybe);
	deploy_model(&t, maze());
	clock_set(clock_now());
	/* The maze is long: unlucky dice need more steps until one has come to its end. */
	for (int n = 0; n < steps || (n < 10 * steps && !any_completed(&t)); n++) {
		step(&t, n);
		if (n % 150 == 149)
			expect_replays(&t);
	}
	assert_true(any_completed(&t));
	expect_replays(&t);
	clock_set(0);
}
