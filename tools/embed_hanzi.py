#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns Unicode's data into tables for linkage: embed_hanzi.py OUT.c UNICODE_FOLDER

Readings come from the dictionaries that Unihan quotes: 通用规范汉字字典 (kTGHZ2013), 现代汉语词典
(kXHC1983), else kMandarin; the simplified form from kSimplifiedVariant; shape from the four-corner code;
letters without accents from the canonical decompositions. Licence of the data: Unicode's.
"""
import bz2
import re
import sys
import unicodedata

FIRST, LAST = 0x3400, 0x9FFF
READINGS = 3
INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "f": "h"}
SPLIT = re.compile(r"^(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)(.*)$")


def read(folder, name):
    found = {}
    with bz2.open(f"{folder}/Unihan_{name}.txt.bz2", "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("U+"):
                point, field, value = line.rstrip("\n").split("\t")
                found.setdefault(field, {})[int(point[2:], 16)] = value
    return found


def plain(syllable):
    letters = unicodedata.normalize("NFD", syllable.lower()).replace("u\u0308", "v")
    return "".join(ch for ch in letters if "a" <= ch <= "z")


def fuzzy(syllable):
    initial, final = SPLIT.match(syllable).groups()
    final = re.sub(r"(a|e|i)ng$", r"\1n", final)
    return INITIALS.get(initial, initial) + final


def main():
    out, folder = sys.argv[1:]
    readings, variants = read(folder, "Readings"), read(folder, "Variants")
    likes = read(folder, "DictionaryLikeData")
    syllables, rows = {"": 0}, []
    for point in range(FIRST, LAST + 1):
        heard = []
        texts = re.findall(r":([^ ]+)", readings["kTGHZ2013"].get(point, "") + " " +
                           readings["kXHC1983"].get(point, ""))
        main_one = readings["kMandarin"].get(point, "").split(" ")[0]
        for text in [main_one] + ",".join(texts).split(","):
            syllable = plain(text)
            if syllable and syllable not in heard:
                heard.append(syllable)
        numbers = [syllables.setdefault(s, len(syllables)) for s in heard[:READINGS]]
        simple = variants["kSimplifiedVariant"].get(point, "").split(" ")
        target = int(simple[0][2:], 16) if simple[0] and len(simple) == 1 else point
        if f"U+{point:04X}" in simple or not FIRST <= target <= LAST:
            target = point
        corner = re.match(r"(\d{4})", likes["kFourCornerCode"].get(point, ""))
        rows.append((target, int(corner.group(1)) + 1 if corner else 0,
                     numbers + [0] * (READINGS - len(numbers))))
    classes = {}
    fuzzies = [classes.setdefault(fuzzy(s), len(classes)) for s in syllables]
    with open(out, "w", encoding="utf-8") as file:
        file.write("/* Made by tools/embed_hanzi.py from Unicode's data. */\n"
                   '#include "engine/linkage/hanzi.h"\n\n'
                   "const struct hanzi hanzi_table[HANZI_LAST - HANZI_FIRST + 1] = {\n")
        for target, corner, numbers in rows:
            file.write("{%d,%d,{%s}},\n" % (target, corner, ",".join(map(str, numbers))))
        file.write("};\nconst char *const hanzi_syllables[] = {\n")
        file.write(",".join(f'"{s}"' for s in syllables))
        file.write("};\nconst uint16_t hanzi_fuzzy[] = {")
        file.write(",".join(map(str, fuzzies)))
        file.write("};\nconst unsigned hanzi_syllable_count = %d;\n" % len(syllables))
        file.write("const uint16_t latin_plain[LATIN_LAST + 1] = {\n")
        for point in range(0x250):
            base = unicodedata.normalize("NFD", chr(point))[0].lower()
            if len(base) != 1 or ord(base) > 0x24F:
                base = chr(point)
            file.write("%d,%s" % (ord(base), "\n" if point % 16 == 15 else ""))
        file.write("};\n")


main()
