/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where a test plays: a server, a transport, a version, fresh destinations, and the peers, which are closed at the end.
 *
 * <p>In scripts {@code {D1}} is any destination (a queue), {@code {Q1}} and {@code {Q2}} are queues, {@code {T1}} and
 * {@code {T2}} topics, {@code {credentials}} the lines that CONNECT needs.
 */
final class Scene {
    private static final String RUN =
            Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36), 36);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    final Target target;
    final Transport transport;
    final String version;
    private final String name = RUN + "-" + NUMBERS.incrementAndGet();
    private final List<StompPeer> peers = new ArrayList<>();
    private @Nullable StompPeer publisher; // null until something is published

    Scene(Target target, Transport transport, String version) {
        this.target = target;
        this.transport = transport;
        this.version = version;
    }

    /** Unique to this scene. */
    String name() {
        return name;
    }

    // ---- destinations

    String queue(int number) {
        return target.queuePrefix() + "q" + number + "-" + name;
    }

    String topic(int number) {
        return target.topicPrefix() + "t" + number + "-" + name;
    }

    String queue() {
        return queue(1);
    }

    String topic() {
        return topic(1);
    }

    /** Where our server puts what nobody could process. */
    String deadLetters() {
        return target.queuePrefix() + "dead-letters";
    }

    // ---- peers

    /** A connection on which nothing has been sent. */
    StompPeer fresh() {
        return add(builder().connect());
    }

    StompPeer add(StompPeer peer) {
        synchronized (peers) {
            peers.add(peer);
        }
        return peer;
    }

    StompPeer.Builder builder() {
        return builder(target);
    }

    StompPeer.Builder builder(Target server) {
        StompPeer.Builder builder = transport
                .peer(server)
                .host(server.host())
                .scratch(server.queuePrefix() + "scratch")
                .errorEnds(server.isOurs())
                .timeout(Duration.ofMillis(server.timeoutMillis()))
                .settle(Duration.ofMillis(server.settleMillis()))
                .let("D1", queue(0))
                .let("Q1", queue(1))
                .let("Q2", queue(2))
                .let("T1", topic(1))
                .let("T2", topic(2))
                .let("version", version)
                .let("login", server.login())
                .let("passcode", server.passcode())
                .let("host", server.host());
        String credentials = "";
        if (!server.login().isEmpty()) {
            builder.login(server.login(), server.passcode());
            credentials = "login:" + server.login() + "\npasscode:" + server.passcode() + "\n";
        }
        return builder.let("credentials", credentials);
    }

    /** A connection in the version of this run. */
    StompPeer client() {
        return client(version);
    }

    StompPeer client(String inVersion) {
        StompPeer peer = fresh();
        peer.open(inVersion);
        return peer;
    }

    /** A second, independent connection that is subscribed there. */
    StompPeer watcher(String destination, String... headers) {
        return client().subscribe(destination, headers);
    }

    /** Ends a peer's connection by a reset, and waits until the server has let go of it. */
    void kill(StompPeer peer) {
        int port = peer.localPort();
        peer.reset();
        String session = peer.session();
        if (target instanceof LocalServer server && session != null) {
            server.events().awaitEnd(session, Duration.ofSeconds(10)); // who polls is given up after 5 s
        } else {
            Sockets.awaitReleased(peer.remotePort(), port, Duration.ofSeconds(5));
        }
    }

    // ---- what many tests do

    /** Sends to {@code {D1}}, on which a watcher of the same version listens, and gives what the watcher gets. */
    PeerFrame relay(String script) {
        return relay(version, version, script);
    }

    PeerFrame relay(String publisherVersion, String watcherVersion, String script) {
        StompPeer watcher = client(watcherVersion).subscribe(queue(0));
        client(publisherVersion).send(script);
        return watcher.expect("MESSAGE", "destination:" + queue(0));
    }

    /** Publishes bodies, each confirmed, from a connection that does nothing else. */
    void publish(String destination, String... bodies) {
        if (publisher == null) {
            publisher = client("1.2");
        }
        for (String body : bodies) {
            publisher.confirmed("SEND⏎destination:" + destination + "⏎", body);
        }
    }

    /** The script is a fatal error of that kind (the kinds of the vectors) on a connection in this version. */
    PeerFrame fatal(String kind, String script) {
        return fatal(kind, client(), script);
    }

    /** The same on that connection. The kind is what our own decoder makes of the octets; others are not asked. */
    PeerFrame fatal(String kind, StompPeer peer, String script) {
        peer.send(script);
        PeerFrame error = peer.expectError();
        if (target.isOurs()) {
            assertThat(Kinds.of(peer.sent())).as("the kind of error").isEqualTo(kind);
        }
        return error;
    }

    /** The script is answered with ERROR and the end. */
    PeerFrame refused(String script) {
        return refused(client(), script);
    }

    PeerFrame refused(StompPeer peer, String script) {
        return peer.send(script).expectError();
    }

    /** Exactly these bodies are in the queue, in this order; they are consumed. */
    List<PeerFrame> expectLeft(String queue, String... bodies) {
        StompPeer consumer = client("1.2").subscribe(queue);
        List<PeerFrame> messages = new ArrayList<>();
        for (String body : bodies) {
            PeerFrame message = consumer.expect("MESSAGE");
            messages.add(message);
            assertThat(message.text())
                    .as("message %d of %s", messages.size(), List.of(bodies))
                    .isEqualTo(body);
        }
        consumer.sync();
        consumer.expectSilence(Duration.ofMillis(300));
        kill(consumer);
        return messages;
    }

    /** Takes that many messages, whose bodies have to come in this order. */
    static List<PeerFrame> receive(StompPeer peer, String... bodies) {
        List<PeerFrame> messages = new ArrayList<>();
        for (String body : bodies) {
            PeerFrame message = peer.expect("MESSAGE");
            assertThat(message.text()).isEqualTo(body);
            messages.add(message);
        }
        return messages;
    }

    /** An ACK of the message in this version, with further header lines. */
    String ack(PeerFrame message, String... headers) {
        return settle("ACK", message, headers);
    }

    String nack(PeerFrame message, String... headers) {
        return settle("NACK", message, headers);
    }

    private String settle(String command, PeerFrame message, String... headers) {
        StringBuilder frame = new StringBuilder(settleHead(command, message, version));
        for (String header : headers) {
            frame.append(header).append('⏎');
        }
        return frame.append("⏎␀").toString();
    }

    /** The head of an ACK or NACK as each version wants it, without the empty line. */
    static String settleHead(String command, PeerFrame message, String version) {
        return switch (version) {
            case "1.0" -> command + "⏎message-id:" + message.value("message-id") + "⏎";
            case "1.1" ->
                command + "⏎message-id:" + message.value("message-id") + "⏎subscription:"
                        + message.value("subscription") + "⏎";
            default -> command + "⏎id:" + message.value("ack") + "⏎";
        };
    }

    boolean isVersion(String other) {
        return version.equals(other);
    }

    /** Closes the peers, and looks at everything that our own server sent to them. */
    void close(boolean passed) {
        List<String> oddities = new ArrayList<>();
        synchronized (peers) {
            for (StompPeer peer : peers) {
                peer.close();
                oddities.addAll(peer.oddities());
            }
        }
        if (passed && target.isOurs()) {
            assertThat(oddities).as("what no server may send").isEmpty();
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %s %s", transport, version, name);
    }
}
