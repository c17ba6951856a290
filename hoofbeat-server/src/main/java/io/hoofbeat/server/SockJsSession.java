/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made of requests: one at a time waits for what the server has to say, others bring what the client says.
 *
 * <p>It has an event loop, that of the connection by which it began, and everything happens there; requests that come in by
 * other connections' loops are handed over. Between two receiving requests nothing is written: messages stay in the outbox, where
 * they count as those of any client that reads slowly.
 */
final class SockJsSession extends Flusher.Member implements Carrier, Lobby.Guest, Runnable {
    /** What one costs that has not logged in, beside what it has sent. */
    private static final int COST = 4 * 1024;

    private static final byte[] OPEN = {'o'};
    private static final byte[] HEARTBEAT = {'h'};
    private static final byte[] INTERRUPTED = JsonText.close(1002, "Connection interrupted");
    private static final byte[] OTHER_IS_OPEN = JsonText.close(2010, "Another connection still open");

    private final SockJsSessions sessions;
    private final String id;
    private final SockJsTransport transport;
    private final SockJsClient client;
    private final ConnectionInfo info;
    private final Loop loop;
    private final SockJsFraming framing = new SockJsFraming();
    private final Talk talk;
    private final SockJsIntake intake;
    private final Progress progress;

    /** Null between two requests. */
    private @Nullable SockJsReceiver receiver;

    private boolean isOpened;
    private boolean heartbeatIsDue;
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

    /** Whether it was lost, and not ended by either side. */
    private boolean isCut;

    private boolean isForgotten;
    private volatile boolean isWelcome;

    private @Nullable Future<?> timer;
    private long timerNanos;

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
        this.client = SockJsClient.of(exchange, sessions.options());
        this.info = info;
        this.loop = exchange.loop();
        long now = loop.nanoTime();
        this.lastReadNanos = now;
        this.lastSentNanos = now;
        this.aloneSinceNanos = now;
        this.progress = new Progress(now);
        this.talk = starter.start(this, loop, framing, null);
        this.intake = new SockJsIntake(this, talk);
    }

    /** It can be found from now on. */
    void begin() {
        loop.lobby().enter(this);
        holds(COST);
        look();
        run();
    }

    String id() {
        return id;
    }

    /** The one that it was begun with. */
    SockJsTransport transport() {
        return transport;
    }

    /** Whether the talk goes on, although perhaps nobody hears it any more. */
    boolean isTalking() {
        return (isOpen() || isCut) && !isForgotten;
    }

    /** Whether it takes what clients send. Any thread; a moment later it may be otherwise. */
    boolean isOpen() {
        return farewell == null;
    }

    /** Whether it is known who it is. Any thread. */
    boolean isWelcome() {
        return isWelcome;
    }

    /** Whether the request may be one of the client that began it. Any thread. */
    boolean belongsTo(HttpExchange exchange) {
        return client.isOf(exchange);
    }

    // ---- what comes in

    /** A request that brings messages. Any thread. */
    void send(HttpExchange exchange, JsonStrings strings, Answer accepted) {
        loop.execute(() -> {
            if (isOpen()) {
                lastReadNanos = loop.nanoTime();
                guarded(() -> intake.add(exchange, strings, accepted));
            } else {
                exchange.answer(SockJsRoute.notFound());
            }
        });
    }

    /** Runs it such that a failure ends nothing but this session. */
    void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            fail(e);
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

    @Override
    public void proceedLater() {
        intake.proceedLater();
    }

    /** Perhaps it has become known who it is. */
    void look() {
        if (!isWelcome && isOpen() && talk.isWelcome()) {
            isWelcome = true;
            leaveLobby();
            run(); // heart-beats have been agreed on
        }
    }

    // ---- the lobby

    /** It has brought so much more; of interest as long as it is not known who it is. */
    void holds(int octets) {
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
        forget();
    }

    // ---- what goes out

    /** A request that waits for messages. The event loop of its connection. */
    void receive(HttpExchange exchange, SockJsTransport by, String callback, Answer head) {
        SockJsReceiver next = new SockJsReceiver(exchange, this, by, callback, head);
        if (loop.eventLoop().inEventLoop()) {
            attach(next);
        } else {
            loop.execute(() -> attach(next));
        }
    }

    private void attach(SockJsReceiver next) {
        if (isForgotten || receiver != null) {
            Output out = loop.output();
            next.begin(out, Long.MAX_VALUE);
            next.frame(isForgotten ? INTERRUPTED : OTHER_IS_OPEN, out);
            next.finish(out);
            return;
        }
        long now = loop.nanoTime();
        lastSentNanos = now;
        receiver = next;
        framing.use(next);
        drain(now);
        schedule(now + sessions.options().heartbeatTime().toNanos());
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
        boolean everything = (!opens || streams) && (isCut || talk.drain(out));
        boolean isComplete = framing.endArray(out);
        boolean ends = isComplete && to.hasSpoken(out) && !streams;
        byte[] last = farewell;
        boolean isLast = everything && last != null && !ends;
        if (isLast && last != null) {
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
            if (isLast && !isCut) {
                talk.closed();
            }
        } else {
            to.flush(out);
            if (hasSpoken) {
                progress.wrote(to.channel(), nowNanos);
            }
            if (!everything && to.channel().isWritable() && !talk.awaitsWake()) {
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
        if (isOpen()) {
            bye(JsonText.close(code, text));
            intake.end();
            wake();
        }
    }

    /**
     * The response was broken off, and what was in it is lost: so the session is over (SJ-ABORT-1). What the client has sent before
     * is still the talk's. Any thread.
     */
    void interrupted(SockJsReceiver which) {
        loop.execute(() -> {
            if (receiver == which) {
                receiver = null;
                framing.use(null);
                cut();
            }
        });
    }

    private void cut() {
        if (isOpen()) {
            isCut = true;
            bye(INTERRUPTED);
            intake.answer();
            lookCut();
        }
    }

    /** Perhaps the talk has taken all that came before the connection was lost. */
    void lookCut() {
        if (isCut && talk.isEmpty() && !talk.isPaused()) {
            talk.release();
            talk.closed();
        }
    }

    private void bye(byte[] frame) {
        farewell = frame;
        farewellNanos = loop.nanoTime();
        leaveLobby();
        stopTimer();
        schedule(farewellNanos + sessions.options().disconnectDelay().toNanos());
    }

    /** Nobody asks for it any more. */
    private void forget() {
        if (isForgotten) {
            return;
        }
        isForgotten = true;
        cut();
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
        forget();
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

    /** The same when others of the event loop have been read from. */
    void executeInNextIteration(Runnable task) {
        loop.executeInNextIteration(() -> {
            if (!isForgotten) {
                task.run();
            }
        });
    }

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
