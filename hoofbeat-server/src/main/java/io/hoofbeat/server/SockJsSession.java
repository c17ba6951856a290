/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made of requests: one at a time waits for what the server has to say, others bring what the client says.
 *
 * <p>It has an event loop, that of the connection by which it began, and everything happens there; requests that come in by
 * other connections' loops are handed over. Between two receiving requests nothing is written: messages stay in the outbox, where
 * they count as those of any client that reads slowly.
 */
final class SockJsSession extends Flusher.Member implements Carrier, Lobby.Guest, Runnable {
    /** In one request; a client that was held up sends all that it has. */
    static final int MOST_MESSAGES = 64 * 1024;

    /** Requests that may wait until what they bring is taken: clients send one after the other. */
    private static final int MOST_SENDS = 4;

    private static final int INTERRUPTED = 1002;
    private static final byte[] OPEN = {'o'};
    private static final byte[] HEARTBEAT = {'h'};
    private static final byte[] OTHER_IS_OPEN = JsonText.close(2010, "Another connection still open");

    private final SockJsSessions sessions;
    private final String id;
    private final SockJsTransport transport;
    private final String origin;
    private final @Nullable String certificate;
    private final ConnectionInfo info;
    private final Loop loop;
    private final SockJsFraming framing = new SockJsFraming();
    private final Talk talk;
    private final Progress progress;

    /** Null between two requests. */
    private @Nullable SockJsReceiver receiver;

    /** What was brought and cannot be taken so far, and what was taken and cannot be answered; null if there is nothing. */
    private @Nullable ArrayDeque<Sending> sends;

    private boolean isOpened;
    private boolean heartbeatIsDue;
    private boolean isProceedingLater;
    private boolean isInLobby = true;
    private int held;

    /** When something was sent last; that it asks for more is no sign of life where STOMP wants one. */
    private long lastReadNanos;

    private long lastSentNanos;

    /** When the last receiver went. */
    private long aloneSinceNanos;

    /** The frame that everybody gets from then on; null while it is open. */
    private volatile byte @Nullable [] farewell;

    private long farewellNanos;
    private boolean isForgotten;
    private volatile boolean isWelcome;

    private @Nullable Future<?> timer;
    private long timerNanos;

    /**
     * A request that brings messages.
     *
     * @param strings null once they were taken
     * @param accepted what is to be answered
     */
    private record Sending(HttpExchange exchange, @Nullable JsonStrings strings, Answer accepted) {}

    SockJsSession(
            SockJsSessions sessions,
            String id,
            SockJsTransport transport,
            HttpExchange exchange,
            ConnectionInfo info,
            Talk.Starter starter) {
        this.sessions = sessions;
        this.id = id;
        this.transport = transport;
        this.origin = exchange.originKey();
        this.certificate = exchange.accepted().user();
        this.info = info;
        this.loop = exchange.loop();
        long now = loop.nanoTime();
        this.lastReadNanos = now;
        this.lastSentNanos = now;
        this.aloneSinceNanos = now;
        this.progress = new Progress(now);
        this.talk = starter.start(this, loop, framing);
    }

    /** It can be found from now on. */
    void begin() {
        loop.lobby().enter(this);
        look();
        schedule(loop.nanoTime() + sessions.options().disconnectDelay().toNanos());
    }

    String id() {
        return id;
    }

    /** The one that it was begun with. */
    SockJsTransport transport() {
        return transport;
    }

    /** Whether it takes what clients send. Any thread; a moment later it may be otherwise. */
    boolean isOpen() {
        return farewell == null;
    }

    /** Whether it is known who it is. Any thread. */
    boolean isWelcome() {
        return isWelcome;
    }

    /** Whether the request is one of the client that began it, as far as that can be seen (SJ-SEC-3). Any thread. */
    boolean belongsTo(HttpExchange exchange) {
        if (exchange.origin() != null && !exchange.originKey().equals(origin)) {
            return false;
        }
        String shown = exchange.accepted().user();
        if (certificate != null || shown != null) {
            return Objects.equals(certificate, shown);
        }
        return !sessions.options().sameAddress() || exchange.address().equals(info.remoteAddress());
    }

    // ---- what comes in

    /** A request that brings messages. Any thread. */
    void send(HttpExchange exchange, JsonStrings strings, Answer accepted) {
        loop.execute(() -> take(new Sending(exchange, strings, accepted)));
    }

    private void take(Sending sending) {
        lastReadNanos = loop.nanoTime();
        if (!isOpen()) {
            sending.exchange.answer(SockJsRoute.notFound());
            return;
        }
        if (sends == null) {
            sends = new ArrayDeque<>(1);
        }
        if (sends.size() >= MOST_SENDS) {
            sending.exchange.answer(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many requests wait"));
            return;
        }
        sends.add(sending);
        if (!isProceedingLater) {
            talk.nextTurn();
        }
        proceed();
    }

    /** Gives the talk what it takes, in order, and answers the requests whose messages it has (SJ-SEND-5). */
    private void proceed() {
        ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
        try {
            boolean more = talk.proceed(allocator);
            look();
            while (!more && isOpen() && sends != null && !sends.isEmpty() && talk.wantsMore()) {
                Sending first = sends.remove();
                if (first.strings == null) {
                    first.exchange.answer(first.accepted);
                } else {
                    if (!talk.isWelcome()) {
                        hold(first.strings.all().readableBytes());
                    }
                    sends.addFirst(new Sending(first.exchange, null, first.accepted));
                    talk.add(first.strings);
                    more = talk.proceed(allocator);
                    look(); // before the answer: the client may then send more than a stranger
                }
            }
            if (more) {
                proceedLater();
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void proceedLater() {
        if (!isProceedingLater) {
            isProceedingLater = true;
            loop.executeInNextIteration(() -> {
                isProceedingLater = false;
                if (isOpen() && !isForgotten) {
                    talk.nextTurn();
                    proceed();
                }
            });
        }
    }

    @Override
    public void pauseReads() {
        talk.pause();
    }

    @Override
    public void resumeReads() {
        talk.resume();
        proceedLater();
    }

    /** Perhaps it has become known who it is. */
    private void look() {
        if (!isWelcome && isOpen() && talk.isWelcome()) {
            isWelcome = true;
            leaveLobby();
            run(); // heart-beats have been agreed on
        }
    }

    // ---- the lobby

    private void hold(int octets) {
        if (isInLobby) {
            held += octets;
            loop.lobby().hold(octets);
        }
    }

    private void leaveLobby() {
        if (isInLobby) {
            isInLobby = false;
            loop.lobby().leave(this, held);
        }
    }

    @Override
    public void putOut() {
        talk.end(CloseReason.OVERLOADED, "too many connections wait for a login");
        leaveLobby();
    }

    // ---- what goes out

    /** A request that waits for messages. Any thread. */
    void receive(HttpExchange exchange, SockJsTransport by, String callback, Answer head) {
        if (loop.eventLoop().inEventLoop()) {
            attach(exchange, by, callback, head);
        } else {
            loop.execute(() -> attach(exchange, by, callback, head));
        }
    }

    private void attach(HttpExchange exchange, SockJsTransport by, String callback, Answer head) {
        if (isForgotten) {
            // In the very moment; it begins anew.
            exchange.execute(() -> sessions.receive(exchange, id, by, callback, head));
            return;
        }
        Listening listening = new Listening();
        SockJsReceiver next = new SockJsReceiver(exchange, by, callback, head, listening);
        if (receiver != null) {
            Output out = loop.output();
            next.begin(out, Long.MAX_VALUE);
            next.frame(OTHER_IS_OPEN, out);
            next.finish(out);
            return;
        }
        listening.receiver = next;
        long now = loop.nanoTime();
        lastSentNanos = now;
        receiver = next;
        framing.use(next);
        drain(now);
        schedule(now + sessions.options().heartbeatTime().toNanos());
    }

    /** Knows what happens to the response's connection. Its event loop. */
    private final class Listening implements HttpExchange.Stream {
        /** Null for one that was refused. */
        private volatile @Nullable SockJsReceiver receiver;

        @Override
        public void writable() {
            wake();
        }

        @Override
        public void gone() {
            loop.execute(() -> {
                if (receiver != null) {
                    interrupted(receiver);
                }
            });
        }
    }

    @Override
    public void wake() {
        loop.flusher().add(this);
    }

    @Override
    void drain(long nowNanos) {
        SockJsReceiver to = receiver;
        if (to == null || isForgotten) {
            return;
        }
        long room = to.channel().bytesBeforeUnwritable();
        if (room > 0) {
            try {
                write(to, room, nowNanos);
            } catch (RuntimeException | Error e) {
                // Whatever it is, the other connections want to be drained too.
                fail(e);
            }
        }
    }

    private void write(SockJsReceiver to, long room, long nowNanos) {
        Output out = loop.output();
        to.begin(out, room);
        boolean streams = to.transport().isStreaming();
        boolean opens = !isOpened;
        if (opens) {
            isOpened = true;
            to.frame(OPEN, out);
        }
        boolean everything = (!opens || streams) && talk.drain(out);
        boolean isComplete = framing.endArray(out);
        boolean ends = isComplete && to.hasSpoken(out) && !streams;
        byte[] last = farewell;
        if (everything && last != null && !ends) {
            out.handOver();
            to.frame(last, out);
            ends = true;
        } else if (heartbeatIsDue && !to.hasSpoken(out)) {
            to.frame(HEARTBEAT, out);
            ends = !streams;
        }
        heartbeatIsDue = false;
        boolean hasSpoken = to.hasSpoken(out);
        if (hasSpoken) {
            lastSentNanos = nowNanos;
        }
        if (ends || (isComplete && to.sentWith(out) >= sessions.options().streamBytesLimit())) {
            detach(nowNanos);
            to.finish(out);
            if (last != null) {
                talk.closed();
            }
        } else {
            to.flush(out);
            if (hasSpoken) {
                progress.wrote(to.channel(), nowNanos);
            }
            if (!everything && to.channel().isWritable()) {
                wake();
            }
        }
    }

    private void detach(long nowNanos) {
        receiver = null;
        framing.use(null);
        progress.goesOn(nowNanos);
        aloneSinceNanos = nowNanos;
        schedule(aloneSinceNanos + sessions.options().disconnectDelay().toNanos());
    }

    // ---- time

    /** The timer. */
    @Override
    public void run() {
        stopTimer();
        if (isForgotten) {
            return;
        }
        long now = loop.nanoTime();
        long delay = sessions.options().disconnectDelay().toNanos();
        SockJsReceiver to = receiver;
        if (!isOpen()) {
            if (now - farewellNanos >= delay) {
                forget();
            } else {
                schedule(farewellNanos + delay);
            }
            return;
        }
        if (to == null && now - aloneSinceNanos >= delay) {
            forget();
            return;
        }
        long lastWrite = to == null ? progress.lastWriteNanos() : progress.lastWriteNanos(to.channel(), now);
        long due = now + talk.onTimer(now, lastReadNanos, lastWrite);
        if (to == null) {
            due = Math.min(due, aloneSinceNanos + delay);
        } else {
            due = Math.min(due, heartbeat(now));
        }
        if (isOpen()) {
            schedule(due);
        }
    }

    /** Says that it is there, if nothing else was said for a while (SJ-HB-1). @return when that is due next */
    private long heartbeat(long now) {
        long interval = sessions.options().heartbeatTime().toNanos();
        if (now - lastSentNanos < interval) {
            return lastSentNanos + interval;
        }
        heartbeatIsDue = true;
        wake();
        return now + interval;
    }

    /** Has the timer run then, or before. */
    private void schedule(long atNanos) {
        if (timer == null || atNanos - timerNanos < 0) {
            stopTimer();
            timerNanos = atNanos;
            timer = loop.schedule(this, atNanos - loop.nanoTime());
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // ---- its end

    @Override
    public void close(CloseReason reason, String text) {
        end(CloseCode.of(reason), text);
    }

    @Override
    public void abort() {
        forget();
    }

    @Override
    public void end(int code, String text) {
        if (!isOpen()) {
            return;
        }
        bye(JsonText.close(code, text));
        talk.skip(ByteBufAllocator.DEFAULT);
        wake();
    }

    /** The response was cut, and what was in it is lost: so the session is over (SJ-ABORT-1). */
    private void interrupted(SockJsReceiver which) {
        if (receiver != which) {
            return;
        }
        receiver = null;
        talk.release();
        if (isOpen()) {
            bye(JsonText.close(INTERRUPTED, "Connection interrupted"));
        }
        talk.closed();
    }

    private void bye(byte[] frame) {
        farewell = frame;
        farewellNanos = loop.nanoTime();
        leaveLobby();
        stopTimer();
        schedule(farewellNanos + sessions.options().disconnectDelay().toNanos());
        answerSends();
    }

    /** Who has been heard is told so, and who has not is told that, too. */
    private void answerSends() {
        if (sends != null) {
            sends.forEach(sending ->
                    sending.exchange.answer(sending.strings == null ? sending.accepted : SockJsRoute.notFound()));
            sends = null;
        }
    }

    /** Nobody asks for it any more. */
    private void forget() {
        if (isForgotten) {
            return;
        }
        isForgotten = true;
        if (isOpen()) {
            bye(JsonText.close(INTERRUPTED, "Connection interrupted"));
        }
        stopTimer();
        sessions.forget(this);
        if (receiver != null) {
            receiver.cut();
            receiver = null;
        }
        talk.release();
        talk.closed();
    }

    /** A failure of ours. */
    private void fail(Throwable failure) {
        sessions.listener()
                .server()
                .tell(listener -> listener.failed("SockJS session from " + info.remoteAddress(), failure));
        if (isOpen()) {
            talk.end(CloseReason.FAILED, "internal failure");
        } else {
            forget();
        }
    }

    /** The server stops. Any thread. */
    void stop() {
        loop.execute(() -> talk.end(CloseReason.SHUTDOWN, "the server is shutting down"));
    }

    /** The server has stopped. Any thread. */
    void forgetNow() {
        loop.execute(this::forget);
    }

    // ---- what the engine asks for besides

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> {
            if (!isForgotten) {
                task.run();
            }
        });
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }
}
