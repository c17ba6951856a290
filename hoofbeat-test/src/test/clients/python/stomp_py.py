#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""stomp.py against a STOMP server: every check has connections and destinations of its own."""

import argparse
import os
import sys
import threading
import time
import uuid

import stomp
from stomp.exception import ConnectFailedException

VERSIONS = {"1.0": stomp.Connection10, "1.1": stomp.Connection11, "1.2": stomp.Connection12}
UNICODE = "é русский %41 \"double\" 'single' 🐎 \u2028 end"
TIMEOUT = 5
LARGE_TIMEOUT = 15


class Session(stomp.ConnectionListener):
    """One connection, whose frames are waited for by what they are rather than by when they come."""

    opened = []

    def __init__(self, version="1.2", passcode=None, heart_beat=(0, 0), decode=True):
        options = {"host_and_ports": [(args.host, args.port)], "auto_decode": decode, "reconnect_attempts_max": 1,
                   "try_loopback_connect": False}
        if version != "1.0":
            options.update(heartbeats=heart_beat, vhost=args.vhost)
        self.version, self.frames, self.changed = version, [], threading.Condition()
        self.closed, self.beats = False, 0
        self.connection = VERSIONS[version](**options)
        self.connection.set_listener("check", self)
        Session.opened.append(self)
        self.connection.connect(args.login, passcode or args.passcode)
        self.connected = self.expect("CONNECTED")

    def on_connected(self, frame): self.add(frame)
    def on_message(self, frame): self.add(frame)
    def on_receipt(self, frame): self.add(frame)
    def on_error(self, frame): self.add(frame)

    def on_heartbeat(self):
        self.beats += 1

    def on_disconnected(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def add(self, frame):
        with self.changed:
            self.frames.append(frame)
            self.changed.notify_all()

    def expect(self, command, timeout=TIMEOUT, **headers):
        """The first frame of this command with these headers; an ERROR that nobody asked for ends the check."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}

        def matches(frame):
            return frame.cmd == command and all(frame.headers.get(n) == v for n, v in wanted.items())

        with self.changed:
            self.changed.wait_for(lambda: self.closed or any(
                matches(frame) or frame.cmd == "ERROR" for frame in self.frames), timeout)
            for frame in self.frames:
                if matches(frame):
                    self.frames.remove(frame)
                    return frame
            for frame in self.frames:
                if frame.cmd == "ERROR":
                    raise AssertionError("ERROR %s %r" % (frame.headers.get("message"), frame.body))
        raise AssertionError("no %s %s %s" % (
            command, wanted, "before the connection closed" if self.closed else "within %d s" % timeout))

    def await_closed(self, timeout=TIMEOUT):
        with self.changed:
            return self.changed.wait_for(lambda: self.closed, timeout)

    def subscribe(self, destination, ack="auto", **headers):
        self.connection.subscribe(destination, id="sub", ack=ack, headers=headers)

    def send(self, destination, body="", headers=None, **more):
        # stomp.py counts the characters of a str, but content-length means octets; so it gets octets.
        body = body.encode() if isinstance(body, str) else body
        self.connection.send(destination, body, headers=headers, **more)

    def bodies(self, count):
        return [self.expect("MESSAGE").body for _ in range(count)]

    def ack(self, message):
        if self.version == "1.2":
            self.connection.ack(message.headers["ack"])
        elif self.version == "1.1":
            self.connection.ack(message.headers["message-id"], "sub")
        else:
            self.connection.ack(message.headers["message-id"])

    def close(self):
        """DISCONNECT with a receipt, so that the server is known to have taken back what was not acknowledged."""
        receipt = uuid.uuid4().hex
        self.connection.disconnect(receipt=receipt)
        self.expect("RECEIPT", receipt_id=receipt)


def equal(actual, expected):
    assert actual == expected, "expected %.120r, got %.120r" % (expected, actual)


def topic(): return "/topic/python-" + uuid.uuid4().hex
def queue(): return "/queue/python-" + uuid.uuid4().hex


def round_trip(body, decode=True, timeout=TIMEOUT):
    session, destination = Session(decode=decode), topic()
    session.subscribe(destination)
    session.send(destination, body)
    received = session.expect("MESSAGE", timeout).body
    assert received == body, "the body of %d came back as %d: %.80r" % (len(body), len(received), received)
    session.close()


def version(number):
    session, destination = Session(number), queue()
    equal(session.connected.headers.get("version", "1.0"), number)
    session.subscribe(destination, ack="client")
    session.send(destination, number)
    message = session.expect("MESSAGE")
    equal(message.body, number)
    session.ack(message)
    session.close()


def headers_come_back(number, headers):
    session, destination = Session(number), topic()
    session.subscribe(destination)
    session.send(destination, "x", dict(headers))
    received = session.expect("MESSAGE").headers
    for name, value in headers.items():
        equal(received.get(name), value)
    session.close()


def unicode_header():
    for number in VERSIONS:
        headers_come_back(number, {"x-имя": "é русский %41 🐎"})


def escaped_header():
    headers_come_back("1.1", {"x-odd": "a:b \\ c\nd \\n e"})
    headers_come_back("1.2", {"x-odd": "a:b \\ c\nd \\n e\r f"})


def receipts():
    session, destination = Session(), queue()
    connection = session.connection
    connection.subscribe(destination, id="sub", ack="client", receipt="r-subscribe")
    session.expect("RECEIPT", receipt_id="r-subscribe")
    session.send(destination, "one", receipt="r-send")
    session.expect("RECEIPT", receipt_id="r-send")
    message = session.expect("MESSAGE")
    connection.nack(message.headers["ack"], receipt="r-nack")
    session.expect("RECEIPT", receipt_id="r-nack")
    connection.ack(session.expect("MESSAGE").headers["ack"], receipt="r-ack")
    session.expect("RECEIPT", receipt_id="r-ack")
    for end, receipt in ((connection.commit, "r-commit"), (connection.abort, "r-abort")):
        connection.begin(receipt, receipt=receipt + "-begin")
        session.expect("RECEIPT", receipt_id=receipt + "-begin")
        end(receipt, receipt=receipt)
        session.expect("RECEIPT", receipt_id=receipt)
    connection.unsubscribe("sub", receipt="r-unsubscribe")
    session.expect("RECEIPT", receipt_id="r-unsubscribe")
    session.close()


def five_then_close(ack, acknowledge):
    """Gets five messages, acknowledges as told, ends the connection; returns what the next subscriber gets."""
    first, destination = Session(), queue()
    first.subscribe(destination, ack)
    for number in range(1, 6):
        first.send(destination, str(number))
    messages = [first.expect("MESSAGE") for _ in range(5)]
    equal([message.body for message in messages], list("12345"))
    acknowledge(first, messages)
    first.close()
    second = Session()
    second.subscribe(destination, "client-individual")
    return second, destination


def rest_is(second, destination, expected):
    messages = [second.expect("MESSAGE") for _ in expected]
    equal([message.body for message in messages], expected)
    second.send(destination, "sentinel")
    messages.append(second.expect("MESSAGE"))
    equal(messages[-1].body, "sentinel")
    for message in messages:
        second.ack(message)
    second.close()


def ack_auto():
    rest_is(*five_then_close("auto", lambda session, messages: None), [])


def ack_client():
    rest_is(*five_then_close("client", lambda session, messages: session.ack(messages[2])), ["4", "5"])


def ack_client_individual():
    def acknowledge(session, messages):
        session.ack(messages[1])
        session.ack(messages[3])
    rest_is(*five_then_close("client-individual", acknowledge), ["1", "3", "5"])


def nack():
    for number in ("1.1", "1.2"):
        session, destination = Session(number), queue()
        session.subscribe(destination, "client-individual")
        session.send(destination, "again")
        message = session.expect("MESSAGE")
        if number == "1.2":
            session.connection.nack(message.headers["ack"])
        else:
            session.connection.nack(message.headers["message-id"], "sub")
        message = session.expect("MESSAGE")
        equal(message.body, "again")
        equal(message.headers.get("redelivered"), "true")
        session.ack(message)
        session.close()


def transaction(end):
    """Two messages in a transaction and one outside, which must be the only one until the transaction ends."""
    session, destination = Session(), topic()
    session.subscribe(destination)
    name = session.connection.begin()
    session.send(destination, "in 1", transaction=name)
    session.send(destination, "in 2", transaction=name)
    session.send(destination, "out")
    equal(session.bodies(1), ["out"])
    end(session.connection)(name)
    session.send(destination, "after")
    return session


def transaction_commit():
    session = transaction(lambda connection: connection.commit)
    equal(session.bodies(3), ["in 1", "in 2", "after"])
    session.close()


def transaction_abort():
    session = transaction(lambda connection: connection.abort)
    equal(session.bodies(1), ["after"])
    session.close()


def wildcard():
    session, base = Session(), topic()
    session.subscribe(base + ".*")
    session.send(base + ".a.b", "two segments")
    session.send(base + ".a", "one segment")
    message = session.expect("MESSAGE")
    equal(message.body, "one segment")
    equal(message.headers["destination"], base + ".a")
    session.close()


def heart_beat():
    wanted = int(os.environ.get("HEARTBEAT_MS", "1000"))
    session, destination = Session(heart_beat=(wanted, wanted)), topic()
    server_sends, server_wants = map(int, session.connected.headers["heart-beat"].split(","))
    assert server_sends and server_wants, "the server offers no heart-beats"
    seconds = 3.3 * max(wanted, server_sends, server_wants) / 1000
    assert not session.await_closed(seconds), "closed while idle"
    assert session.beats >= 3, "%d beats in %.1f s" % (session.beats, seconds)
    session.subscribe(destination)
    session.send(destination, "alive")
    equal(session.bodies(1), ["alive"])
    session.close()


def wrong_password():
    try:
        Session(passcode="not " + args.passcode)
    except AssertionError as refused:
        assert str(refused).startswith("ERROR"), refused
        assert Session.opened[-1].await_closed(), "the connection stays open after the ERROR"
    except ConnectFailedException:
        raise AssertionError("closed without an ERROR")
    else:
        raise AssertionError("connected with a wrong password")


def disconnect():
    session = Session()
    session.close()
    assert session.await_closed(), "still open after the receipt"
    equal([frame.cmd for frame in session.frames], [])


CHECKS = {
    "version-1.0": lambda: version("1.0"),
    "version-1.1": lambda: version("1.1"),
    "version-1.2": lambda: version("1.2"),
    "text": lambda: round_trip("hello, world"),
    "unicode-body": lambda: round_trip(UNICODE),
    "binary-body": lambda: round_trip(bytes(range(256)) * 4, decode=False),
    "large-body": lambda: round_trip("0123456789abcdef" * 65536, timeout=LARGE_TIMEOUT),
    "unicode-header": unicode_header,
    "escaped-header": escaped_header,
    "receipts": receipts,
    "ack-auto": ack_auto,
    "ack-client": ack_client,
    "ack-client-individual": ack_client_individual,
    "nack": nack,
    "transaction-commit": transaction_commit,
    "transaction-abort": transaction_abort,
    "wildcard": wildcard,
    "heart-beat": heart_beat,
    "wrong-password": wrong_password,
    "disconnect": disconnect,
}


def main():
    failed = 0
    for name, check in CHECKS.items():
        try:
            check()
            print("ok", name, flush=True)
        except Exception as why:
            failed += 1
            print("FAILED %s: %s" % (name, " ".join(str(why).split()) or repr(why)), flush=True)
    print("stomp.py %s: %d passed, %d failed, 0 n/a" % (
        ".".join(map(str, stomp.__version__)), len(CHECKS) - failed, failed), flush=True)
    # Connections that a failed check left open have threads, which must not hold up the end.
    os._exit(1 if failed else 0)


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--ws-url", help="not used")
parser.add_argument("--login", required=True)
parser.add_argument("--passcode", required=True)
parser.add_argument("--vhost", help="the host header, where it is not to be what the client sends by itself")
args = parser.parse_args()
main()
