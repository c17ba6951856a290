#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""syslog-ng's stomp() destination against a STOMP server.

Every check runs a private syslog-ng, which reads log lines from its standard input, and a subscriber on a plain socket
that sees what of them arrives. syslog-ng speaks 1.0 and only sends, so the checks are others than for the clients.
"""

import argparse
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid

TIMEOUT = 10
LINES = 20
FIELDS = 120
CONFIG = """
@version: 3.35
options { stats-freq(0); time-reopen(1); };
source lines { stdin(flags(syslog-protocol)); };
destination server {
    stomp(host("%(host)s") port(%(port)d) username("%(login)s") password("%(passcode)s")
          destination("%(destination)s") persistent(yes) ack(%(ack)s) body("body of $MSG")
          value-pairs(scope("selected-macros" "nv-pairs" "sdata") %(pairs)s));
};
log { source(lines); destination(server); };
"""
UNESCAPED = {r"\n": "\n", r"\r": "\r", r"\c": ":", r"\\": "\\"}


class Subscriber:
    """A connection of version 1.2 that gets the messages of one destination."""

    def __init__(self, destination):
        self.socket = socket.create_connection((args.host, args.port), TIMEOUT)
        self.socket.settimeout(TIMEOUT)
        self.input = self.socket.makefile("rb")
        self.write("CONNECT", {"accept-version": "1.2", "host": args.vhost or args.host,
                               "login": args.login, "passcode": args.passcode})
        self.read("CONNECTED")
        self.write("SUBSCRIBE", {"id": "0", "destination": destination, "receipt": "subscribed"})
        self.read("RECEIPT")

    def write(self, command, headers):
        lines = [command] + ["%s:%s" % header for header in headers.items()]
        self.socket.sendall(("\n".join(lines) + "\n\n\0").encode())

    def line(self):
        octets = self.input.readline()
        assert octets, "the connection is closed"
        return octets.decode().rstrip("\r\n")

    def read(self, expected):
        """The headers and the body of the next frame, which must be the expected one."""
        command = ""
        while not command:
            command = self.line()
        headers = {}
        while header := self.line():
            name, value = (re.sub(r"\\.", lambda found: UNESCAPED[found[0]], part) for part in header.split(":", 1))
            headers.setdefault(name, value)
        if "content-length" in headers:
            body = self.input.read(int(headers["content-length"]) + 1)[:-1]
        else:
            body = b""
            while not body.endswith(b"\0"):
                octet = self.input.read(1)
                assert octet, "the connection is closed within a frame"
                body += octet
            body = body[:-1]
        assert command == expected, "%s instead of %s: %s %r" % (command, expected, headers.get("message"), body)
        return headers, body.decode()

    def messages(self, count):
        received = []
        try:
            while len(received) < count:
                received.append(self.read("MESSAGE"))
        except TimeoutError:
            raise AssertionError("%d of %d messages within %d s" % (len(received), count, TIMEOUT))
        return received

    def close(self):
        self.write("DISCONNECT", {"receipt": "bye"})
        self.read("RECEIPT")
        self.socket.close()


@contextlib.contextmanager
def syslog_ng(destination, ack="yes", pairs=(), passcode=None):
    """A running syslog-ng; what is given is the file to write log lines to."""
    with tempfile.TemporaryDirectory() as directory:
        def at(name): return os.path.join(directory, name)
        settings = dict(host=args.host, port=args.port, login=args.login, passcode=passcode or args.passcode,
                        destination=destination, ack=ack,
                        pairs=" ".join('pair("%s" "%s")' % pair for pair in pairs))
        with open(at("conf"), "w", encoding="utf-8") as config:
            config.write(CONFIG.lstrip() % settings)
        with open(at("log"), "wb") as log:
            process = subprocess.Popen(
                [PROGRAM, "--foreground", "--stderr", "--no-caps", "--cfgfile", at("conf"), "--control", at("control"),
                 "--persist-file", at("persist"), "--pidfile", at("pid")],
                stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            yield process.stdin
        except AssertionError as why:
            with open(at("log"), encoding="utf-8", errors="replace") as log:
                raise AssertionError("%s; syslog-ng said: %s" % (why, log.read()[-500:]))
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def log(lines, count=LINES, text="line %d", data='colour="blue"'):
    for number in range(count):
        line = "<13>1 2026-01-02T10:11:12.5+01:00 stable.example app 42 ID7 [meta@32473 %s] " + text + "\n"
        lines.write((line % (data, number)).encode())
    lines.flush()


def equal(actual, expected):
    assert actual == expected, "expected %.120r, got %.120r" % (expected, actual)


def fresh(kind): return "/%s/syslog-ng-%s" % (kind, uuid.uuid4().hex)


def in_order(kind, ack):
    destination = fresh(kind)
    subscriber = Subscriber(destination)
    with syslog_ng(destination, ack) as lines:
        log(lines)
        bodies = [body for _, body in subscriber.messages(LINES)]
        equal(bodies, ["body of line %d" % number for number in range(LINES)])
    subscriber.close()


def headers():
    """Dozens of headers, with colons and characters of all kinds in them, that nobody has escaped."""
    destination = fresh("topic")
    subscriber = Subscriber(destination)
    pairs = [("field-%d" % number, "%d:/é русский:🐎 $MSG" % number) for number in range(FIELDS)]
    with syslog_ng(destination, pairs=pairs) as lines:
        log(lines, data='colour="b:l:u:e"')
        for number, (received, _) in enumerate(subscriber.messages(LINES)):
            equal(received[".SDATA.meta@32473.colour"], "b:l:u:e")
            equal(received["PROGRAM"], "app")
            for name, value in pairs:
                equal(received.get(name), value.replace("$MSG", "line %d" % number))
    subscriber.close()


def raw_header():
    """A backslash is nothing special in 1.0, not even before an n."""
    destination = fresh("topic")
    subscriber = Subscriber(destination)
    with syslog_ng(destination) as lines:
        log(lines, count=1, text=r"C:\new\temp \ %d")
        received, body = subscriber.messages(1)[0]
        equal(received["MESSAGE"], r"C:\new\temp \ 0")
        equal(body, r"body of C:\new\temp \ 0")
    subscriber.close()


def unicode_body():
    destination = fresh("topic")
    subscriber = Subscriber(destination)
    with syslog_ng(destination) as lines:
        log(lines, count=1, text="é русский %%41 \"double\" 🐎 \u2028 end %d")
        equal(subscriber.messages(1)[0][1], "body of é русский %41 \"double\" 🐎 \u2028 end 0")
    subscriber.close()


def large_body():
    destination = fresh("queue")
    subscriber = Subscriber(destination)
    with syslog_ng(destination) as lines:
        log(lines, count=1, text="0123456789abcdef" * 3072 + " %d")
        equal(len(subscriber.messages(1)[0][1]), 16 * 3072 + len("body of  0"))
    subscriber.close()


def wrong_password():
    """syslog-ng takes the ERROR for the answer that it waits for, so only what arrives can tell."""
    destination = fresh("topic")
    subscriber = Subscriber(destination)
    with syslog_ng(destination, passcode="not " + args.passcode) as lines:
        log(lines, count=1, text="with a wrong password %d")
    with syslog_ng(destination) as lines:
        log(lines, count=1)
        equal(subscriber.messages(1)[0][1], "body of line 0")
    subscriber.close()


CHECKS = {
    "version-1.0": lambda: in_order("topic", "no"),
    "topic": lambda: in_order("topic", "yes"),
    "queue": lambda: in_order("queue", "yes"),
    "unicode-body": unicode_body,
    "large-body": large_body,
    "headers": headers,
    "raw-header": raw_header,
    "wrong-password": wrong_password,
}
CANNOT = {
    "receive": "it only sends, by the 1.0 commands CONNECT and SEND",
    "heart-beat": "it speaks 1.0",
    "disconnect": "it closes the socket without a DISCONNECT",
}


def main():
    version = subprocess.run([PROGRAM, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode()
    failed = 0
    for name, check in CHECKS.items():
        try:
            check()
            print("ok", name, flush=True)
        except Exception as why:
            failed += 1
            print("FAILED %s: %s" % (name, " ".join(str(why).split()) or repr(why)), flush=True)
    for name, why in CANNOT.items():
        print("n/a %s: %s" % (name, why))
    print("syslog-ng %s: %d passed, %d failed, %d n/a" % (
        re.search(r"\((.+?)\)", version)[1], len(CHECKS) - failed, failed, len(CANNOT)))
    return 1 if failed else 0


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--ws-url", help="not used")
parser.add_argument("--login", required=True)
parser.add_argument("--passcode", required=True)
parser.add_argument("--vhost", help="the host header of the subscriber; without it the host")
args = parser.parse_args()
PROGRAM = shutil.which("syslog-ng", path=os.environ["PATH"] + ":/usr/sbin")
sys.exit(main())
