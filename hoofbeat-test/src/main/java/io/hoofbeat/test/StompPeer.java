/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The other side of a STOMP server, played from a script that shows the wire.
 *
 * <pre>{@code
 * try (StompPeer peer = StompPeer.connect("tcp://localhost:61613")) {
 *     peer.open("1.2");
 *     peer.subscribe("/topic/a");
 *     peer.send("""
 *             SEND
 *             destination:/topic/a
 *
 *             hello^@
 *             """);
 *     peer.expect("""
 *             MESSAGE
 *             destination:/topic/a
 *             message-id:{id}
 *
 *             hello""");
 * }
 * }</pre>
 *
 * <p>It speaks to {@code tcp://}, {@code tls://}, {@code ws://} and {@code wss://}; certificates are not checked. It also speaks to
 * SockJS at {@code sockjs-xhr://}, {@code sockjs-xhr-streaming://}, {@code sockjs-eventsource://} and {@code sockjs-websocket://}, which
 * carry text only. What a script may contain says {@link Script}. In an expectation the listed headers must be there as they stand on the wire, in any order, and
 * others may be there as well; a value <code>{name}</code> matches anything and is kept under that name; the body is compared
 * if the expectation has an empty line.
 *
 * <p>Nothing is read from the socket unless a method waits for something: a peer that is not asked is one that does not read.
 * Every octet that came is looked at: {@link #oddities} tells what no server may send. Used by one thread at a time.
 */
public final class StompPeer implements AutoCloseable {
    private static final AtomicLong RECEIPTS = new AtomicLong();

    private final Wire wire;
    private final Builder options;
    private final PeerInbox inbox = new PeerInbox();
    private final Map<String, String> variables = new HashMap<>();
    private final List<byte[]> sent = new ArrayList<>();
    private boolean ended;
    private boolean resetByServer;
    private long endNanos;

    private StompPeer(Wire wire, Builder options) {
        this.wire = wire;
        this.options = options;
        this.variables.putAll(options.variables);
    }

    /** Opens the transport, with the defaults of {@link Builder}; nothing of STOMP is sent. */
    public static StompPeer connect(String uri) {
        return to(uri).connect();
    }

    public static Builder to(String uri) {
        return new Builder(uri);
    }

    // ---- sending

    /** Sends the octets that the script stands for, at once; over WebSocket as one message. */
    public StompPeer send(String script) {
        return send(Script.octets(script, variables));
    }

    public StompPeer send(byte[] octets) {
        sent.add(octets);
        try {
            wire.write(octets);
        } catch (IOException e) {
            throw new AssertionError("the connection takes nothing more: " + e.getMessage() + received(), e);
        }
        return this;
    }

    /** Sends, but is content if the server has closed already; whatever it said can still be read. */
    public StompPeer trySend(byte[] octets) {
        sent.add(octets);
        try {
            wire.write(octets);
        } catch (IOException e) {
            resetByServer = true;
        }
        return this;
    }

    /** The same octets, each by itself. */
    public StompPeer sendByOctets(String script) {
        for (byte octet : Script.octets(script, variables)) {
            send(new byte[] {octet});
        }
        return this;
    }

    /** CONNECT in that version, and CONNECTED. */
    public PeerFrame open(String version, String... headers) {
        StringBuilder connect = new StringBuilder("CONNECT⏎accept-version:")
                .append(version)
                .append("⏎host:")
                .append(options.host)
                .append('⏎');
        options.credentials.forEach(
                (name, value) -> connect.append(name).append(':').append(value).append('⏎'));
        for (String header : headers) {
            connect.append(header).append('⏎');
        }
        send(connect.append("⏎␀").toString());
        return expect("CONNECTED");
    }

    /** Subscribes under the id {@code s1}, and waits until it is done. */
    public StompPeer subscribe(String destination, String... headers) {
        return subscribeAs("s1", destination, headers);
    }

    public StompPeer subscribeAs(String id, String destination, String... headers) {
        StringBuilder subscribe = new StringBuilder("SUBSCRIBE⏎id:" + id + "⏎destination:" + destination + "⏎");
        for (String header : headers) {
            subscribe.append(header).append('⏎');
        }
        return confirmed(subscribe.toString(), "");
    }

    /** Sends a frame with a receipt of its own making, and waits for the RECEIPT. */
    public StompPeer confirmed(String head, String body) {
        String receipt = "peer-" + RECEIPTS.incrementAndGet();
        send(head + "receipt:" + receipt + "⏎⏎" + body + "␀");
        awaitReceipt(receipt);
        return this;
    }

    private void awaitReceipt(String receipt) {
        PeerFrame frame = take(
                f -> (f.command().equals("RECEIPT") && receipt.equals(f.header("receipt-id")))
                        || f.command().equals("ERROR"),
                "RECEIPT " + receipt);
        if (frame.command().equals("ERROR")) {
            throw new AssertionError("instead of RECEIPT " + receipt + " came\n" + frame);
        }
    }

    /** A SEND with a receipt to a scratch queue, and its RECEIPT: all that came before has been handled. */
    public StompPeer sync() {
        return confirmed("SEND⏎destination:" + options.scratch + "⏎", "sync");
    }

    // ---- expecting

    /** The next frame has to be that one. */
    public PeerFrame expect(String expectation) {
        PeerFrame frame = next(() -> expectation);
        Expectation.of(expectation, variables).check(frame, variables);
        return frame;
    }

    /** The next frame has to be of that command, with these headers among others: {@code "destination:/topic/a"}. */
    public PeerFrame expect(String command, String... headers) {
        return expect(command + "\n" + String.join("\n", headers) + (headers.length == 0 ? "" : "\n"));
    }

    /** The next frame, whatever it is. */
    public PeerFrame next() {
        return next(() -> "any frame");
    }

    private PeerFrame next(java.util.function.Supplier<String> what) {
        PeerFrame frame = poll(options.timeoutMillis);
        if (frame == null) {
            throw new AssertionError(
                    (ended ? "the connection ended" : "nothing came") + " instead of\n" + what.get() + received());
        }
        return frame;
    }

    /** The next frame if one comes within that time; null else. */
    public @Nullable PeerFrame poll(int millis) {
        long deadline = System.nanoTime() + millis * 1_000_000L;
        while (inbox.frames.isEmpty() && !ended) {
            int left = millisUntil(deadline);
            if (left <= 0) {
                break;
            }
            read(left);
        }
        return inbox.frames.poll();
    }

    /** Waits for a frame of which others may be in front; these stay for later. */
    public PeerFrame take(Predicate<PeerFrame> wanted, String what) {
        long deadline = System.nanoTime() + options.timeoutMillis * 1_000_000L;
        long looked = 0;
        while (true) {
            int index = 0;
            for (PeerFrame frame : inbox.frames) {
                if (index++ >= looked && wanted.test(frame)) {
                    inbox.frames.remove(frame);
                    return frame;
                }
            }
            looked = inbox.frames.size();
            int left = millisUntil(deadline);
            if (left <= 0 || ended) {
                throw new AssertionError(
                        (ended ? "the connection ended" : "nothing came") + " instead of " + what + received());
            }
            read(left);
        }
    }

    /** No frame has come, nor does one come until a {@link #sync} and, if the peer is set so, for a while after it. */
    public void expectNothing() {
        sync();
        readFor(options.settle);
        assertNothingPending();
    }

    /** No frame comes for that time. */
    public void expectSilence(Duration time) {
        readFor(time);
        assertNothingPending();
    }

    private void assertNothingPending() {
        if (!inbox.frames.isEmpty()) {
            throw new AssertionError(
                    "unexpected: " + inbox.frames.size() + " frame(s), the first\n" + inbox.frames.peek());
        }
    }

    /** ERROR with a message, and then the end, without another frame; the end only where {@link Builder#errorEnds} says so. */
    public PeerFrame expectError(String... headers) {
        PeerFrame error = expect("ERROR", headers);
        if (error.header("message") == null) {
            throw new AssertionError("ERROR without a message:\n" + error);
        }
        if (options.errorEnds) {
            expectClosed();
        }
        return error;
    }

    /** The server ends the connection without another frame: end of stream, or a Close frame. */
    public void expectClosed() {
        expectClosed(Duration.ofMillis(options.timeoutMillis));
    }

    public void expectClosed(Duration within) {
        readUntilEnd(within);
        if (!ended) {
            throw new AssertionError("the connection is still open" + received());
        }
        assertNothingPending();
    }

    /** Reads to the end; frames stay for later. */
    public boolean readUntilEnd(Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        for (int left = millisUntil(deadline); !ended && left > 0; left = millisUntil(deadline)) {
            read(left);
        }
        return ended;
    }

    /** Reads for that time, or to the end; frames and heart-beats stay for later. */
    public StompPeer readFor(Duration time) {
        readUntilEnd(time);
        return this;
    }

    /** Reads what is there within that time, once. */
    public void readOnce(Duration within) {
        if (!ended) {
            read((int) Math.max(1, within.toMillis()));
        }
    }

    private void read(int millis) {
        try {
            Wire.Chunk chunk = wire.read(millis);
            if (chunk == null) {
                end(false);
            } else {
                inbox.take(chunk, System.nanoTime());
            }
        } catch (IOException e) {
            end(true);
        }
    }

    private void end(boolean reset) {
        ended = true;
        resetByServer = resetByServer || reset;
        endNanos = System.nanoTime();
    }

    private static int millisUntil(long deadline) {
        return (int) Math.min(Integer.MAX_VALUE, (deadline - System.nanoTime() + 999_999) / 1_000_000);
    }

    // ---- what was seen

    /** What an expectation captured, or was set. */
    public String captured(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new AssertionError("nothing was captured as " + name);
        }
        return value;
    }

    /** Sets what <code>{name}</code> stands for in scripts. */
    public StompPeer let(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Frames that came and were not expected so far. */
    public List<PeerFrame> pending() {
        return List.copyOf(inbox.frames);
    }

    /** What CONNECTED named the session; null if there was none. */
    public @Nullable String session() {
        return inbox.session();
    }

    /** When each line end between frames came. */
    public List<Long> beats() {
        return List.copyOf(inbox.beats);
    }

    /** When octets came, of whatever kind. */
    public List<Long> arrivals() {
        return List.copyOf(inbox.arrivals);
    }

    /** Whether a frame has begun to come and is not complete. */
    public boolean isInsideFrame() {
        return inbox.isInsideFrame();
    }

    public boolean hasEnded() {
        return ended;
    }

    /** Whether the connection ended by a reset instead of an orderly end. */
    public boolean wasReset() {
        return resetByServer;
    }

    /** When the end was seen, by {@link System#nanoTime}. */
    public long endNanos() {
        return endNanos;
    }

    /** The code in the server's WebSocket close frame, 0 if there was none. */
    public int closeCode() {
        return wire.closeCode();
    }

    public String closeReason() {
        return wire.closeReason();
    }

    /** What the server sent that no server may send, in words; checked on every octet that was read. */
    public List<String> oddities() {
        return List.copyOf(inbox.oddities);
    }

    /** Everything that was sent, write by write. */
    public List<byte[]> sent() {
        return List.copyOf(sent);
    }

    /** How many octets were read, whatever they were. */
    public long octetsRead() {
        return wire.octetsRead();
    }

    public int localPort() {
        return wire.localPort();
    }

    public int remotePort() {
        return wire.remotePort();
    }

    private String received() {
        StringBuilder text = new StringBuilder("\nread so far: ")
                .append(inbox.framesSeen())
                .append(" frames, ")
                .append(inbox.beats.size())
                .append(" line ends")
                .append(resetByServer ? ", then a reset" : ended ? ", then the end" : "")
                .append(closeCode() == 0 ? "" : " (WebSocket " + closeCode() + " " + closeReason() + ")");
        inbox.frames.stream()
                .limit(3)
                .forEach(frame -> text.append("\npending:\n").append(frame));
        return text.toString();
    }

    // ---- ending

    /** Sends nothing more, and goes on reading: a half-close, or the Close frame of a WebSocket. */
    public StompPeer finish() {
        try {
            wire.finish();
        } catch (IOException e) {
            throw new AssertionError("cannot finish: " + e.getMessage(), e);
        }
        return this;
    }

    /** Ends the connection by a TCP reset. */
    public void reset() {
        try {
            ended = true;
            wire.reset();
        } catch (IOException e) {
            throw new AssertionError("cannot reset: " + e.getMessage(), e);
        }
    }

    /** Closes the socket without DISCONNECT. */
    @Override
    public void close() {
        try {
            ended = true;
            wire.close();
        } catch (IOException e) {
            // It is gone either way, and what the server did is already on record.
            resetByServer = true;
        }
    }

    /** How to reach a server, and how to behave. */
    public static final class Builder {
        private final URI uri;
        private final Map<String, String> variables = new HashMap<>();
        private final Map<String, String> credentials = new LinkedHashMap<>();
        final Map<String, String> httpHeaders = new LinkedHashMap<>();
        private String host = "localhost";
        private String scratch = "/queue/scratch";
        private Duration settle = Duration.ZERO;
        private boolean errorEnds = true;
        String subprotocols = "v12.stomp, v11.stomp, v10.stomp";
        boolean binary;
        int timeoutMillis = 5_000;
        int receiveBuffer;

        @Nullable InetAddress localAddress;

        private @Nullable SSLContext sslContext;

        private Builder(String uri) {
            this.uri = URI.create(uri);
        }

        /** How long to wait for what is expected; 5 s by default, for machines that have other things to do. */
        public Builder timeout(Duration timeout) {
            this.timeoutMillis = (int) timeout.toMillis();
            return this;
        }

        /** WebSocket: whether each message is binary, and not only those that are no UTF-8. */
        public Builder binary(boolean binary) {
            this.binary = binary;
            return this;
        }

        /** WebSocket: the offered subprotocols, as in the header; empty: no header. */
        public Builder subprotocols(String subprotocols) {
            this.subprotocols = subprotocols;
            return this;
        }

        /** WebSocket: a further header of the handshake. */
        public Builder httpHeader(String name, String value) {
            this.httpHeaders.put(name, value);
            return this;
        }

        /** {@code login} and {@code passcode} of {@link StompPeer#open}. */
        public Builder login(String login, String passcode) {
            this.credentials.put("login", login);
            this.credentials.put("passcode", passcode);
            return this;
        }

        /** {@code host} of {@link StompPeer#open}. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** Where {@link StompPeer#sync} sends to. */
        public Builder scratch(String queue) {
            this.scratch = queue;
            return this;
        }

        /** How long {@link StompPeer#expectNothing} waits after its {@link StompPeer#sync}, for servers whose RECEIPTs overtake. */
        public Builder settle(Duration time) {
            this.settle = time;
            return this;
        }

        /** What <code>{name}</code> stands for in scripts. */
        public Builder let(String name, String value) {
            this.variables.put(name, value);
            return this;
        }

        /** Whether {@link StompPeer#expectError} wants the connection to end; so it does by default. */
        public Builder errorEnds(boolean ends) {
            this.errorEnds = ends;
            return this;
        }

        /** How much the kernel takes for a peer that does not read; 0: as it likes. */
        public Builder receiveBuffer(int octets) {
            this.receiveBuffer = octets;
            return this;
        }

        /** The address to connect from, on machines with several. */
        public Builder localAddress(InetAddress address) {
            this.localAddress = address;
            return this;
        }

        /** TLS with a client certificate, say. */
        public Builder sslContext(SSLContext context) {
            this.sslContext = context;
            return this;
        }

        SSLContext contextOr(SSLContext otherwise) {
            return sslContext == null ? otherwise : sslContext;
        }

        /** Opens the transport; nothing of STOMP is sent. */
        public StompPeer connect() {
            try {
                return new StompPeer(open(), this);
            } catch (IOException e) {
                throw new AssertionError("cannot connect to " + uri + ": " + e.getMessage(), e);
            }
        }

        private Wire open() throws IOException {
            return switch (uri.getScheme()) {
                case "tcp", "tls" ->
                    StreamWire.connect(
                            uri.getHost(), uri.getPort(), uri.getScheme().equals("tls"), this);
                case "ws", "wss" -> WebSocketWire.connect(uri, this);
                case "sockjs-xhr" -> SockJsWire.connect(SockJsWire.Kind.XHR, uri, this);
                case "sockjs-xhr-streaming" -> SockJsWire.connect(SockJsWire.Kind.XHR_STREAMING, uri, this);
                case "sockjs-eventsource" -> SockJsWire.connect(SockJsWire.Kind.EVENTSOURCE, uri, this);
                case "sockjs-websocket" -> SockJsWebSocketWire.connect(uri, this);
                default ->
                    throw new IllegalArgumentException("tcp, tls, ws, wss, sockjs-xhr, sockjs-xhr-streaming,"
                            + " sockjs-eventsource or sockjs-websocket, not " + uri);
            };
        }
    }
}
