/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Messages with an application's handler.
 *
 * <p>Two queues stand between the event loop and the handler's threads: calls that wait for the handler, and messages that wait
 * for the client. The first is bounded by not reading on, the second by closing who is too slow. Event loop, except where a method
 * says any thread.
 */
final class MessageTalk implements Talk {
    /** What a message costs beside its octets, for accounting. */
    private static final int OVERHEAD = 64;

    private static final long NOTHING_DUE_NANOS = TimeUnit.HOURS.toNanos(1);

    /** A call of the handler, and the octets that it holds. */
    private record Turn(int size, Call call) {}

    private interface Call {
        void run() throws Exception;
    }

    /** A message that waits for the client. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(byte[] octets, boolean binary) {}

    private final HandlerMount mount;
    private final Carrier carrier;
    private final Framing framing;
    private final WebSocketSession session;
    private final boolean isTextOnly;

    /** What was read and not looked at; null if there is nothing. */
    private @Nullable ByteBuf rest;

    /** What has come of a message; null if nothing has. */
    private @Nullable ByteBuf collected;

    private boolean isPaused;
    private boolean isOver;

    /** With which it was ended by us; 0 if it was not. */
    private int endCode;

    private String endReason = "";

    private final Object lock = new Object();

    /** Guarded by the lock, as is all that follows. */
    private final ArrayDeque<Turn> turns = new ArrayDeque<>(2);

    private long waitingBytes;
    private boolean isRunning;
    private boolean isHeld;

    private final ArrayDeque<Unsent> unsent = new ArrayDeque<>(2);
    private volatile long unsentBytes;
    private volatile boolean isClosing;

    MessageTalk(HandlerMount mount, Handshake handshake, Carrier carrier, Framing framing) {
        this.mount = mount;
        this.carrier = carrier;
        this.framing = framing;
        this.isTextOnly = framing instanceof SockJsFraming || framing instanceof SockJsWebSocketFraming;
        this.session = new WebSocketSession(mount.handlers().newId(), handshake, this);
        turn(0, () -> mount.handler().onOpen(session));
    }

    // ---- what comes in

    @Override
    public void add(ByteBuf in, ByteBufAllocator allocator) {
        if (rest == null) {
            rest = in;
        } else if (rest instanceof CompositeByteBuf several) {
            several.addComponent(true, in);
        } else {
            rest = allocator.compositeBuffer(64).addComponents(true, rest, in);
        }
    }

    @Override
    public void add(JsonStrings strings) {
        for (int i = 0; i < strings.count(); i++) {
            message(strings.string(i), false);
        }
    }

    @Override
    public void nextTurn() {}

    @Override
    public boolean proceed(ByteBufAllocator allocator) {
        while (rest != null && !isPaused) {
            ByteBuf piece = framing.next(rest);
            if (piece == null) {
                rest.release();
                rest = null;
            } else if (WebSocketInput.isEndOfMessage(piece)) {
                endMessage();
            } else {
                collect(piece);
            }
        }
        return false;
    }

    private void collect(ByteBuf piece) {
        if (collected == null) {
            collected = Unpooled.buffer(piece.readableBytes());
        }
        checkSize((long) collected.readableBytes() + piece.readableBytes());
        collected.writeBytes(piece);
    }

    private void checkSize(long octets) {
        if (octets > mount.mostOfMessage()) {
            throw new WebSocketException(
                    CloseCode.TOO_LARGE, "a message of more than " + mount.mostOfMessage() + " octets");
        }
    }

    private void endMessage() {
        byte[] octets = collected == null ? new byte[0] : new byte[collected.readableBytes()];
        if (collected != null) {
            collected.readBytes(octets);
            collected = null;
        }
        message(octets, framing.wasBinary());
    }

    private void message(byte[] octets, boolean binary) {
        if (isOver || endCode != 0) {
            return;
        }
        if (octets.length > mount.mostOfMessage()) {
            end(CloseCode.TOO_LARGE, "a message of more than " + mount.mostOfMessage() + " octets");
        } else if (binary) {
            turn(octets.length, () -> mount.handler().onBinary(session, octets));
        } else {
            turn(octets.length, () -> mount.handler().onText(session, new String(octets, UTF_8)));
        }
    }

    @Override
    public boolean wantsMore() {
        return rest == null && !isPaused;
    }

    @Override
    public boolean isEmpty() {
        return rest == null;
    }

    @Override
    public boolean isPaused() {
        return isPaused;
    }

    @Override
    public void pause() {
        isPaused = true;
    }

    @Override
    public void resume() {
        isPaused = false;
    }

    @Override
    public boolean isWelcome() {
        return true;
    }

    @Override
    public void skip(ByteBufAllocator allocator) {
        collected = null;
        try {
            while (rest != null && framing.next(rest) != null) {
                // Only its own goodbye is of interest.
            }
        } catch (WebSocketException e) {
            // Its mistakes are of none any more.
        }
        forget();
    }

    private void forget() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
        collected = null;
    }

    // ---- the handler

    private void turn(int octets, Call call) {
        boolean start;
        boolean hold;
        synchronized (lock) {
            turns.add(new Turn(octets + OVERHEAD, call));
            waitingBytes += octets + OVERHEAD;
            start = !isRunning;
            isRunning = true;
            hold = !isHeld && waitingBytes > mount.mostOfMessage();
            isHeld |= hold;
        }
        if (hold) {
            carrier.pauseReads();
        }
        if (start) {
            try {
                mount.handlers().execute(this::run);
            } catch (RejectedExecutionException e) {
                // The server has been closed, and gave its handlers time before that.
                carrier.execute(() -> end(CloseCode.GOING_AWAY, "the server is shutting down"));
            }
        }
    }

    /** One call after the other. A thread of the handlers'. */
    private void run() {
        Turn turn;
        while ((turn = next()) != null) {
            try {
                turn.call.run();
            } catch (Exception | LinkageError | AssertionError e) {
                mount.handlers().failed(mount.path(), e);
                carrier.execute(() -> end(CloseCode.FAILED, "internal failure"));
            }
        }
    }

    private @Nullable Turn next() {
        Turn turn;
        boolean release;
        synchronized (lock) {
            turn = turns.poll();
            isRunning = turn != null;
            waitingBytes -= turn == null ? 0 : turn.size;
            release = isHeld && waitingBytes <= mount.mostOfMessage() / 2;
            isHeld &= !release;
        }
        if (release) {
            carrier.execute(carrier::resumeReads);
        }
        return turn;
    }

    // ---- what goes out

    boolean isTextOnly() {
        return isTextOnly;
    }

    /** Any thread. */
    boolean isOpen() {
        return !isClosing;
    }

    /** Any thread. */
    long unsentBytes() {
        return unsentBytes;
    }

    /** The octets are not changed afterwards by anybody. Any thread. */
    void send(byte[] octets, boolean binary) {
        boolean isFirst;
        boolean isTooSlow;
        synchronized (lock) {
            if (isClosing) {
                return;
            }
            isFirst = unsent.isEmpty();
            isTooSlow =
                    !isFirst && unsentBytes + octets.length > mount.handlers().mostUnsent();
            if (!isTooSlow) {
                unsent.add(new Unsent(octets, binary));
                unsentBytes += octets.length + OVERHEAD;
            } else {
                isClosing = true;
                unsent.clear();
                unsentBytes = 0;
            }
        }
        if (isTooSlow) {
            carrier.execute(() -> end(CloseCode.POLICY, "too slow"));
        } else if (isFirst) {
            carrier.wake();
        }
    }

    @Override
    public boolean drain(Output out) {
        while (true) {
            Unsent next;
            synchronized (lock) {
                if (unsent.isEmpty()) {
                    return true;
                }
                if (!out.hasRoom()) {
                    return false;
                }
                next = unsent.remove();
                unsentBytes -= next.octets.length + OVERHEAD;
            }
            framing.payload(next.octets, next.binary, out);
        }
    }

    // ---- time, and the end

    @Override
    public long onTimer(long nowNanos, long lastReadNanos, long lastWriteNanos) {
        return NOTHING_DUE_NANOS;
    }

    /** The application closes it. Any thread. */
    void close(int code, String reason) {
        synchronized (lock) {
            isClosing = true;
        }
        carrier.execute(() -> end(code, reason));
    }

    @Override
    public void end(CloseReason reason, String text) {
        end(CloseCode.of(reason), text);
    }

    private void end(int code, String reason) {
        if (endCode == 0 && !isOver) {
            endCode = code;
            endReason = reason;
            isClosing = true;
            carrier.end(code, reason);
        }
    }

    @Override
    public void closed() {
        if (isOver) {
            return;
        }
        isOver = true;
        synchronized (lock) {
            isClosing = true;
            unsent.clear();
            unsentBytes = 0;
        }
        int code = endCode != 0 ? endCode : framing.isEnded() ? framing.endCode() : CloseCode.LOST;
        String reason = endCode != 0 ? endReason : framing.endReason();
        turn(0, () -> mount.handler().onClose(session, code, reason));
    }

    @Override
    public void release() {
        forget();
        framing.release();
    }
}
