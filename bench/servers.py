#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes and deletes servers for bench/servers: servers.py URL PASSWORD COMMAND ARGUMENT...

    prepare               image, flavor, network and quotas, once; prints nothing
    make COUNT CLIENTS    that many servers with one port each, by so many clients at once, until all are
                          ACTIVE; prints "SECONDS P50_MS P99_MS" of the whole and of the asks
    drop CLIENTS          deletes all servers and waits until they are gone; prints the seconds
    token                 prints a token
"""
import http.client
import json
import queue
import sys
import threading
import time
import urllib.parse

DOMAIN = {"name": "Default"}


class Cloud:
    """One kept connection. A refusal ends the program: what is measured must be what was asked."""

    def __init__(self, url, token=None):
        self.host = urllib.parse.urlparse(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=120)
        self.token = token

    def ask(self, method, path, body=None, wanted=(200, 201, 202, 204)):
        headers = {"Content-Type": "application/json", "OpenStack-API-Version": "compute 2.37"}
        if self.token:
            headers["X-Auth-Token"] = self.token
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status not in wanted:
            sys.exit(f"{method} {path}: {answer.status} {raw[:300]!r}")
        self.subject = answer.getheader("X-Subject-Token")
        return json.loads(raw) if raw else None

    def sign_in(self, password):
        got = self.ask("POST", "/identity/v3/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": "admin", "domain": DOMAIN, "password": password}}},
            "scope": {"project": {"name": "admin", "domain": DOMAIN}}}})
        self.token = self.subject
        return got["token"]["project"]["id"]

    def upload(self, image):
        headers = {"Content-Type": "application/octet-stream", "X-Auth-Token": self.token}
        self.connection.request("PUT", f"/image/v2/images/{image}/file", b"\0" * 1048576, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status != 204:
            sys.exit(f"the image was refused: {answer.status} {raw[:300]!r}")


def prepare(cloud, project):
    image = cloud.ask("POST", "/image/v2/images", {
        "name": "bench", "disk_format": "raw", "container_format": "bare"})["id"]
    cloud.upload(image)
    cloud.ask("POST", "/compute/v2.1/flavors", {"flavor": {
        "id": "1", "name": "bench", "ram": 32, "vcpus": 1, "disk": 1}})
    network = cloud.ask("POST", "/network/v2.0/networks", {"network": {"name": "bench"}})
    cloud.ask("POST", "/network/v2.0/subnets", {"subnet": {
        "network_id": network["network"]["id"], "ip_version": 4, "cidr": "10.64.0.0/16"}})
    cloud.ask("PUT", f"/compute/v2.1/os-quota-sets/{project}", {"quota_set": {
        "instances": -1, "cores": -1, "ram": -1}})
    cloud.ask("PUT", f"/network/v2.0/quotas/{project}", {"quota": {"port": -1}})


def in_parallel(url, token, clients, work):
    """Calls work(cloud, item) for what is in the queue, by so many threads."""
    def run(items):
        cloud = Cloud(url, token)
        while True:
            try:
                item = items.get_nowait()
            except queue.Empty:
                return
            work(cloud, item)

    def go(things):
        items = queue.Queue()
        for thing in things:
            items.put(thing)
        threads = [threading.Thread(target=run, args=(items,)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return go


def listed(cloud, query):
    found, marker = [], ""
    while True:
        page = cloud.ask("GET", f"/compute/v2.1/servers?limit=1000{query}{marker}")["servers"]
        found += [server["id"] for server in page]
        if len(page) < 1000:
            return found
        marker = f"&marker={found[-1]}"


def make(cloud, url, count, clients):
    image = cloud.ask("GET", "/image/v2/images")["images"][0]["id"]
    network = cloud.ask("GET", "/network/v2.0/networks?name=bench")["networks"][0]["id"]
    before = len(listed(cloud, ""))
    took = []

    def one(mine, number):
        began = time.monotonic()
        mine.ask("POST", "/compute/v2.1/servers", {"server": {
            "name": f"bench-{before + number}", "imageRef": image, "flavorRef": "1",
            "networks": [{"uuid": network}]}})
        took.append(time.monotonic() - began)
    began = time.monotonic()
    in_parallel(url, cloud.token, clients, one)(range(count))
    # The list that tells the end is a small one: of those that are still being built.
    while listed(cloud, "&status=BUILD"):
        if time.monotonic() - began > 600:
            sys.exit("after ten minutes not all servers are built")
        time.sleep(0.1)
    seconds = time.monotonic() - began
    failed = listed(cloud, "&status=ERROR")
    if failed:
        why = cloud.ask("GET", f"/compute/v2.1/servers/{failed[0]}")["server"].get("fault")
        sys.exit(f"{len(failed)} servers failed, one of them: {why}")
    took.sort()
    print(f"{seconds:.2f} {took[len(took) // 2] * 1000:.1f} {took[len(took) * 99 // 100] * 1000:.1f}")


def drop(cloud, url, clients):
    began = time.monotonic()
    servers = listed(cloud, "")
    in_parallel(url, cloud.token, clients, lambda mine, server: mine.ask(
        "DELETE", f"/compute/v2.1/servers/{server}"))(servers)
    while listed(cloud, ""):
        if time.monotonic() - began > 600:
            sys.exit("after ten minutes not all servers are gone")
        time.sleep(0.1)
    print(f"{len(servers)} {time.monotonic() - began:.2f}")


def main():
    url, password, command, *rest = sys.argv[1:]
    cloud = Cloud(url)
    project = cloud.sign_in(password)
    if command == "prepare":
        prepare(cloud, project)
    elif command == "make":
        make(cloud, url, int(rest[0]), int(rest[1]))
    elif command == "drop":
        drop(cloud, url, int(rest[0]))
    elif command == "token":
        print(cloud.token)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
