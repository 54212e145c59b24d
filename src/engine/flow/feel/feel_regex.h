/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of XQuery 1.0 and XPath 2.0 Functions §7.6, which FEEL's matches(), replace() and
 * split() speak, run by PCRE2 with limits. A pattern, or a flag, that is none is null and a diagnostic. */
#ifndef ENGINE_FLOW_FEEL_REGEX_H
#define ENGINE_FLOW_FEEL_REGEX_H

#include "engine/flow/feel/feel_private.h"

const struct feel_value *regex_matches(struct feel_run *r, const struct feel_string *input,
				       const struct feel_string *pattern,
				       const struct feel_string *flags);
const struct feel_value *regex_replace(struct feel_run *r, const struct feel_string *input,
				       const struct feel_string *pattern,
				       const struct feel_string *replacement,
				       const struct feel_string *flags);
const struct feel_value *regex_split(struct feel_run *r, const struct feel_string *input,
				     const struct feel_string *delimiter);

/* The same pattern in PCRE2's words, added to 'out'; NULL when it is well-formed, else what is wrong.
 * '*groups' gets the number of its groups. */
const char *regex_translate(const char *pattern, size_t size, bool dot_all, bool skip_space,
			    struct buf *out, unsigned *groups);

#endif
