#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A storm of processes by several clients at once: process.py URL PASSWORD NOTES, until its input ends.

Starts instances of one user task and completes them, each command with a key of its own; a client whose
command got no answer gives it again, as a careful client does. What was acknowledged is noted (one JSON
line each, flushed) after the answer has come. With --verify it asks whether each instance is there once,
in the state that was acknowledged, and whether its history has each command once, and whether a command
that is given again is answered as before. Prints a line for each breach; the exit code is 1 if any.
"""
import json
import sys
import threading
import time

from storm import CLIENTS, Cloud

AT = "/api/v1/process"
MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:storm">
<process id="storm" isExecutable="true">
<startEvent id="s"><outgoing>f1</outgoing></startEvent>
<userTask id="u"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
<endEvent id="e"><incoming>f2</incoming></endEvent>
<sequenceFlow id="f1" sourceRef="s" targetRef="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="e"/>
</process></definitions>"""


class Hall(Cloud):
    """A cloud that takes models and keys."""

    key = None

    def headers(self):
        more = super().headers()
        if self.key:
            more["Idempotency-Key"] = self.key
        return more

    def command(self, key, path, body):
        self.key = key
        try:
            return self.ask("POST", AT + path, body)
        finally:
            self.key = None


class Client(threading.Thread):
    def __init__(self, url, password, notes, lock, number, stop):
        super().__init__(daemon=True)
        self.hall = Hall(url, password)
        self.notes, self.lock, self.number, self.stop = notes, lock, number, stop
        self.count = 0

    def note(self, **what):
        with self.lock:
            self.notes.write(json.dumps(what) + "\n")
            self.notes.flush()

    def insist(self, key, path, body):
        """Gives a command until it is answered: (status, answer); None when the storm is over."""
        while not self.stop.is_set():
            try:
                if not self.hall.token:
                    self.hall.sign_in()
                status, answer = self.hall.command(key, path, body)
                if status == 401:
                    self.hall.token = None
                elif status < 500:
                    return status, answer
            except OSError:
                pass
            time.sleep(0.05)
        return None

    def run(self):
        while not self.stop.is_set():
            self.count += 1
            name = f"{self.number}-{self.count}-{time.time_ns()}"
            got = self.insist("s-" + name, "/instances", {"key": "storm", "business_key": name,
                                                          "variables": {"n": self.count}})
            if got is None:
                return
            if got[0] != 201:
                self.note(name=name, did="was refused", why=got[1])
                continue
            instance = got[1]["instance_id"]
            self.note(name=name, did="started", instance=instance)
            got = self.insist("c-" + name, f"/tasks/{instance}-3/completion",
                              {"variables": {"opinion": "同意"}})
            if got is None:
                return
            self.note(name=name, did="completed" if got[0] == 200 else "was refused", why=got[1],
                      instance=instance)


def deploy(url, password):
    hall = Hall(url, password)
    hall.sign_in()
    status, answer = hall.ask("POST", AT + "/definitions", MODEL)
    if status != 201:
        sys.exit(f"deploying: {status} {answer}")


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


def breaches(hall, name, did, instance):
    """What is not as it was acknowledged, in words."""
    _, page = hall.ask("GET", f"{AT}/instances?business_key={name}")
    if len(page["instances"]) != 1:
        yield f"{len(page['instances'])} instances"
        return
    row = page["instances"][0]
    if row["id"] != instance:
        yield f"it is instance {row['id']}"
    if did == "completed" and row["state"] != "completed":
        yield f"it is {row['state']}"
    _, log = hall.ask("GET", f"{AT}/instances/{instance}/history")
    commands = [entry["command"] for entry in log["entries"]]
    if commands != ["start", "complete"][:len(commands)] or not commands:
        yield f"its history is {commands}"
    if did == "completed":
        status, answer = hall.command("c-" + name, f"/tasks/{instance}-3/completion",
                                      {"variables": {"opinion": "同意"}})
        if status != 200 or answer["number"] != 2:
            yield f"completing it again is answered {status}"


def verify(url, password, path):
    hall = Hall(url, password)
    hall.sign_in()
    state, bad, completed = {}, 0, 0
    with open(path, encoding="utf-8") as notes:
        for line in notes:
            what = json.loads(line)
            state[what["name"]] = what
    for name, what in state.items():
        completed += what["did"] == "completed"
        wrong = [f"{what['did']}: {what.get('why')}"] if what["did"] == "was refused" else \
            list(breaches(hall, name, what["did"], what["instance"]))
        for why in wrong:
            bad += 1
            print(f"{name}: {why}")
    print(f"{len(state)} instances acknowledged, {completed} completed, {bad} breaches")
    return bad != 0 or not completed


if __name__ == "__main__":
    if sys.argv[1] == "--verify":
        sys.exit(verify(*sys.argv[2:5]))
    if sys.argv[1] == "--deploy":
        deploy(*sys.argv[2:4])
    else:
        storm(*sys.argv[1:4])
