#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes go only towards base/: layers.py SRC, or layers.py --self-test.

Reads every #include "..." under SRC and refuses one that leads away from base/ (the order is the
list in SRC/meson.build), that closes a circle, that names another room's *_private.h, or that
names a file that is not there. Prints each refusal with its line; the exit code is 1 if any.
"""
import os
import re
import sys
import tempfile

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)
# Made by the build, so not to be found under src/.
MADE = {"version.h"}
# Files of src/ itself stand after every room.
TOP = ""


def read_rooms(src):
    with open(os.path.join(src, "meson.build"), encoding="utf-8") as file:
        listed = re.search(r"^rooms = \[(.*?)^\]", file.read(), re.M | re.S)
    return re.findall(r"'([^']+)'", listed.group(1)) if listed else []


def room_of(path, rooms):
    """The room that holds 'path', a path under src/; TOP for src/ itself; None for neither."""
    folder = os.path.dirname(path)
    while folder:
        if folder in rooms:
            return folder
        folder = os.path.dirname(folder)
    return TOP if "/" not in path else None


def read_includes(src):
    """{file: [(line number, included as, path under src/ or None)]} for all C files."""
    found = {}
    for folder, _, names in os.walk(src):
        for name in sorted(names):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.relpath(os.path.join(folder, name), src)
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            rows = []
            for match in INCLUDE.finditer(text):
                target = match.group(1)
                beside = os.path.normpath(os.path.join(os.path.dirname(path), target))
                at = next((p for p in (beside, os.path.normpath(target))
                           if os.path.isfile(os.path.join(src, p))), None)
                rows.append((text.count("\n", 0, match.start()) + 1, target, at))
            found[path] = rows
    return found


def is_test(path):
    return os.path.basename(path).startswith("test_")


def circles(includes):
    """Each circle of headers once, as the list of its files, the first repeated at the end."""
    found, state, way = [], {}, []

    def visit(path):
        state[path] = "open"
        way.append(path)
        for _, _, at in includes.get(path, ()):
            if at is None:
                continue
            if state.get(at) == "open":
                found.append(way[way.index(at):] + [at])
            elif at not in state:
                visit(at)
        way.pop()
        state[path] = "done"

    for path in sorted(includes):
        if path not in state:
            visit(path)
    return found


def check(src):
    """The refusals, as lines for people."""
    rooms = read_rooms(src)
    if not rooms:
        return [f"{src}/meson.build: no list 'rooms = [...]' found"]
    rank = {room: n for n, room in enumerate(rooms)}
    rank[TOP] = len(rooms)
    includes = read_includes(src)
    bad = []
    for path, rows in sorted(includes.items()):
        own = room_of(path, rooms)
        if own is None:
            bad.append(f"{path}: stands in no room of src/meson.build")
            continue
        for line, target, at in rows:
            if at is None:
                # Test programs may include the harness, which stands outside src/.
                if target not in MADE and not (is_test(path) and not target.startswith("..")):
                    bad.append(f'{path}:{line}: "{target}" is not under src/')
                continue
            theirs = room_of(at, rooms)
            if theirs is None or theirs == own:
                continue
            if at.endswith("_private.h"):
                bad.append(f'{path}:{line}: "{target}" is private to {theirs}/')
            elif rank[theirs] > rank[own]:
                bad.append(f'{path}:{line}: "{target}" leads away from base/: '
                           f'{theirs or "src"} stands after {own}')
    bad += ["a circle: " + " -> ".join(way) for way in circles(includes)]
    return bad


def self_test():
    """Builds small trees, each with one fault, and wants each to be refused in its own words."""
    good = {
        "meson.build": "rooms = [\n\t'base',\n\t'db',\n\t'door/http',\n]\n",
        "base/arena.h": "#include <stddef.h>\n",
        "db/db.h": '#include "base/arena.h"\n',
        "db/db_private.h": '#include "db/db.h"\n',
        "db/db.c": '#include "db_private.h"\n',
        "door/http/http.h": '#include "db/db.h"\n',
        "door/http/test_http.c": '#include "door/http/http.h"\n#include "harness/test.h"\n',
        "main.c": '#include "door/http/http.h"\n#include "version.h"\n',
    }
    cases = [
        ("a tree in order", {}, None),
        ("a step away from base/", {"base/x.c": '#include "db/db.h"\n'}, "leads away"),
        ("a step away in the next room", {"db/x.c": '\n# include "door/http/http.h"\n'}, "x.c:2"),
        ("a step to src/ itself", {"top.h": "", "db/x.c": '#include "top.h"\n'}, "leads away"),
        ("another room's private header",
         {"door/http/x.c": '#include "db/db_private.h"\n'}, "private to db/"),
        ("the same through ..",
         {"door/http/x.c": '#include "../../db/db_private.h"\n'}, "private to db/"),
        ("a circle in one room",
         {"db/a.h": '#include "db/b.h"\n', "db/b.h": '#include "a.h"\n'}, "a circle"),
        ("a file that is not there", {"db/x.c": '#include "db/gone.h"\n'}, "not under src/"),
        ("a folder that is no room", {"attic/x.c": ""}, "no room"),
        ("no list of rooms", {"meson.build": "\n"}, "no list"),
    ]
    failed = 0
    for name, change, wanted in cases:
        with tempfile.TemporaryDirectory() as src:
            for path, text in {**good, **change}.items():
                full = os.path.join(src, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(text)
            bad = check(src)
        right = not bad if wanted is None else len(bad) == 1 and wanted in bad[0]
        failed += not right
        print(f"{'ok' if right else 'FAIL'} {name}" + ("" if right else f": {bad}"))
    print(f"{len(cases) - failed} passed, {failed} failed, 0 skipped")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test() != 0)
    src = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../src")
    bad = check(src)
    for line in bad:
        print(line)
    counted = sum(map(len, read_includes(src).values()))
    print(f"{counted} includes, {len(bad)} refused")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
