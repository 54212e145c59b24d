#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Settles the demo city behind tools/settle.sh: the departments of departments.tsv, each with its VDC, an
administrator and a person who registers the department's systems; two of them move in with two servers each.

    settle.py URL FOLDER DEPARTMENTS

FOLDER is the demo's: people (passwords in force of the two administrators, and what is added here),
one-time (passwords that are changed at the first sign-in), guest.qcow2. It asks by HTTP what
tools/settle.sh asks with the openstack client, and goes the city's way: the system administrator makes
departments and VDCs, the security administrator makes people and gives them roles.
"""
import base64
import http.client
import json
import os
import secrets
import sys
import urllib.parse

SETTLED = "交通局"  # by tools/settle.sh
# Who moves in with servers: the range of the network, and an address of somebody else's.
MOVES_IN = {"教育局": ("10.79.0", None), "水利局": ("10.81.0", "10.79.0.11")}


class City:
    def __init__(self, url):
        self.host = urllib.parse.urlparse(url).netloc

    def ask(self, method, path, body=None, token=None, headers=None, wanted=(200, 201, 202, 204)):
        """(headers, parsed body); ends the program in words when the answer is not as wanted."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        sent = dict(headers or {})
        if token:
            sent["X-Auth-Token"] = token
        if isinstance(body, bytes):
            sent.setdefault("Content-Type", "application/octet-stream")
        elif body is not None:
            body = json.dumps(body)
            sent["Content-Type"] = "application/json"
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        if answer.status not in wanted:
            sys.exit(f"settle: {method} {path}: {answer.status} {raw.decode('utf-8', 'replace')[:400]}")
        return answer, json.loads(raw) if raw else None

    def token(self, user, domain, password, scope):
        answer, _ = self.ask("POST", "/identity/v3/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user, "domain": {"name": domain}, "password": password}}},
            "scope": scope}})
        return answer.getheader("X-Subject-Token")

    def change_first_password(self, domain, user, old):
        """By the portal's interface, as the person would; the new password."""
        new = password()
        answer, session = self.ask("POST", "/api/v1/session",
                                   {"domain": domain, "user": user, "password": old})
        self.ask("POST", "/api/v1/session/password", {"original_password": old, "password": new},
                 headers={"Cookie": answer.getheader("Set-Cookie").split(";")[0],
                          "X-CSRF-Token": session["csrf"]})
        return new


def password():
    return f"Yy-{secrets.token_hex(9)}-7K"


def known(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.split() for line in lines)


def departments(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                code, name, zone, level, systems = line.rstrip("\n").split("\t")
                yield code, name, zone, 3 if level == "三级" else 2, systems.split("、")


def settle(city, system, security, roles, code, name):
    """A department with its VDC, its administrator (one-time password) and its operator (in force)."""
    _, made = city.ask("POST", "/identity/v3/domains", {"domain": {"name": name}}, system)
    domain = made["domain"]["id"]
    _, made = city.ask("POST", "/identity/v3/projects",
                       {"project": {"name": code, "domain_id": domain, "description": f"{name} VDC"}}, system)
    project = made["project"]["id"]
    people = {}
    for person, role, where in ((f"{code}-admin", "department_admin", f"domains/{domain}"),
                                (f"{code}-ops", "member", f"projects/{project}")):
        people[person] = password()
        _, made = city.ask("POST", "/identity/v3/users", {"user": {
            "name": person, "domain_id": domain, "password": people[person]}}, security)
        city.ask("PUT", f"/identity/v3/{where}/users/{made['user']['id']}/roles/{roles[role]}",
                 token=security)
    ops = f"{code}-ops"
    people[ops] = city.change_first_password(name, ops, people[ops])
    return people, project


def move_in(city, token, folder, network, other):
    """An image, a network, two servers that ping each other, and somebody who is not to be reached."""
    _, image = city.ask("POST", "/image/v2/images", {"name": "guest", "disk_format": "qcow2",
                                                    "container_format": "bare"}, token)
    with open(f"{folder}/guest.qcow2", "rb") as disk:
        city.ask("PUT", f"/image/v2/images/{image['id']}/file", disk.read(), token)
    _, made = city.ask("POST", "/network/v2.0/networks", {"network": {"name": "office"}}, token)
    net = made["network"]["id"]
    city.ask("POST", "/network/v2.0/subnets", {"subnet": {
        "name": "office-v4", "network_id": net, "ip_version": 4, "cidr": f"{network}.0/24"}}, token)
    _, flavors = city.ask("GET", "/compute/v2.1/flavors", token=token)
    flavor = next(f["id"] for f in flavors["flavors"] if f["name"] == "tiny")
    for n in (1, 2):
        pings = [f"{network}.1{3 - n}"] + ([other] if other else [])
        script = "#!/bin/sh\n" + "".join(f"ping {address}\n" for address in pings)
        city.ask("POST", "/compute/v2.1/servers", {"server": {
            "name": f"server-{n}", "imageRef": image["id"], "flavorRef": flavor, "config_drive": True,
            "networks": [{"uuid": net, "fixed_ip": f"{network}.1{n}"}],
            "user_data": base64.b64encode(script.encode()).decode()}}, token)


def write_openrc(url, folder, department, user, secret, vdc):
    with open(f"{folder}/openrc-{vdc}", "w", encoding="utf-8") as rc:
        rc.write(f"export OS_AUTH_URL={url}/identity/v3 OS_IDENTITY_API_VERSION=3\n"
                 f"export OS_USERNAME={user} OS_USER_DOMAIN_NAME={department} OS_PASSWORD='{secret}'\n"
                 f"export OS_PROJECT_NAME={vdc} OS_PROJECT_DOMAIN_NAME={department}\n")


def main(url, folder, table):
    os.umask(0o077)
    city = City(url)
    passwords = known(f"{folder}/people")
    whole = {"system": {"all": True}}
    system = city.token("sysadmin", "Default", passwords["sysadmin"], whole)
    security = city.token("secadmin", "Default", passwords["secadmin"], whole)
    _, listed = city.ask("GET", "/identity/v3/roles", token=security)
    roles = {role["name"]: role["id"] for role in listed["roles"]}
    count = registered = 0
    _, listed = city.ask("GET", "/api/v1/pools", token=system)
    pools = {pool["name"]: pool["id"] for pool in listed["pools"]}
    with open(f"{folder}/departments", "w", encoding="utf-8") as kept:
        for code, name, zone, level, systems in departments(table):
            if name == SETTLED:
                user, secret, vdc = "wang", passwords["wang"], "路况"
                _, listed = city.ask("GET", f"/identity/v3/projects?name={urllib.parse.quote(vdc)}", token=system)
                project = listed["projects"][0]["id"]
            else:
                people, project = settle(city, system, security, roles, code, name)
                user, secret, vdc = f"{code}-ops", people[f"{code}-ops"], code
                kept.writelines(f"{name}\t{person}\t{word}\n" for person, word in people.items())
                kept.flush()
            # The protection level of what it runs decides in which pool.
            pool = pools[zone + ("三级" if level == 3 else "二级")]
            city.ask("PUT", f"/api/v1/vdc-pools/{project}", {"pools": [pool]}, system)
            token = city.token(user, name, secret, {"project": {"name": vdc, "domain": {"name": name}}})
            for each in systems:
                city.ask("POST", "/api/v1/systems", {
                    "name": each, "purpose": f"{name}·{zone}", "protection_level": level,
                    "owner": name}, token)
                registered += 1
            if name in MOVES_IN:
                write_openrc(url, folder, name, user, secret, vdc)
                move_in(city, token, folder, *MOVES_IN[name])
            count += 1
    print(f"{count} departments and districts, {registered} systems")


if __name__ == "__main__":
    main(*sys.argv[1:4])
