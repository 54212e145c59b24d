#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A storm of writes by several clients at once: storm.py URL PASSWORD NOTES, until its input ends.

Makes and deletes regions, VDCs, images, networks with subnets, and servers. What was acknowledged is
noted (one JSON line each, flushed) after the answer has come; what was asked, before. With --verify it
asks the cloud whether all that is noted is so: what was made and not asked to be deleted is there, what
was acknowledged as deleted is gone. Prints a line for each breach; the exit code is 1 if any.
"""
import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

CLIENTS = 8


class Cloud:
    def __init__(self, url, password):
        self.host = urllib.parse.urlparse(url).netloc
        self.password = password
        self.token = None

    def headers(self):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["X-Auth-Token"] = self.token
        return headers

    def ask(self, method, path, body=None):
        """(status, parsed body or None); raises OSError when no answer came. A text goes as it is."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            if body is not None and not isinstance(body, str):
                body = json.dumps(body)
            connection.request(method, path, body, self.headers())
            answer = connection.getresponse()
            raw = answer.read()
            self.subject = answer.getheader("X-Subject-Token")
        except http.client.HTTPException as broken:
            raise OSError(str(broken)) from broken
        finally:
            connection.close()
        try:
            return answer.status, json.loads(raw) if raw else None
        except ValueError:
            return answer.status, None

    def sign_in(self):
        self.token = None
        domain = {"name": "Default"}
        status, _ = self.ask("POST", "/identity/v3/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "admin", "domain": domain, "password": self.password}}},
            "scope": {"project": {"name": "admin", "domain": domain}}}})
        if status != 201:
            raise OSError(f"signing in: {status}")
        self.token = self.subject


# kind: (where it is made, body from a name, member that wraps the answer or None)
KINDS = {
    "region": ("/identity/v3/regions", lambda n: {"region": {"id": n}}, "region"),
    "vdc": ("/identity/v3/projects", lambda n: {"project": {"name": n}}, "project"),
    "image": ("/image/v2/images", lambda n: {"name": n, "disk_format": "raw",
                                             "container_format": "bare"}, None),
    "network": ("/network/v2.0/networks", lambda n: {"network": {"name": n}}, "network"),
}


class Client(threading.Thread):
    def __init__(self, url, password, notes, lock, number, stop):
        super().__init__(daemon=True)
        self.cloud = Cloud(url, password)
        self.notes, self.lock, self.number, self.stop = notes, lock, number, stop
        self.mine = []
        self.made = 0
        self.random = random.Random(number)

    def note(self, **what):
        with self.lock:
            self.notes.write(json.dumps(what) + "\n")
            self.notes.flush()

    def make(self):
        kind = self.random.choice(list(KINDS))
        path, body, wrap = KINDS[kind]
        name = f"storm-{self.number}-{time.time_ns()}"
        status, answer = self.cloud.ask("POST", path, body(name))
        if status == 201:
            thing = answer[wrap] if wrap else answer
            self.note(did="made", path=f"{path}/{thing['id']}")
            self.mine.append(f"{path}/{thing['id']}")
        elif status == 401:
            self.cloud.sign_in()

    def drop(self):
        path = self.mine.pop(self.random.randrange(len(self.mine)))
        self.note(did="asked to delete", path=path)
        status, _ = self.cloud.ask("DELETE", path)
        if status in (204, 202):
            self.note(did="deleted", path=path)

    def run(self):
        while not self.stop.is_set():
            try:
                if not self.cloud.token:
                    self.cloud.sign_in()
                if self.mine and self.random.random() < 0.4:
                    self.drop()
                else:
                    self.make()
            except OSError:
                self.cloud.token = None
                time.sleep(0.05)


def storm(url, password, path):
    stop, lock = threading.Event(), threading.Lock()
    with open(path, "a", encoding="utf-8") as notes:
        clients = [Client(url, password, notes, lock, n, stop) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        sys.stdin.read()
        stop.set()
        for client in clients:
            client.join(35)


def verify(url, password, path):
    cloud = Cloud(url, password)
    cloud.sign_in()
    state = {}
    with open(path, encoding="utf-8") as notes:
        for line in notes:
            what = json.loads(line)
            state[what["path"]] = what["did"]
    bad = 0
    for path, did in state.items():
        status, _ = cloud.ask("GET", path)
        if (did == "made" and status != 200) or (did == "deleted" and status != 404):
            bad += 1
            print(f"{path}: {did} was acknowledged, now {status}")
    print(f"{len(state)} things asked for, {bad} not as acknowledged")
    return bad != 0 or not state


if __name__ == "__main__":
    if sys.argv[1] == "--verify":
        sys.exit(verify(*sys.argv[2:5]))
    storm(*sys.argv[1:4])
