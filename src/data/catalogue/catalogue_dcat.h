/* SPDX-License-Identifier: Apache-2.0 */
/* The names that writing and reading DCAT share. */
#ifndef DATA_CATALOGUE_CATALOGUE_DCAT_H
#define DATA_CATALOGUE_CATALOGUE_DCAT_H

#include "data/catalogue/catalogue_private.h"

#define NS_DCAT "http://www.w3.org/ns/dcat#"
#define NS_DCT "http://purl.org/dc/terms/"
#define NS_FOAF "http://xmlns.com/foaf/0.1/"
#define NS_SKOS "http://www.w3.org/2004/02/skos/core#"
#define NS_OWL "http://www.w3.org/2002/07/owl#"
#define NS_XSD "http://www.w3.org/2001/XMLSchema#"
#define NS_OURS "urn:x-yongyun:catalogue#"
#define NS_FREQUENCY "http://publications.europa.eu/resource/authority/frequency/"
#define NS_ACCESS "http://publications.europa.eu/resource/authority/access-right/"

/* In the order of cycle_words. */
extern const char *const dcat_frequencies[];

#endif
