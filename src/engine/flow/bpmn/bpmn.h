/* SPDX-License-Identifier: Apache-2.0 */
/* BPMN 2.0.2 models: read from XML, kept whole, written back unchanged, and judged.
 *
 * Reading is the tolerant gate: whatever is well-formed XML with the BPMN namespace's 'definitions' at
 * its root comes in, and what is not BPMN (extensions, diagrams) stays in the tree untouched.
 * bpmn_check() is the strict gate before publishing; bpmn_sound() looks for deadlocks. */
#ifndef ENGINE_FLOW_BPMN_H
#define ENGINE_FLOW_BPMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/status.h"
#include "engine/flow/bpmn/bpmn_words.h"

#define BPMN_MODEL_NS "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPMN_DI_NS "http://www.omg.org/spec/BPMN/20100524/DI"

/* A model of a city's largest process has some thousand elements; ten times that is still read. */
#define BPMN_MAX_SIZE (16u << 20)
#define BPMN_MAX_DEPTH 128
#define BPMN_MAX_ELEMENTS 100000
/* Some rules compare elements with each other: the strict gate takes this many. */
#define BPMN_MAX_CHECKED 20000

struct bpmn_attribute {
	const char *name;  /* local name */
	const char *space; /* namespace; "" for none (BPMN's own attributes have none) */
	const char *value;
};

/* An element of BPMN's namespace, or a foreign one (BPMN_FOREIGN) inside it. Foreign elements have
 * children too, so that a room above can read its own extensions. */
struct bpmn_element {
	enum bpmn_kind kind; /* by name, or by xsi:type where one is given */
	const char *tag;     /* local name in the XML */
	const char *space;   /* namespace */
	const char *id;      /* NULL: none */
	const char *name;    /* NULL: none */
	const char *text;    /* own text, blanks at both ends cut; "" for none */
	struct bpmn_element *parent, *first, *next;
	const struct bpmn_attribute *attributes;
	uint32_t attribute_count;
	uint32_t index; /* in reading order, 0 is definitions */
	int line;
	struct bpmn_model *model;
	void *xml; /* the node of the kept tree: for writers of this room */
};

/* A model in memory. Owner: the arena given to bpmn_read(). */
struct bpmn_model;

struct bpmn_problem {
	int line;       /* 0: none */
	char text[256]; /* why, for people */
};

/* Reads 'size' bytes of XML. ST_TOO_LARGE: over a limit above. ST_BAD_INPUT: not well-formed, has a
 * document type (entities are never read), or is no BPMN 2.0 model. '*problem' then says why. Nothing
 * outside of the bytes is ever opened. */
enum status bpmn_read(struct arena *a, const void *bytes, size_t size, struct bpmn_model **out,
		      struct bpmn_problem *problem) MUST_USE;

/* The whole document as UTF-8 XML: every element, attribute, extension, comment and diagram that was
 * read. The text lives in 'a'. */
const char *bpmn_write(struct arena *a, const struct bpmn_model *m, size_t *size);

const struct bpmn_element *bpmn_definitions(const struct bpmn_model *m);
/* Elements in reading order. */
const struct bpmn_element *bpmn_at(const struct bpmn_model *m, uint32_t index);
uint32_t bpmn_count(const struct bpmn_model *m);
/* By id; NULL: none. With several of one id the first one read. */
const struct bpmn_element *bpmn_by_id(const struct bpmn_model *m, const char *id);

/* Whether 'e' is of 'kind' or of a kind derived from it in BPMN's class diagrams. */
bool bpmn_is(const struct bpmn_element *e, enum bpmn_kind kind);
/* An attribute without namespace (BPMN's own), or NULL. */
const char *bpmn_attr(const struct bpmn_element *e, const char *name);
/* An attribute of namespace 'space', or NULL. */
const char *bpmn_attr_of(const struct bpmn_element *e, const char *space, const char *name);
/* "true" or "1" of an xsd:boolean; 'otherwise' when it is absent. */
bool bpmn_flag(const struct bpmn_element *e, const char *name, bool otherwise);
/* The first child of that tag in BPMN's namespace, or NULL. */
const struct bpmn_element *bpmn_child(const struct bpmn_element *e, const char *tag);
/* The sibling after 'e' of the same tag, or NULL: with bpmn_child() a loop over one tag. */
const struct bpmn_element *bpmn_again(const struct bpmn_element *e);
/* The first child that bpmn_is() of 'kind', and the next one after 'e'; NULL: none. */
const struct bpmn_element *bpmn_first(const struct bpmn_element *e, enum bpmn_kind kind);
const struct bpmn_element *bpmn_after(const struct bpmn_element *e, enum bpmn_kind kind);
/* The text of the first child of that tag, or NULL. */
const char *bpmn_child_text(const struct bpmn_element *e, const char *tag);
/* The closest ancestor that bpmn_is() of 'kind', or NULL. */
const struct bpmn_element *bpmn_within(const struct bpmn_element *e, enum bpmn_kind kind);

/* What the QName 'name', written at 'e', names: an element of this model, or of an imported one
 * (bpmn_import()). NULL: nothing. */
const struct bpmn_element *bpmn_resolve(const struct bpmn_element *e, const char *name);
/* bpmn_resolve() of the attribute. */
const struct bpmn_element *bpmn_ref(const struct bpmn_element *e, const char *attribute);
/* The namespace of prefix 'prefix' ("" for the default one) at 'e', or NULL. */
const char *bpmn_namespace(const struct bpmn_element *e, const char *prefix);

/* An imported file as the one who reads the model finds it: ST_NOT_FOUND when there is none. The
 * bytes live in 'a'. 'location' is as the import element has it. */
struct bpmn_files {
	enum status (*open)(void *who, struct arena *a, const char *location, const void **bytes,
			    size_t *size);
	void *who;
	const char *own; /* the location of the model itself, for imports in a circle; or NULL */
};

/* Reads what the import elements of 'm' name, and what those import, once each; up to 64 files.
 * Failures stand in the findings of bpmn_check(). */
void bpmn_import(struct arena *a, struct bpmn_model *m, const struct bpmn_files *files);

/* ---- the strict gate ---- */

/* Something that keeps a model from being published, or (sound) that a designer should see. */
struct bpmn_finding {
	const char *rule;    /* "EXT.107", "XSD", "REF", "SOUND.deadlock" */
	const char *element; /* id of the element, "" if it has none */
	int line;
	const char *text; /* one sentence */
	struct bpmn_finding *next;
};

struct bpmn_findings {
	struct arena *arena;
	struct bpmn_finding *first, **tail;
	size_t count;
};

void bpmn_findings_init(struct bpmn_findings *f, struct arena *a);
/* One more finding; past 1000 they are counted only. */
void bpmn_find(struct bpmn_findings *f, const char *rule, const struct bpmn_element *at,
	       const char *fmt, ...) PRINTF(4, 5);

/* Judges 'm' by all rules: the schema's (XSD), references (REF), and the constraints of BPMN 2.0.2
 * (EXT.nnn, the numbers of BPMNspector and of the suite of betsy). Call bpmn_import() first when it
 * imports anything. A model of more than BPMN_MAX_CHECKED elements gets
 * the one finding LIMIT. No finding: the model may be published. */
void bpmn_check(const struct bpmn_model *m, struct bpmn_findings *out);

/* ---- soundness ---- */

/* Plays every process level's tokens through all ways they can go, conditions being able to turn out
 * any way, and finds SOUND.deadlock (tokens wait for ever), SOUND.unsafe (lack of synchronisation: a
 * sequence flow carries two tokens at once) and SOUND.dead (a node that no token reaches). Each comes
 * once per node or flow, with the shortest way there as witness. A level with a complex gateway, with
 * more than 250 flows, or with more than 'states' states (0: 20000) is not judged: SOUND.open says so,
 * which is a remark and no fault. */
void bpmn_sound(const struct bpmn_model *m, uint32_t states, struct bpmn_findings *out);

#endif
