/* SPDX-License-Identifier: Apache-2.0 */
/* What a text is found by, and what a question looks for. */
#include "base/terms.h"
#include "harness.h"

static void note(void *arg, const char *term, bool alone)
{
	struct buf *b = arg;

	buf_printf(b, "%s%s ", term, alone ? "!" : "");
}

static const char *terms_of(const char *text)
{
	struct buf b = { .arena = test_call()->arena };

	each_term(text, note, &b);
	return buf_text(&b);
}

TEST(chinese_is_cut_into_characters_and_pairs_and_other_writing_into_words)
{
	assert_string_equal(terms_of("开办A公司"), "开 开办! 办 a! 公 公司! 司 ");
	assert_string_equal(terms_of("ＡＢＣ-１２ x"), "abc! 12! x! ");
	assert_string_equal(terms_of("税"), "税! ");
	assert_string_equal(terms_of("\xff\xe5"), "");
}

TEST(a_question_looks_for_pairs_and_words_each_once_and_not_for_too_many)
{
	struct term list[3];

	assert_int_equal(terms_of_question(test_call()->arena, "企业 企业 abc", list, 3), 2);
	assert_string_equal(list[0].text, "企业");
	assert_string_equal(list[1].text, "abc");
	assert_int_equal(terms_of_question(test_call()->arena, "a b c d e", list, 3), 3);
	assert_int_equal(terms_needed(1), 1);
	assert_int_equal(terms_needed(2), 2);
	assert_int_equal(terms_needed(5), 3);
}

TEST(a_bag_adds_the_weights_of_places_up_to_a_bound)
{
	struct term_bag b;
	int64_t company = 0;

	term_bag_init(&b, test_call()->arena, 4);
	term_bag_text(&b, NULL, 1);
	term_bag_text(&b, "公司", 40);
	term_bag_text(&b, "公司", 990);
	for (size_t i = 0; i < b.room; i++)
		if (str_eq(b.slots[i].text, "公司"))
			company = b.slots[i].weight;
	assert_int_equal(company, TERM_WEIGHT_MAX);
	assert_int_equal(b.count, 3);
	term_bag_text(&b, "x y z", 1);
	assert_int_equal(b.count, 4);
}
