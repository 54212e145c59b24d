/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's gauges, beside the house's counters. */
#include "test_process.h"

#define P "/api/v1/process"

TEST(what_waits_and_what_cannot_go_on_is_counted_for_the_operator)
{
	struct hall t = test_hall();
	int64_t at = clock_now();
	struct http_reply *r = ask(t.admin, "GET", "/api/metrics", NULL);
	expect_status(r, 200);
	expect_text(r, "\nyongyun_process_tasks 0\n");
	expect_text(r, "\nyongyun_process_task_age_seconds 0\n");
	expect_text(r, "\nyongyun_process_jobs{kind=\"http\"} 0\n");
	expect_text(r, "# TYPE yongyun_process_incidents gauge\n");
	clock_set(at);
	deploy_model(&t, one_task("permit", NULL));
	deploy_model(&t, process_of("works", NULL,
				    "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
				    "<serviceTask id=\"w\" flow:worker=\"x\" flow:retries=\"0\">"
				    "<incoming>f1</incoming><outgoing>f2</outgoing></serviceTask>"
				    "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
				    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"w\"/>"
				    "<sequenceFlow id=\"f2\" sourceRef=\"w\" targetRef=\"e\"/>"));
	start_process(&t, "permit", NULL);
	start_process(&t, "permit", NULL);
	start_process(&t, "works", NULL);
	expect_status(ask(t.robot, "POST", P "/messages", "{\"name\":\"m\",\"ttl\":600}"), 200);
	clock_set(at + 90 * CLOCK_SECOND);
	r = ask(t.admin, "GET", "/api/metrics", NULL);
	expect_text(r, "\nyongyun_process_tasks 2\n");
	expect_text(r, "\nyongyun_process_task_age_seconds 90\n");
	expect_text(r, "\nyongyun_process_jobs{kind=\"worker\"} 1\n");
	expect_text(r, "\nyongyun_process_job_lag_seconds 90\n");
	expect_text(r, "\nyongyun_process_messages{kind=\"message\"} 1\n");
	expect_text(r, "\nyongyun_process_message_age_seconds 90\n");
	expect_text(r, "\nyongyun_process_incidents 0\n");
	r = ask(t.robot, "POST", P "/jobs/activation", "{\"topic\":\"x\"}");
	const char *job = member(r, "job");
	expect_status(ask(t.robot, "POST", say(P "/jobs/%s/failure", job), "{\"reason\":\"no\"}"),
		      200);
	r = ask(t.admin, "GET", "/api/metrics", NULL);
	expect_text(r, "\nyongyun_process_incidents 1\n");
	expect_text(r, "\nyongyun_process_jobs{kind=\"worker\"} 0\n");
	expect_text(r, "\nyongyun_calls_total ");
	clock_set(0);
}
