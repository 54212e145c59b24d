#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A storm of writes by several clients at once: storm.py URL PASSWORD NOTES [KIND...], until its input
ends.

Makes and deletes regions, VDCs, images, networks, and servers with a port each (KIND: region, vdc, image,
network, server; all unless said). STORM_IMAGE names an image file for the servers (otherwise a megabyte of
zeroes), STORM_CLIENTS how many clients there are. What was acknowledged is noted (one JSON line each,
flushed) after the answer has come; what was asked, before. With --verify it asks the cloud whether all that
is noted is so: what was made and not asked to be deleted is there, what was acknowledged as deleted is gone;
servers are given a minute to be what was asked for, and none may be left in an error. --settle waits until no
server is on its way; --clear deletes all servers and waits until they are gone. Prints a line for each
breach; the exit code is 1 if any.
"""
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.parse

CLIENTS = int(os.environ.get("STORM_CLIENTS", "8"))
PATIENCE = 120
# The hosts have room for what all clients keep, what is on its way out, and what was made without an answer that
# came: a server that fits nowhere is no breach to be found.
SERVERS_EACH = int(os.environ.get("STORM_SERVERS_EACH", "30"))


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

    def upload(self, path, data):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("PUT", path, data, {"Content-Type": "application/octet-stream",
                                               "X-Auth-Token": self.token})
        status = connection.getresponse().status
        connection.close()
        return status

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
    "server": ("/compute/v2.1/servers", None, "server"),
}
SERVERS = KINDS["server"][0]
STORM = "storm"


def prepare(cloud):
    """What servers need, once: image, flavor, a network with addresses, no quota in the way."""
    images = cloud.ask("GET", f"/image/v2/images?name={STORM}")[1]["images"]
    if images:
        image = images[0]["id"]
        network = cloud.ask("GET", f"/network/v2.0/networks?name={STORM}")[1]["networks"][0]["id"]
        return {"image": image, "network": network}
    path = os.environ.get("STORM_IMAGE")
    data = b"\0" * 1048576
    if path:
        with open(path, "rb") as file:
            data = file.read()
    image = cloud.ask("POST", "/image/v2/images", {
        "name": STORM, "disk_format": "qcow2" if path else "raw", "container_format": "bare"})[1]["id"]
    done = cloud.upload(f"/image/v2/images/{image}/file", data)
    if done != 204:
        sys.exit(f"the image was refused: {done}")
    network = cloud.ask("POST", "/network/v2.0/networks", {"network": {"name": STORM}})[1]["network"]["id"]
    cloud.ask("POST", "/network/v2.0/subnets", {"subnet": {
        "network_id": network, "ip_version": 4, "cidr": "10.64.0.0/16"}})
    cloud.ask("POST", "/compute/v2.1/flavors", {"flavor": {
        "id": STORM, "name": STORM, "ram": 128, "vcpus": 1, "disk": 1}})
    project = cloud.ask("GET", "/identity/v3/projects?name=admin")[1]["projects"][0]["id"]
    for path, body in ((f"/compute/v2.1/os-quota-sets/{project}",
                        {"quota_set": {"instances": -1, "cores": -1, "ram": -1}}),
                       (f"/network/v2.0/quotas/{project}", {"quota": {"port": -1, "network": -1}})):
        status, answer = cloud.ask("PUT", path, body)
        if status != 200:
            sys.exit(f"{path}: {status} {answer}")
    return {"image": image, "network": network}


def server_body(name, base):
    return {"server": {"name": name, "imageRef": base["image"], "flavorRef": STORM,
                       "networks": [{"uuid": base["network"]}]}}


def servers_of(cloud):
    status, answer = cloud.ask("GET", f"{SERVERS}/detail?limit=1000")
    if status != 200:
        raise OSError(f"listing servers: {status}")
    return answer["servers"]


def settle(cloud):
    """Waits until no server is on its way; gives those that are still."""
    end = time.monotonic() + PATIENCE
    while True:
        moving = [s for s in servers_of(cloud)
                  if s["OS-EXT-STS:task_state"] or s["status"] in ("BUILD", "DELETED")]
        if not moving or time.monotonic() > end:
            return moving
        time.sleep(0.2)


class Client(threading.Thread):
    def __init__(self, url, password, notes, lock, number, stop, kinds, base):
        super().__init__(daemon=True)
        self.kinds, self.base = kinds, base
        self.cloud = Cloud(url, password)
        self.notes, self.lock, self.number, self.stop = notes, lock, number, stop
        self.mine, self.leaving = [], []
        self.random = random.Random(number)

    def note(self, **what):
        with self.lock:
            self.notes.write(json.dumps(what) + "\n")
            self.notes.flush()

    def servers(self):
        """How many places on hosts are taken by those that are kept and those that are not gone yet: after a
        kill nobody deletes for a while."""
        if len(self.leaving) > SERVERS_EACH // 4:
            self.leaving = [path for path in self.leaving if self.cloud.ask("GET", path)[0] != 404]
        return len(self.leaving) + sum(path.startswith(SERVERS) for path in self.mine)

    def make(self):
        kind = self.random.choice(self.kinds)
        if kind == "server" and self.servers() >= SERVERS_EACH:
            return
        path, body, wrap = KINDS[kind]
        name = f"storm-{self.number}-{time.time_ns()}"
        asked = body(name) if body else server_body(name, self.base)
        status, answer = self.cloud.ask("POST", path, asked)
        if status in (201, 202):
            thing = answer[wrap] if wrap else answer
            self.note(did="made", path=f"{path}/{thing['id']}")
            self.mine.append(f"{path}/{thing['id']}")
        elif status == 401:
            self.cloud.sign_in()

    def drop(self):
        path = self.mine.pop(self.random.randrange(len(self.mine)))
        self.note(did="asked to delete", path=path)
        if path.startswith(SERVERS):
            self.leaving.append(path)
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


def storm(url, password, path, *kinds):
    stop, lock = threading.Event(), threading.Lock()
    base = None
    while not base:  # the first kill may come before the first question
        try:
            cloud = Cloud(url, password)
            cloud.sign_in()
            base = prepare(cloud)
        except OSError:
            time.sleep(0.05)
    kinds = kinds or tuple(KINDS)
    with open(path, "a", encoding="utf-8") as notes:
        clients = [Client(url, password, notes, lock, n, stop, kinds, base) for n in range(CLIENTS)]
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
    for server in settle(cloud):
        bad += 1
        print(f"{server['id']}: still {server['status']} after {PATIENCE} s: "
              f"{server['OS-EXT-STS:task_state']}")
    for server in servers_of(cloud):
        if server["status"] == "ERROR":
            bad += 1
            print(f"{server['id']}: an error: {server.get('fault')}")
    for path, did in state.items():
        status, _ = cloud.ask("GET", path)
        if (did == "made" and status != 200) or (did == "deleted" and status != 404):
            bad += 1
            print(f"{path}: {did} was acknowledged, now {status}")
    of_them = sum(path.startswith(SERVERS) for path in state)
    print(f"{len(state)} things asked for, {of_them} servers among them, {bad} not as acknowledged")
    return bad != 0 or not state


def clear(cloud, path):
    with open(path, "a", encoding="utf-8") as notes:
        for server in servers_of(cloud):
            notes.write(json.dumps({"did": "asked to delete", "path": f"{SERVERS}/{server['id']}"}) + "\n")
            cloud.ask("DELETE", f"{SERVERS}/{server['id']}")
    end = time.monotonic() + PATIENCE
    while servers_of(cloud):
        if time.monotonic() > end:
            print(f"after {PATIENCE} s servers are left")
            return 1
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    if sys.argv[1] in ("--settle", "--clear", "--prepare"):
        there = Cloud(*sys.argv[2:4])
        there.sign_in()
        if sys.argv[1] == "--prepare":
            prepare(there)
            sys.exit(0)
        sys.exit(bool(settle(there)) if sys.argv[1] == "--settle" else clear(there, sys.argv[4]))
    if sys.argv[1] == "--verify":
        sys.exit(verify(*sys.argv[2:5]))
    storm(*sys.argv[1:])
