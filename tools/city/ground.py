#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ground that a city stands on, laid by its system administrator before anybody moves in: the external network
through which routers lead out, and two resource pools. On one machine the two share its host by percent (60 and 40);
on several, each pool gets hosts of its own by the same calls.

    ground.py URL NAME [remove] <PASSWORD

What is there already stays as it is; "remove" takes the external network away again, which has rows in OVN.
"""
import sys
import time
import urllib.parse

from settle import City

OUTSIDE = "外网"
# The addresses of RFC 5737 for documentation: nobody's, so a demo can do no harm with them.
RANGE = "198.51.100.0/24"


# Name, network zone, protection level, and the share of each host in percent.
POOLS = [("政务外网三级", "government", 3, 60), ("互联网区二级", "internet", 2, 40)]


def pools(city, token):
    _, listed = city.ask("GET", "/api/v1/pools", token=token)
    if listed["pools"]:
        return
    # A host is known once it was looked at, which begins when the daemon does.
    for _ in range(150):
        _, known = city.ask("GET", "/api/v1/hosts", token=token)
        if known["hosts"]:
            break
        time.sleep(0.2)
    else:
        sys.exit("ground: no host was found: yongyun check says why")
    for name, zone, protection, share in POOLS:
        _, pool = city.ask("POST", "/api/v1/pools", {
            "name": name, "site": "东部机房", "network_zone": zone, "protection": protection}, token)
        for host in known["hosts"]:
            at = f"/api/v1/pools/{pool['id']}/hosts/{urllib.parse.quote(host['name'], safe='')}"
            city.ask("PUT", at, {"share": share}, token)


def domain_vdc(city, token, name):
    """The VDC of the city's own, which holds what belongs to no department."""
    _, listed = city.ask("GET", "/identity/v3/projects?domain_id=default", token=token)
    for project in listed["projects"]:
        if project["name"] == name:
            return project["id"]
    _, made = city.ask("POST", "/identity/v3/projects", {"project": {"name": name, "domain_id": "default"}}, token)
    return made["project"]["id"]


def outside(city, token):
    _, listed = city.ask("GET", "/network/v2.0/networks?router:external=true", token=token)
    if listed["networks"]:
        return
    owner = domain_vdc(city, token, "云平台")
    _, made = city.ask("POST", "/network/v2.0/networks", {"network": {
        "name": OUTSIDE, "router:external": True, "port_security_enabled": False, "project_id": owner}}, token)
    city.ask("POST", "/network/v2.0/subnets", {"subnet": {
        "name": f"{OUTSIDE}-v4", "network_id": made["network"]["id"], "ip_version": 4, "cidr": RANGE,
        "enable_dhcp": False, "project_id": owner}}, token)


def remove(city, token):
    _, listed = city.ask("GET", f"/network/v2.0/networks?name={urllib.parse.quote(OUTSIDE)}", token=token)
    for network in listed["networks"]:
        city.ask("DELETE", f"/network/v2.0/networks/{network['id']}", token=token)


def main(url, user, word=""):
    city = City(url)
    token = city.token(user, "Default", sys.stdin.readline().strip(), {"system": {"all": True}})
    if word == "remove":
        remove(city, token)
        return
    outside(city, token)
    pools(city, token)


if __name__ == "__main__":
    main(*sys.argv[1:4])
