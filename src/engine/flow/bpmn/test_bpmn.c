/* SPDX-License-Identifier: Apache-2.0 */
/* Models read, written and judged. */
#include <string.h>
#include "base/text.h"
#include "engine/flow/bpmn/bpmn.h"
#include "harness.h"

#define HEAD                                                                                       \
	"<definitions xmlns='" BPMN_MODEL_NS "' xmlns:x='urn:x' targetNamespace='urn:t'"           \
	" xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:t'>"
#define TAIL "</definitions>"

static struct bpmn_model *read_text(const char *text)
{
	struct bpmn_model *m = NULL;
	struct bpmn_problem problem;
	enum status st = bpmn_read(test_call()->arena, text, strlen(text), &m, &problem);
	if (st)
		test_fail("%s", problem.text);
	return m;
}

static void refused(const char *text, enum status want, const char *part)
{
	struct bpmn_model *m = NULL;
	struct bpmn_problem problem;
	assert_int_equal(bpmn_read(test_call()->arena, text, strlen(text), &m, &problem), want);
	if (!strstr(problem.text, part))
		test_fail("'%s' does not say '%s'", problem.text, part);
}

static struct bpmn_findings checked(const char *text)
{
	struct bpmn_findings f;
	bpmn_findings_init(&f, test_call()->arena);
	bpmn_check(read_text(text), &f);
	return f;
}

static bool has(const struct bpmn_findings *f, const char *rule, const char *element)
{
	for (const struct bpmn_finding *x = f->first; x; x = x->next) {
		if (strcmp(x->rule, rule) == 0 && strcmp(x->element, element) == 0)
			return true;
	}
	return false;
}

TEST(a_document_type_is_refused_before_it_brings_entities)
{
	refused("<!DOCTYPE d [<!ENTITY a 'aaaa'>]>" HEAD TAIL, ST_BAD_INPUT, "document type");
	refused("<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" HEAD TAIL, ST_BAD_INPUT,
		"document type");
}

TEST(what_is_no_model_is_refused_with_its_line)
{
	struct bpmn_model *m;
	struct bpmn_problem problem;
	const char broken[] = "<a>\n<b></a>";
	refused("", ST_BAD_INPUT, "empty");
	refused("<process/>", ST_BAD_INPUT, "definitions");
	assert_int_equal(bpmn_read(test_call()->arena, broken, strlen(broken), &m, &problem),
			 ST_BAD_INPUT);
	assert_int_equal(problem.line, 2);
}

TEST(a_model_nested_too_deeply_is_refused)
{
	struct buf b = { test_call()->arena };
	buf_str(&b, HEAD);
	for (int i = 0; i < 140; i++)
		buf_str(&b, "<process>");
	for (int i = 0; i < 140; i++)
		buf_str(&b, "</process>");
	buf_str(&b, TAIL);
	refused(buf_text(&b), ST_TOO_LARGE, "nested");
}

TEST(extensions_comments_and_diagrams_are_written_back)
{
	const char text[] = HEAD "<!-- kept --><process id='p'><extensionElements><x:note y='1'>n"
				 "</x:note></extensionElements></process>" TAIL;
	size_t size;
	const char *out = bpmn_write(test_call()->arena, read_text(text), &size);
	assert_int_equal(strlen(out), size);
	assert_non_null(strstr(out, "<!-- kept -->"));
	assert_non_null(strstr(out, "<x:note y=\"1\">n</x:note>"));
}

TEST(elements_are_typed_by_name_and_by_xsi_type)
{
	const struct bpmn_model *m = read_text(
		HEAD "<process id='p'><userTask id='u'/><sequenceFlow id='f' sourceRef='u' "
		     "targetRef='t:u'><conditionExpression xsi:type='tFormalExpression'> a = 1 "
		     "</conditionExpression></sequenceFlow></process>" TAIL);
	const struct bpmn_element *u = bpmn_by_id(m, "u"), *f = bpmn_by_id(m, "f");
	assert_int_equal(u->kind, BPMN_USER_TASK);
	assert_true(bpmn_is(u, BPMN_ACTIVITY) && bpmn_is(u, BPMN_FLOW_NODE));
	assert_false(bpmn_is(u, BPMN_GATEWAY));
	assert_ptr_equal(bpmn_ref(f, "sourceRef"), u);
	assert_ptr_equal(bpmn_ref(f, "targetRef"), u); /* through the prefix of its own namespace */
	const struct bpmn_element *c = bpmn_child(f, "conditionExpression");
	assert_int_equal(c->kind, BPMN_FORMAL_EXPRESSION);
	assert_string_equal(c->text, "a = 1");
}

#define GOOD                                                                                       \
	"<startEvent id='s'><outgoing>a</outgoing></startEvent>"                                   \
	"<task id='t1'><incoming>a</incoming><outgoing>b</outgoing></task>"                        \
	"<endEvent id='e'><incoming>b</incoming></endEvent>"                                       \
	"<sequenceFlow id='a' sourceRef='s' targetRef='t1'/>"                                      \
	"<sequenceFlow id='b' sourceRef='t1' targetRef='e'/>"

TEST(a_sound_model_has_no_finding)
{
	struct bpmn_findings f =
		checked(HEAD "<process id='p' isExecutable='true'>" GOOD "</process>" TAIL);
	if (f.count)
		test_fail("%s %s", f.first->rule, f.first->text);
}

TEST(each_finding_names_rule_element_and_sentence)
{
	struct bpmn_findings f = checked(
		HEAD
		"<process id='p'><startEvent id='s'/><endEvent id='e' colour='red'/>"
		"<task id='s'/><sequenceFlow id='f' sourceRef='e' targetRef='gone'/></process>" TAIL);
	assert_true(has(&f, "EXT.101", "s"));
	assert_true(has(&f, "EXT.107", "e"));
	assert_true(has(&f, "EXT.104", "e") || has(&f, "EXT.023", "f"));
	assert_true(has(&f, "EXT.002", "s"));
	assert_true(has(&f, "XSD", "e"));
	assert_true(has(&f, "REF", "f"));
	for (const struct bpmn_finding *x = f.first; x; x = x->next)
		assert_true(strlen(x->text) > 10);
}

TEST(a_model_of_more_elements_than_rules_can_compare_is_told_so)
{
	struct buf b = { test_call()->arena };
	buf_str(&b, HEAD "<process id='p'>");
	for (int i = 0; i < BPMN_MAX_CHECKED; i++)
		buf_str(&b, "<task/>");
	buf_str(&b, "</process>" TAIL);
	struct bpmn_findings f = checked(buf_text(&b));
	assert_int_equal(f.count, 1);
	assert_string_equal(f.first->rule, "LIMIT");
}

TEST(children_out_of_the_schemas_order_are_found)
{
	struct bpmn_findings f =
		checked(HEAD "<process id='p'>" GOOD "<laneSet id='l'/></process>" TAIL);
	assert_true(has(&f, "XSD", "l"));
}

/* Imports come from a function: one file here, which imports back. */
static enum status open_other(void *who, struct arena *a, const char *location, const void **bytes,
			      size_t *size)
{
	(void)who, (void)a;
	static const char other[] =
		"<definitions xmlns='" BPMN_MODEL_NS "' targetNamespace='urn:o'>"
		"<import importType='" BPMN_MODEL_NS "' location='self.bpmn' namespace='urn:t'/>"
		"<message id='m' name='hello'/></definitions>";
	if (strcmp(location, "other.bpmn") != 0)
		return ST_NOT_FOUND;
	*bytes = other;
	*size = sizeof(other) - 1;
	return ST_OK;
}

TEST(names_reach_into_imported_files_and_circles_end)
{
	struct arena *a = test_call()->arena;
	struct bpmn_model *m = read_text(
		"<definitions xmlns='" BPMN_MODEL_NS "' xmlns:o='urn:o' targetNamespace='urn:t'>"
		"<import importType='" BPMN_MODEL_NS "' location='other.bpmn' namespace='urn:o'/>"
		"<import importType='" BPMN_MODEL_NS "' location='gone.bpmn' namespace='urn:g'/>"
		"<process id='p'><receiveTask id='r' messageRef='o:m'/></process></definitions>");
	struct bpmn_files files = { open_other, NULL, "self.bpmn" };
	struct bpmn_findings f;
	bpmn_import(a, m, &files);
	assert_string_equal(bpmn_ref(bpmn_by_id(m, "r"), "messageRef")->name, "hello");
	bpmn_findings_init(&f, a);
	bpmn_check(m, &f);
	assert_true(has(&f, "EXT.001", ""));
	assert_false(has(&f, "REF", "r"));
}

/* Findings of soundness of a process whose flows are given as "from>to" words. */
static struct bpmn_findings sound(const char *nodes, const char *flows)
{
	struct arena *a = test_call()->arena;
	struct buf b = { a };
	struct bpmn_findings f;
	buf_printf(&b, HEAD "<process id='p'>%s", nodes);
	struct words w = words_split(a, flows, ' ');
	for (size_t i = 0; i < w.count; i++) {
		const char *arrow = strchr(w.list[i], '>');
		buf_printf(&b, "<sequenceFlow id='f%zu' sourceRef='%.*s' targetRef='%s'/>", i,
			   (int)(arrow - w.list[i]), w.list[i], arrow + 1);
	}
	buf_str(&b, "</process>" TAIL);
	bpmn_findings_init(&f, a);
	bpmn_sound(read_text(buf_text(&b)), 0, &f);
	return f;
}

TEST(a_choice_before_a_parallel_join_is_a_deadlock_with_its_way)
{
	struct bpmn_findings f = sound("<startEvent id='s'/><exclusiveGateway id='x'/>"
				       "<parallelGateway id='j'/><endEvent id='e'/>"
				       "<task id='a'/><task id='b'/>",
				       "s>x x>a x>b a>j b>j j>e");
	assert_true(has(&f, "SOUND.deadlock", "j"));
	assert_true(has(&f, "SOUND.dead", "e"));
	assert_non_null(strstr(f.first->text, "s > x > a"));
}

TEST(a_split_that_is_merged_without_join_lacks_synchronisation)
{
	struct bpmn_findings f = sound("<startEvent id='s'/><parallelGateway id='x'/>"
				       "<exclusiveGateway id='j'/><endEvent id='e'/>"
				       "<task id='a'/><task id='b'/>",
				       "s>x x>a x>b a>j b>j j>e");
	assert_true(has(&f, "SOUND.unsafe", "f5"));
}

TEST(an_inclusive_join_waits_for_what_can_come_only)
{
	struct bpmn_findings f = sound("<startEvent id='s'/><inclusiveGateway id='x'/>"
				       "<inclusiveGateway id='j'/><endEvent id='e'/>"
				       "<task id='a'/><task id='b'/>",
				       "s>x x>a x>b a>j b>j j>e");
	assert_int_equal(f.count, 0);
}
