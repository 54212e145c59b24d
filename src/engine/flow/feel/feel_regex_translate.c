/* SPDX-License-Identifier: Apache-2.0 */
/* XML Schema's regular expressions (Part 2, appendix F, with XPath's additions) in PCRE2's words: class
 * subtraction, blocks, \i \c \d \w as Unicode has them; what PCRE2 knows beyond them is refused. */
#include <stdio.h>
#include "engine/flow/feel/feel_regex.h"

struct block {
	const char *name;
	uint32_t first, last;
};

/* Blocks of Unicode 3.1, as XML Schema 1.0 names them. */
static const struct block blocks[] = {
	{ "BasicLatin", 0x0, 0x7F },
	{ "Latin-1Supplement", 0x80, 0xFF },
	{ "LatinExtended-A", 0x100, 0x17F },
	{ "LatinExtended-B", 0x180, 0x24F },
	{ "IPAExtensions", 0x250, 0x2AF },
	{ "SpacingModifierLetters", 0x2B0, 0x2FF },
	{ "CombiningDiacriticalMarks", 0x300, 0x36F },
	{ "Greek", 0x370, 0x3FF },
	{ "GreekandCoptic", 0x370, 0x3FF },
	{ "Cyrillic", 0x400, 0x4FF },
	{ "Armenian", 0x530, 0x58F },
	{ "Hebrew", 0x590, 0x5FF },
	{ "Arabic", 0x600, 0x6FF },
	{ "Syriac", 0x700, 0x74F },
	{ "Thaana", 0x780, 0x7BF },
	{ "Devanagari", 0x900, 0x97F },
	{ "Bengali", 0x980, 0x9FF },
	{ "Gurmukhi", 0xA00, 0xA7F },
	{ "Gujarati", 0xA80, 0xAFF },
	{ "Oriya", 0xB00, 0xB7F },
	{ "Tamil", 0xB80, 0xBFF },
	{ "Telugu", 0xC00, 0xC7F },
	{ "Kannada", 0xC80, 0xCFF },
	{ "Malayalam", 0xD00, 0xD7F },
	{ "Sinhala", 0xD80, 0xDFF },
	{ "Thai", 0xE00, 0xE7F },
	{ "Lao", 0xE80, 0xEFF },
	{ "Tibetan", 0xF00, 0xFFF },
	{ "Myanmar", 0x1000, 0x109F },
	{ "Georgian", 0x10A0, 0x10FF },
	{ "HangulJamo", 0x1100, 0x11FF },
	{ "Ethiopic", 0x1200, 0x137F },
	{ "Cherokee", 0x13A0, 0x13FF },
	{ "UnifiedCanadianAboriginalSyllabics", 0x1400, 0x167F },
	{ "Ogham", 0x1680, 0x169F },
	{ "Runic", 0x16A0, 0x16FF },
	{ "Khmer", 0x1780, 0x17FF },
	{ "Mongolian", 0x1800, 0x18AF },
	{ "LatinExtendedAdditional", 0x1E00, 0x1EFF },
	{ "GreekExtended", 0x1F00, 0x1FFF },
	{ "GeneralPunctuation", 0x2000, 0x206F },
	{ "SuperscriptsandSubscripts", 0x2070, 0x209F },
	{ "CurrencySymbols", 0x20A0, 0x20CF },
	{ "CombiningMarksforSymbols", 0x20D0, 0x20FF },
	{ "LetterlikeSymbols", 0x2100, 0x214F },
	{ "NumberForms", 0x2150, 0x218F },
	{ "Arrows", 0x2190, 0x21FF },
	{ "MathematicalOperators", 0x2200, 0x22FF },
	{ "MiscellaneousTechnical", 0x2300, 0x23FF },
	{ "ControlPictures", 0x2400, 0x243F },
	{ "OpticalCharacterRecognition", 0x2440, 0x245F },
	{ "EnclosedAlphanumerics", 0x2460, 0x24FF },
	{ "BoxDrawing", 0x2500, 0x257F },
	{ "BlockElements", 0x2580, 0x259F },
	{ "GeometricShapes", 0x25A0, 0x25FF },
	{ "MiscellaneousSymbols", 0x2600, 0x26FF },
	{ "Dingbats", 0x2700, 0x27BF },
	{ "BraillePatterns", 0x2800, 0x28FF },
	{ "CJKRadicalsSupplement", 0x2E80, 0x2EFF },
	{ "KangxiRadicals", 0x2F00, 0x2FDF },
	{ "IdeographicDescriptionCharacters", 0x2FF0, 0x2FFF },
	{ "CJKSymbolsandPunctuation", 0x3000, 0x303F },
	{ "Hiragana", 0x3040, 0x309F },
	{ "Katakana", 0x30A0, 0x30FF },
	{ "Bopomofo", 0x3100, 0x312F },
	{ "HangulCompatibilityJamo", 0x3130, 0x318F },
	{ "Kanbun", 0x3190, 0x319F },
	{ "BopomofoExtended", 0x31A0, 0x31BF },
	{ "EnclosedCJKLettersandMonths", 0x3200, 0x32FF },
	{ "CJKCompatibility", 0x3300, 0x33FF },
	{ "CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DB5 },
	{ "CJKUnifiedIdeographs", 0x4E00, 0x9FFF },
	{ "YiSyllables", 0xA000, 0xA48F },
	{ "YiRadicals", 0xA490, 0xA4CF },
	{ "HangulSyllables", 0xAC00, 0xD7A3 },
	{ "PrivateUse", 0xE000, 0xF8FF },
	{ "CJKCompatibilityIdeographs", 0xF900, 0xFAFF },
	{ "AlphabeticPresentationForms", 0xFB00, 0xFB4F },
	{ "ArabicPresentationForms-A", 0xFB50, 0xFDFF },
	{ "CombiningHalfMarks", 0xFE20, 0xFE2F },
	{ "CJKCompatibilityForms", 0xFE30, 0xFE4F },
	{ "SmallFormVariants", 0xFE50, 0xFE6F },
	{ "ArabicPresentationForms-B", 0xFE70, 0xFEFE },
	{ "HalfwidthandFullwidthForms", 0xFF00, 0xFFEF },
};

struct translator {
	const char *s, *end;
	struct buf *out;
	bool dot_all;
	unsigned opened, closed, depth; /* groups */
	uint8_t is_closed[100];
	unsigned open_stack[100];
};

/* The classes of \s \i \c \d \w and their opposites, as what stands within brackets. */
static const char *letter_class(char c)
{
	switch (c) {
	case 's': return " \\t\\n\\r";
	case 'S': return "\\x{1}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}";
	case 'd': return "\\p{Nd}";
	case 'D': return "\\P{Nd}";
	case 'w': return "\\p{L}\\p{M}\\p{N}\\p{S}";
	case 'W': return "\\p{P}\\p{Z}\\p{C}";
	case 'i': return "\\p{L}\\p{Nl}_:";
	case 'c': return "\\p{L}\\p{Nl}\\p{M}\\p{Nd}._:\\-\\x{b7}";
	default: return NULL;
	}
}

static const char *category(struct translator *t, bool negative, bool in_class)
{
	char name[64];
	if (t->s >= t->end || *t->s != '{')
		return "'{' is expected after \\p";
	const char *close = memchr(t->s, '}', (size_t)(t->end - t->s));
	if (!close || (size_t)(close - t->s) - 1 >= sizeof(name))
		return "'}' is expected after \\p{";
	size_t size = (size_t)(close - t->s) - 1;
	memcpy(name, t->s + 1, size);
	name[size] = 0;
	t->s = close + 1;
	if (str_starts(name, "Is")) {
		for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
			if (strcmp(blocks[i].name, name + 2) != 0)
				continue;
			uint32_t a = blocks[i].first, z = blocks[i].last;
			buf_str(t->out, in_class ? "" : "[");
			if (!negative)
				buf_printf(t->out, "\\x{%x}-\\x{%x}", a, z);
			else if (a == 0)
				buf_printf(t->out, "\\x{%x}-\\x{10ffff}", z + 1);
			else
				buf_printf(t->out, "\\x{0}-\\x{%x}\\x{%x}-\\x{10ffff}", a - 1,
					   z + 1);
			buf_str(t->out, in_class ? "" : "]");
			return NULL;
		}
		return "there is no such block of characters";
	}
	static const char *const known = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi "
					 "Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn ";
	char asked[70];
	snprintf(asked, sizeof(asked), " %s ", name);
	if (size == 0 || strchr(name, ' ') || !strstr(known, asked))
		return "there is no such category of characters";
	buf_printf(t->out, "\\%c{%s}", negative ? 'P' : 'p', name);
	return NULL;
}

/* Behind a backslash. */
static const char *escape(struct translator *t, bool in_class)
{
	if (t->s >= t->end)
		return "a backslash stands at the end";
	char c = *t->s++;
	if (c == 'p' || c == 'P')
		return category(t, c == 'P', in_class);
	if (c == 'n' || c == 'r' || c == 't' || strchr("\\|.-^?*+{}()[]$", c)) {
		buf_char(t->out, '\\');
		buf_char(t->out, c);
		return NULL;
	}
	if ((c == 'I' || c == 'C') && !in_class) {
		buf_printf(t->out, "[^%s]", letter_class(c == 'I' ? 'i' : 'c'));
		return NULL;
	}
	const char *of = letter_class(c);
	if (of) {
		buf_printf(t->out, in_class ? "%s" : "[%s]", of);
		return NULL;
	}
	if (c < '1' || c > '9' || in_class)
		return "there is no such escape";
	unsigned group = (unsigned)(c - '0');
	while (t->s < t->end && *t->s >= '0' && *t->s <= '9' &&
	       group * 10 + (unsigned)(*t->s - '0') <= t->opened)
		group = group * 10 + (unsigned)(*t->s++ - '0');
	if (group > t->opened || group >= 100 || !t->is_closed[group])
		return "it refers back to a group that is not there";
	buf_printf(t->out, "\\g{%u}", group);
	return NULL;
}

/* Behind '['. A subtraction "-[...]" becomes a look ahead in front of the class. */
static const char *class_body(struct translator *t, unsigned depth)
{
	struct buf own = { .arena = t->out->arena }, *outer = t->out;
	struct buf minus = { .arena = t->out->arena };
	const char *why = NULL;
	bool first = true, closed = false;
	if (depth > 20)
		return "classes are nested too deeply";
	buf_char(&own, '[');
	if (t->s < t->end && *t->s == '^') {
		buf_char(&own, '^');
		t->s++;
	}
	t->out = &own;
	while (!why && t->s < t->end && !closed) {
		char c = *t->s++;
		if (c == ']') {
			if (first)
				why = "a class is empty";
			closed = true;
		} else if (c == '[') {
			why = "'[' stands within a class";
		} else if (c == '-' && t->s < t->end && *t->s == '[' && !first) {
			t->s++;
			t->out = &minus;
			why = class_body(t, depth + 1);
			t->out = &own;
			if (!why && (t->s >= t->end || *t->s != ']'))
				why = "']' is expected after a subtraction";
		} else if (c == '\\') {
			why = escape(t, true);
		} else if (c == '-' && !first && t->s < t->end && *t->s != ']' && t->s[-2] != '-' &&
			   own.size > 1 && t->s + 1 < t->end && t->s[0] == '-') {
			why = "a range of a class has no end";
		} else {
			buf_char(&own, c);
		}
		first = false;
	}
	t->out = outer;
	if (why)
		return why;
	if (!closed)
		return "a class is not closed";
	buf_char(&own, ']');
	if (minus.size)
		buf_printf(outer, "(?:(?!%s)", buf_text(&minus));
	buf_add(outer, buf_text(&own), own.size);
	if (minus.size)
		buf_char(outer, ')');
	return NULL;
}

/* Behind an atom: "?", "*", "+", "{n,m}", each perhaps reluctant. */
static const char *quantifier(struct translator *t)
{
	char c = *t->s++;
	buf_char(t->out, c);
	if (c == '{') {
		const char *close = memchr(t->s, '}', (size_t)(t->end - t->s));
		size_t digits = strspn(t->s, "0123456789");
		if (!close || digits == 0 || digits > 5)
			return "a quantity is not well-formed";
		const char *after = t->s + digits;
		if (*after == ',')
			after += 1 + strspn(after + 1, "0123456789");
		if (after != close)
			return "a quantity is not well-formed";
		buf_add(t->out, t->s, (size_t)(close + 1 - t->s));
		t->s = close + 1;
	}
	if (t->s < t->end && *t->s == '?')
		buf_char(t->out, *t->s++);
	if (t->s < t->end && strchr("?*+{", *t->s))
		return "a quantity stands behind a quantity";
	return NULL;
}

static const char *group(struct translator *t)
{
	bool counted = true;
	if (t->s < t->end && *t->s == '?') {
		if (t->s + 1 >= t->end || t->s[1] != ':')
			return "'(?' begins nothing";
		t->s += 2;
		counted = false;
	}
	if (t->depth >= 99 || t->opened >= 98)
		return "it has too many groups";
	buf_str(t->out, counted ? "(" : "(?:");
	t->open_stack[t->depth++] = counted ? ++t->opened : 0;
	return NULL;
}

static const char *atom(struct translator *t, char c, bool *quantified)
{
	*quantified = true;
	switch (c) {
	case '\\': return escape(t, false);
	case '[': return class_body(t, 0);
	case '.': buf_str(t->out, t->dot_all ? "(?s:.)" : "[^\\n\\r]"); return NULL;
	case '(': *quantified = false; return group(t);
	case ')':
		if (t->depth == 0)
			return "a ')' opens nothing";
		t->is_closed[t->open_stack[--t->depth]] = 1;
		buf_char(t->out, c);
		return NULL;
	case '|':
		*quantified = false;
		buf_char(t->out, c);
		return NULL;
	case ']':
	case '}': return "a bracket closes nothing";
	case '?':
	case '*':
	case '+':
	case '{': return "a quantity stands behind nothing";
	case '#':
	case '/':
		buf_char(t->out, '\\');
		buf_char(t->out, c);
		return NULL;
	default: buf_char(t->out, c); return NULL;
	}
}

/* Flag "x": space goes, but within classes. */
static size_t without_space(const char *s, size_t size, char *out)
{
	size_t n = 0, depth = 0;
	for (size_t i = 0; i < size; i++) {
		bool escaped = n > 0 && out[n - 1] == '\\' && (n < 2 || out[n - 2] != '\\');
		if (!escaped && s[i] == '[')
			depth++;
		if (!escaped && s[i] == ']' && depth > 0)
			depth--;
		if (depth > 0 || !strchr(" \t\n\r", s[i]))
			out[n++] = s[i];
	}
	return n;
}

const char *regex_translate(const char *pattern, size_t size, bool dot_all, bool skip_space,
			    struct buf *out, unsigned *groups)
{
	char *copy = arena_alloc(out->arena, size + 1);
	memcpy(copy, pattern, size);
	if (skip_space)
		size = without_space(pattern, size, copy);
	copy[size] = 0;
	struct translator t = { .s = copy, .end = copy + size, .out = out, .dot_all = dot_all };
	const char *why = NULL;
	while (!why && t.s < t.end) {
		bool quantified;
		unsigned char c = (unsigned char)*t.s++;
		if (c >= 0x80) {
			size_t step = utf8_step(t.s - 1, (size_t)(t.end - t.s) + 1);
			buf_add(out, t.s - 1, step);
			t.s += step - 1;
			quantified = true;
		} else {
			why = atom(&t, (char)c, &quantified);
		}
		if (!why && quantified && t.s < t.end && strchr("?*+{", *t.s))
			why = quantifier(&t);
	}
	if (!why && t.depth > 0)
		why = "a '(' is not closed";
	*groups = t.opened;
	return why;
}
