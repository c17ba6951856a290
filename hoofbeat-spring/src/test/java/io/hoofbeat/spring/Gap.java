/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Something that Spring's simple broker lacks against the specification.
 *
 * @param number as in the list of what it lacks
 * @param asked what is done
 * @param stock what comes of it with Spring's broker
 * @param ours what comes of it with Hoofbeat
 */
record Gap(int number, String asked, String stock, String ours, Probe probe) {

    /** Does it and tells what came of it. */
    interface Probe {
        String observe(Side side) throws Exception;
    }

    /**
     * An application to be tried.
     *
     * @param patience how long to wait for what should come
     */
    record Side(App app, Duration patience) {

        StompPeer connected(String version) {
            return app.connected(version);
        }

        /** What has come when that holds, or when patience is at an end, or the connection. */
        List<PeerFrame> heard(StompPeer peer, Predicate<List<PeerFrame>> enough) {
            List<PeerFrame> frames = new ArrayList<>();
            long deadline = System.nanoTime() + patience.toNanos();
            while (!enough.test(frames)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                PeerFrame frame = left <= 0 ? null : peer.poll((int) left);
                if (frame == null) {
                    break;
                }
                frames.add(frame);
            }
            return frames;
        }

        /** The commands of what has come. */
        String commands(StompPeer peer, int count) {
            return listed(heard(peer, frames -> frames.size() >= count).stream()
                    .map(PeerFrame::command)
                    .toList());
        }

        /** What comes of a frame in a session of its own. */
        String answer(String frame) {
            try (StompPeer peer = connected("1.2")) {
                return commands(peer.send(frame), 1);
            }
        }

        /** How the connection ended. */
        String end(StompPeer peer) {
            return peer.readUntilEnd(patience) ? "closed by " + peer.closeCode() : "open";
        }
    }

    private static String listed(List<String> what) {
        return what.isEmpty() ? "nothing" : String.join(", ", what);
    }

    @Override
    public String toString() {
        return number + " " + asked;
    }

    static List<Gap> all() {
        return List.of(
                new Gap(
                        1,
                        "SUBSCRIBE, SEND, BEGIN, UNSUBSCRIBE with `receipt`",
                        "nothing",
                        "s, d, b, u",
                        Gap::receipts),
                new Gap(2, "NACK of a queue's message", "MESSAGE", "MESSAGE, again with redelivered:true", Gap::nack),
                new Gap(3, "SUBSCRIBE with `ack:client`", "MESSAGE without ack", "MESSAGE with ack", Gap::ackHeader),
                new Gap(
                        4,
                        "SEND in a transaction: one aborted, one committed",
                        "aborted, committed",
                        "committed",
                        Gap::transaction),
                new Gap(
                        5,
                        "`receipt` and `transaction` of a SEND at its receivers",
                        "receipt, transaction",
                        "nothing",
                        Gap::leak),
                new Gap(
                        6,
                        "SUBSCRIBE or SEND without destination, UNSUBSCRIBE without id, SEND to a prefix of nobody's",
                        "nothing, nothing, nothing, nothing",
                        "ERROR, ERROR, ERROR, ERROR",
                        Gap::malformed),
                new Gap(
                        7,
                        "a second SUBSCRIBE with the same id, to another destination",
                        "nothing",
                        "ERROR",
                        Gap::duplicate),
                new Gap(8, "a client's MESSAGE frame", "MESSAGE with the client's message-id", "ERROR", Gap::forged),
                new Gap(9, "CONNECT without accept-version", "nothing", "CONNECTED, version 1.0", Gap::noVersion),
                new Gap(
                        10,
                        "CONNECT with accept-version:2.0",
                        "nothing",
                        "ERROR, version 1.0,1.1,1.2",
                        Gap::unknownVersion),
                new Gap(
                        11,
                        "in 1.0, the headers `h:with:colon` and `path:C:\\temp`",
                        "with\\ccolon, ERROR",
                        "with:colon, C:\\temp",
                        Gap::escapes),
                new Gap(
                        12,
                        "DISCONNECT without and with `receipt`",
                        "ERROR, closed by 1002; RECEIPT, open",
                        "nothing, closed by 1000; RECEIPT, closed by 1000",
                        Gap::disconnect),
                new Gap(
                        13,
                        "the ERROR for an unknown command",
                        "No enum constant, no receipt-id",
                        "unknown command 'FOO' in STOMP 1.2, receipt-id",
                        Gap::error),
                new Gap(
                        14,
                        "CONNECT with heart-beat:0,500, and two heart-beats",
                        "0,0, none",
                        "500,0, two",
                        Gap::heartBeat),
                new Gap(15, "2,000 SENDs right behind SUBSCRIBE", "lost or out of order", "all, in order", Gap::order),
                new Gap(16, "`session` and `server` of CONNECTED", "nothing", "session, server", Gap::connected),
                new Gap(17, "CONNECT to a `host` that is none of ours", "CONNECTED", "ERROR", Gap::host),
                new Gap(18, "a client that offers v10.stomp, v12.stomp", "v10.stomp", "v12.stomp", Gap::subprotocol),
                new Gap(19, "four messages to a queue with two consumers", "8 deliveries", "4 deliveries", Gap::queue),
                new Gap(20, "SUBSCRIBE with a `selector` for one of two messages", "both", "one", Gap::selector),
                new Gap(
                        21,
                        "a subscriber that does not read",
                        "cut off",
                        "lives, and is told how much it lost",
                        Gap::slow),
                new Gap(
                        22,
                        "in 1.0, SUBSCRIBE and UNSUBSCRIBE by destination alone",
                        "nothing",
                        "MESSAGE, then no more",
                        Gap::byDestination),
                new Gap(23, "a SEND of 70 kB in one WebSocket message", "closed by 1009", "MESSAGE", Gap::large));
    }

    private static String receipts(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g1⏎receipt:s⏎⏎␀");
            peer.send("SEND⏎destination:/topic/elsewhere⏎receipt:d⏎⏎␀");
            peer.send("BEGIN⏎transaction:t⏎receipt:b⏎⏎␀");
            peer.send("UNSUBSCRIBE⏎id:1⏎receipt:u⏎⏎␀");
            return listed(side.heard(peer, frames -> frames.size() == 4).stream()
                    .map(frame -> frame.value("receipt-id"))
                    .toList());
        }
    }

    private static String nack(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/queue/g2⏎ack:client-individual⏎⏎␀");
            PeerFrame first = published(side, peer, "/queue/g2");
            peer.send("NACK⏎id:" + first.value("message-id") + "⏎⏎␀");
            List<PeerFrame> second = side.heard(peer, frames -> frames.size() == 1);
            return second.isEmpty()
                    ? "MESSAGE"
                    : "MESSAGE, again with redelivered:" + second.get(0).header("redelivered");
        }
    }

    private static String ackHeader(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/queue/g3⏎ack:client⏎⏎␀");
            PeerFrame frame = published(side, peer, "/queue/g3");
            return "MESSAGE " + (frame.has("ack") ? "with" : "without") + " ack";
        }
    }

    /** Sends until it comes back, since Spring's broker may still be at the SUBSCRIBE. */
    private static PeerFrame published(Side side, StompPeer peer, String destination) {
        List<PeerFrame> heard = List.of();
        for (int i = 0; i < 20 && heard.isEmpty(); i++) {
            peer.send("SEND⏎destination:" + destination + "⏎⏎m␀");
            heard = side.heard(peer, frames -> frames.size() == 1);
        }
        return heard.get(0);
    }

    private static String transaction(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g4⏎⏎␀");
            published(side, peer, "/topic/g4");
            peer.send("BEGIN⏎transaction:a⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g4⏎transaction:a⏎⏎aborted␀");
            peer.send("ABORT⏎transaction:a⏎⏎␀");
            peer.send("BEGIN⏎transaction:b⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g4⏎transaction:b⏎⏎committed␀");
            peer.send("COMMIT⏎transaction:b⏎⏎␀");
            List<String> bodies = new ArrayList<>(side
                    .heard(
                            peer,
                            frames -> bodies(frames).contains("committed")
                                    && (side.app().isOurs() || frames.size() == 2))
                    .stream()
                    .map(PeerFrame::text)
                    .toList());
            bodies.sort(null);
            return listed(bodies);
        }
    }

    private static List<String> bodies(List<PeerFrame> frames) {
        return frames.stream().map(PeerFrame::text).toList();
    }

    private static String leak(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g5⏎⏎␀");
            published(side, peer, "/topic/g5");
            peer.send("BEGIN⏎transaction:t⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g5⏎transaction:t⏎receipt:r⏎⏎leak␀");
            peer.send("COMMIT⏎transaction:t⏎⏎␀");
            PeerFrame message = side.heard(peer, frames -> bodies(frames).contains("leak")).stream()
                    .filter(frame -> frame.text().equals("leak"))
                    .findFirst()
                    .orElseThrow();
            return listed(List.of("receipt", "transaction").stream()
                    .filter(message::has)
                    .toList());
        }
    }

    private static String malformed(Side side) {
        return String.join(
                ", ",
                side.answer("SUBSCRIBE⏎id:1⏎⏎␀"),
                side.answer("SEND⏎⏎m␀"),
                side.answer("UNSUBSCRIBE⏎⏎␀"),
                side.answer("SEND⏎destination:/nobody/is/here⏎⏎m␀"));
    }

    private static String duplicate(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g7⏎⏎␀");
            published(side, peer, "/topic/g7");
            return side.commands(peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/other⏎⏎␀"), 1);
        }
    }

    private static String forged(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g8⏎⏎␀");
            published(side, peer, "/topic/g8");
            peer.send("MESSAGE⏎destination:/topic/g8⏎subscription:1⏎message-id:mine⏎⏎m␀");
            PeerFrame frame = side.heard(peer, frames -> frames.size() == 1).get(0);
            return frame.command() + ("mine".equals(frame.header("message-id")) ? " with the client's message-id" : "");
        }
    }

    private static String opened(Side side, String connect) {
        try (StompPeer peer = side.app().peer().connect()) {
            List<PeerFrame> heard = side.heard(peer.send(connect), frames -> frames.size() == 1);
            return heard.isEmpty()
                    ? "nothing"
                    : heard.get(0).command() + ", version " + heard.get(0).header("version");
        }
    }

    private static String noVersion(Side side) {
        return opened(side, "CONNECT⏎login:ada⏎⏎␀");
    }

    private static String unknownVersion(Side side) {
        return opened(side, "CONNECT⏎accept-version:2.0⏎host:localhost⏎⏎␀");
    }

    private static String escapes(Side side) {
        try (StompPeer peer = side.connected("1.0")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g11⏎⏎␀");
            published(side, peer, "/topic/g11");
            peer.send("SEND⏎destination:/topic/g11⏎h:with:colon⏎⏎m␀");
            String colon = side.heard(peer, frames -> frames.size() == 1).get(0).value("h");
            peer.send("SEND⏎destination:/topic/g11⏎path:C:\\temp⏎⏎m␀");
            PeerFrame second = side.heard(peer, frames -> frames.size() == 1).get(0);
            return colon + ", " + (second.has("path") ? second.value("path") : second.command());
        }
    }

    private static String disconnect(Side side) {
        try (StompPeer without = side.connected("1.2");
                StompPeer with = side.connected("1.2")) {
            without.send("DISCONNECT⏎⏎␀");
            with.send("DISCONNECT⏎receipt:bye⏎⏎␀");
            return side.commands(without, 1) + ", " + side.end(without) + "; " + side.commands(with, 1) + ", "
                    + side.end(with);
        }
    }

    private static String error(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("FOO⏎receipt:r⏎⏎␀");
            PeerFrame error = side.heard(peer, frames -> frames.size() == 1).get(0);
            String message = error.value("message");
            return (message.startsWith("No enum constant") ? "No enum constant" : message)
                    + (error.has("receipt-id") ? ", receipt-id" : ", no receipt-id");
        }
    }

    private static String heartBeat(Side side) {
        try (StompPeer peer = side.app().peer().connect()) {
            peer.send("CONNECT⏎accept-version:1.2⏎host:localhost⏎heart-beat:0,500⏎⏎␀");
            PeerFrame connected = side.heard(peer, frames -> frames.size() == 1).get(0);
            long deadline = System.nanoTime() + side.patience().toNanos();
            while (peer.beats().size() < 2 && System.nanoTime() < deadline) {
                peer.readOnce(Duration.ofMillis(100));
            }
            return connected.value("heart-beat") + (peer.beats().size() >= 2 ? ", two" : ", none");
        }
    }

    private static String order(Side side) {
        for (int i = 0; i < 20; i++) {
            List<Integer> numbers = numbers(side, 2_000);
            boolean inOrder = numbers.size() == 2_000;
            for (int j = 0; inOrder && j < 2_000; j++) {
                inOrder = numbers.get(j) == j;
            }
            if (!inOrder) {
                return "lost or out of order";
            }
            if (side.app().isOurs()) {
                return "all, in order"; // there is a test of its own
            }
        }
        return "all, in order";
    }

    /** What comes back of so many numbers that are sent behind the SUBSCRIBE. */
    static List<Integer> numbers(Side side, int count) {
        try (StompPeer peer = side.connected("1.2")) {
            StringBuilder frames = new StringBuilder("SUBSCRIBE⏎id:1⏎destination:/topic/g15⏎⏎␀");
            for (int i = 0; i < count; i++) {
                frames.append("SEND⏎destination:/topic/g15⏎⏎").append(i).append("␀");
                if (i % 50 == 49) {
                    peer.send(frames.toString());
                    frames.setLength(0);
                }
            }
            return side.heard(peer, heard -> heard.size() == count).stream()
                    .map(frame -> Integer.valueOf(frame.text()))
                    .toList();
        }
    }

    private static String connected(Side side) {
        try (StompPeer peer = side.app().peer().connect()) {
            PeerFrame connected = peer.open("1.2");
            return listed(
                    List.of("session", "server").stream().filter(connected::has).toList());
        }
    }

    private static String host(Side side) {
        try (StompPeer peer = side.app().peer().connect()) {
            return side.commands(peer.send("CONNECT⏎accept-version:1.2⏎host:nonesuch⏎⏎␀"), 1);
        }
    }

    private static String subprotocol(Side side) throws Exception {
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("v10.stomp", "v12.stomp")
                .buildAsync(URI.create(side.app().url()), new WebSocket.Listener() {})
                .get(10, TimeUnit.SECONDS);
        try {
            return socket.getSubprotocol();
        } finally {
            socket.abort();
        }
    }

    private static String queue(Side side) {
        try (StompPeer one = side.connected("1.2");
                StompPeer two = side.connected("1.2")) {
            one.send("SUBSCRIBE⏎id:1⏎destination:/queue/g19⏎⏎␀");
            two.send("SUBSCRIBE⏎id:1⏎destination:/queue/g19⏎⏎␀");
            for (StompPeer each : List.of(one, two)) {
                each.send("SUBSCRIBE⏎id:2⏎destination:/topic/g19-ready⏎⏎␀");
                published(side, each, "/topic/g19-ready");
                each.send("UNSUBSCRIBE⏎id:2⏎⏎␀");
            }
            side.heard(one, frames -> false); // what the other has published
            for (int i = 0; i < 4; i++) {
                one.send("SEND⏎destination:/queue/g19⏎⏎" + i + "␀");
            }
            int first = side.heard(one, frames -> frames.size() == 4).size();
            int second = side.heard(two, frames -> frames.size() == 4).size();
            return (first + second) + " deliveries";
        }
    }

    private static String selector(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g20⏎selector:n > 1⏎⏎␀");
            peer.send("SUBSCRIBE⏎id:2⏎destination:/topic/g20-ready⏎⏎␀");
            published(side, peer, "/topic/g20-ready");
            peer.send("SEND⏎destination:/topic/g20⏎n:1⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g20⏎n:2⏎⏎␀");
            int count = side.heard(peer, frames -> frames.size() == (side.app().isOurs() ? 1 : 2))
                    .size();
            return count == 1 ? "one" : "both";
        }
    }

    private static String slow(Side side) {
        String body = "x".repeat(8 * 1024);
        try (StompPeer slow = side.app().peer().receiveBuffer(8 * 1024).connect();
                StompPeer fast = side.connected("1.2")) {
            slow.open("1.2");
            slow.send("SUBSCRIBE⏎id:1⏎destination:/topic/g21⏎slow-consumer:drop-oldest⏎⏎␀");
            published(side, slow, "/topic/g21");
            for (int i = 0; i < 3_000; i++) {
                fast.send("SEND⏎destination:/topic/g21⏎⏎" + body + "␀");
            }
            fast.send("SUBSCRIBE⏎id:1⏎destination:/topic/g21⏎⏎␀");
            published(side, fast, "/topic/g21");
            List<PeerFrame> heard = side.heard(slow, frames -> bodies(frames).contains("m"));
            boolean told = heard.stream().anyMatch(frame -> frame.has("dropped-messages"));
            return slow.hasEnded() || !bodies(heard).contains("m")
                    ? "cut off"
                    : told ? "lives, and is told how much it lost" : "lives";
        }
    }

    private static String byDestination(Side side) {
        try (StompPeer peer = side.connected("1.0")) {
            peer.send("SUBSCRIBE⏎destination:/topic/g22⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g22⏎⏎m␀");
            if (side.heard(peer, frames -> frames.size() == 1).isEmpty()) {
                return "nothing";
            }
            peer.send("UNSUBSCRIBE⏎destination:/topic/g22⏎⏎␀");
            peer.send("SEND⏎destination:/topic/g22⏎⏎m␀");
            peer.expectNothing();
            return "MESSAGE, then no more";
        }
    }

    private static String large(Side side) {
        try (StompPeer peer = side.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/g23⏎⏎␀");
            published(side, peer, "/topic/g23");
            peer.send("SEND⏎destination:/topic/g23⏎⏎" + "x".repeat(70_000) + "␀");
            List<PeerFrame> heard = side.heard(peer, frames -> frames.size() == 1);
            return heard.isEmpty() ? side.end(peer) : heard.get(0).command();
        }
    }
}
