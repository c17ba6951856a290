/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A SockJS client of few lines, over HTTP: one connection waits for frames, another sends. Like a browser it sends one request
 * after the other, and what is to be sent meanwhile waits; it goes out when the peer writes or reads again.
 *
 * <p>A client that polls and does not ask again is soon given up, so that one has a thread that does, whether the peer wants to
 * read or not. The others read only when they are asked to.
 */
final class SockJsWire implements Wire {

    /** How frames come. */
    enum Kind {
        XHR("xhr", "POST", "\n"),
        XHR_STREAMING("xhr_streaming", "POST", "\n"),
        EVENTSOURCE("eventsource", "GET", "\r\n\r\n");

        private final String path;
        private final String method;
        private final String end;

        Kind(String path, String method, String end) {
            this.path = path;
            this.method = method;
            this.end = end;
        }
    }

    private static final AtomicLong SESSIONS = new AtomicLong();
    private static final String RUN = Long.toString(System.nanoTime(), 36);

    /** While something waits to be sent, it is looked after so often. */
    private static final int SLICE_MILLIS = 10;

    private static final int POLL_MILLIS = 1_000;

    /** How long an answer is waited for before what comes next is kept; a server that takes nothing more gives none. */
    private static final int ANSWER_MILLIS = 300;

    private final Kind kind;
    private final String session;
    private final HttpWire receiver;
    private final HttpWire sender;
    private final SockJsFrames frames = new SockJsFrames();
    private final ArrayDeque<byte[]> unsent = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private boolean isFirst;
    private volatile boolean hasEnded;

    /** What the thread that polls has come upon; null if nothing. */
    private volatile @Nullable Throwable failure;

    private SockJsWire(Kind kind, URI uri, StompPeer.Builder options) throws IOException {
        this.kind = kind;
        this.session = uri.getRawPath() + "/000/" + RUN + "-" + SESSIONS.incrementAndGet() + "/";
        this.receiver = new HttpWire(uri, options);
        this.sender = new HttpWire(uri, options);
    }

    static SockJsWire connect(Kind kind, URI uri, StompPeer.Builder options) throws IOException {
        SockJsWire wire = new SockJsWire(kind, uri, options);
        wire.receive();
        long deadline = System.nanoTime() + options.timeoutMillis * 1_000_000L;
        while (!wire.isOpened() && System.nanoTime() < deadline) {
            wire.readOnce(options.timeoutMillis);
            if (wire.hasEnded) {
                throw new IOException("no SockJS session: status " + wire.receiver.status());
            }
        }
        if (kind == Kind.XHR) {
            Thread poller = new Thread(wire::poll, "sockjs-poller");
            poller.setDaemon(true);
            poller.start();
        }
        return wire;
    }

    private boolean isOpened() {
        return frames.isOpen();
    }

    private void poll() {
        try {
            while (!hasEnded) {
                readOnce(POLL_MILLIS);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            if (!hasEnded) {
                failure = e;
                hasEnded = true;
            }
        }
    }

    /** Asks for frames. */
    private void receive() throws IOException {
        isFirst = true;
        line.reset();
        receiver.request(kind.method, session + kind.path, new byte[0]);
    }

    // ---- sending

    @Override
    public void write(byte[] octets) throws IOException {
        String array = frames.array(octets);
        if (!array.isEmpty()) {
            unsent.add(array.getBytes(UTF_8));
            send(ANSWER_MILLIS);
        }
    }

    /** Sends what can be sent now, or when the request before has been answered within that time. */
    private void send(int millis) throws IOException {
        while (!unsent.isEmpty() || (millis <= 1 && sender.isBusy())) {
            if (sender.isBusy()) {
                byte[] piece = sender.read(millis);
                if (sender.hasEnded()) {
                    unsent.clear();
                    return;
                }
                if (piece != null) {
                    return;
                }
                checkAnswer();
            }
            byte[] next = unsent.poll();
            if (next != null) {
                sender.request("POST", session + "xhr_send", next);
            }
        }
    }

    /** 404 is what a session says that has been closed; the other connection will tell. */
    private void checkAnswer() {
        if (sender.status() != 204 && sender.status() != 404) {
            throw new AssertionError("xhr_send was answered with " + sender.status());
        }
    }

    // ---- receiving

    @Override
    public @Nullable Chunk read(int millis) throws IOException {
        long deadline = System.nanoTime() + millis * 1_000_000L;
        int left = millis;
        while (true) {
            send(1);
            boolean isOver = hasEnded;
            byte[] message = next(isOver ? 0 : sender.isBusy() ? Math.min(left, SLICE_MILLIS) : left);
            if (message != null) {
                return new Chunk(message, true, false);
            }
            if (isOver) {
                checkFailure();
                return null;
            }
            left = (int) ((deadline - System.nanoTime() + 999_999) / 1_000_000);
            if (left <= 0) {
                return NOTHING;
            }
        }
    }

    private byte @Nullable [] next(int millis) throws IOException {
        byte[] message = messages.poll();
        if (message != null || millis == 0) {
            return message;
        }
        if (kind != Kind.XHR) {
            readOnce(millis);
            return messages.poll();
        }
        try {
            return messages.poll(Math.min(millis, SLICE_MILLIS), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void checkFailure() throws IOException {
        if (failure instanceof IOException broken) {
            throw broken;
        } else if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    private void readOnce(int millis) throws IOException {
        byte[] piece = receiver.read(millis);
        if (receiver.hasEnded()) {
            hasEnded = true;
        } else if (piece == null) {
            if (receiver.status() != 200 || frames.isClosed()) {
                hasEnded = true;
            } else {
                receive();
            }
        } else {
            for (byte octet : piece) {
                line.write(octet);
                if (octet == '\n' && isComplete()) {
                    take(line.toString(UTF_8));
                    line.reset();
                }
            }
        }
    }

    private boolean isComplete() {
        return kind != Kind.EVENTSOURCE || line.toString(ISO_8859_1).endsWith(kind.end);
    }

    /** A line of XHR, or an event; what comes before the first frame is not one. */
    private void take(String text) {
        String frame = text.substring(0, text.length() - kind.end.length());
        boolean isPrelude = isFirst && frame.equals("h".repeat(2048));
        if (kind == Kind.EVENTSOURCE) {
            String event = isFirst && frame.startsWith("\r\n") ? frame.substring(2) : frame;
            if (!event.startsWith("data: ")) {
                throw new AssertionError("not an event: " + text);
            }
            frames.take(event.substring(6).replace("%25", "%"));
        } else if (!isPrelude) {
            frames.take(frame);
        }
        isFirst = false;
        for (byte[] message = frames.poll(); message != null; message = frames.poll()) {
            messages.add(message);
        }
        hasEnded |= frames.isClosed();
    }

    // ---- the end

    /** There is no half of a session: when all that was sent has been taken, the client goes, as browsers do. */
    @Override
    public void finish() throws IOException {
        for (int i = 0; i < 20 && (sender.isBusy() || !unsent.isEmpty()); i++) {
            send(ANSWER_MILLIS);
            if (sender.isBusy() && sender.read(ANSWER_MILLIS) == null) {
                checkAnswer();
            }
        }
        hasEnded = true;
        receiver.close();
    }

    @Override
    public void reset() throws IOException {
        hasEnded = true;
        sender.reset();
        receiver.reset();
    }

    @Override
    public int closeCode() {
        return frames.closeCode();
    }

    @Override
    public String closeReason() {
        return frames.closeReason();
    }

    @Override
    public long octetsRead() {
        return receiver.stream.octetsRead() + sender.stream.octetsRead();
    }

    @Override
    public int localPort() {
        return receiver.stream.localPort();
    }

    @Override
    public int remotePort() {
        return receiver.stream.remotePort();
    }

    @Override
    public void close() throws IOException {
        hasEnded = true;
        try {
            sender.close();
        } finally {
            receiver.close();
        }
    }
}
