/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.Connection;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Session;
import io.hoofbeat.broker.Sink;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.util.MimeTypeUtils;

/**
 * A session of the engine over Spring's channels.
 *
 * <p>It has no thread. Whoever has something for it puts that into its box, and the first to do so takes its turn: in the {@link Round}
 * that its thread is in, else on a thread of the outbound channel. So the engine's session is called by one thread at a time, and nobody
 * waits for another.
 *
 * <p>What goes out is fetched by the session's lane of the outbound channel, in a turn, and handed to that channel as long as not too much
 * of it is under way there; the rest waits in the outbox, where the engine sees it and applies the policy for slow consumers. Writing may
 * block, and is no part of a turn.
 */
final class SpringConnection implements ClientConnection, Connection, Sink {
    private static final byte[] BEAT = {'\n'};

    private final SpringBroker broker;
    private final String id;
    private final ConnectionInfo info;
    private final @Nullable Wire wire;
    private final @Nullable Principal user;
    private final Lane incoming;
    private final Lane outgoing;

    private final ConcurrentLinkedQueue<Runnable> box = new ConcurrentLinkedQueue<>();
    private final AtomicInteger boxed = new AtomicInteger();

    /** All that follows belongs to the turn, unless it is said otherwise. */
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();

    private @Nullable Session session;

    /** Null once CONNECTED has been sent. */
    private org.springframework.messaging.@Nullable Message<?> connect;

    private boolean isPaused;
    private boolean isGone;
    private @Nullable Future<?> timer;

    /** Ends it when its socket is gone, whatever it waits for; null unless that is so. */
    private @Nullable Future<?> remainder;

    /** Null as long as the engine wants it to live. */
    private @Nullable CloseReason closing;

    private boolean isFarewellSaid;

    /** Any thread. */
    private volatile boolean waitsForRoom;

    private volatile boolean isMute;
    private volatile long lastWriteNanos = System.nanoTime();

    /**
     * A connection that begins.
     *
     * @param id Spring's name for the session
     * @param connect the CONNECT, which listeners to the event that it led to want to see
     * @param wire null if it came in another way than by our codec
     */
    SpringConnection(
            SpringBroker broker,
            String id,
            ConnectionInfo info,
            org.springframework.messaging.Message<?> connect,
            @Nullable Wire wire) {
        this.broker = broker;
        this.id = id;
        this.info = info;
        this.connect = connect;
        this.wire = wire;
        this.user = SimpMessageHeaderAccessor.getUser(connect.getHeaders());
        this.incoming = broker.inbound().keep(id, new Reading());
        this.outgoing = broker.outbound().keep(id, new Writing());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    // ---- turns

    /** Puts something into the box; it is done after what is there. Any thread. */
    @Override
    public void execute(Runnable task) {
        box.add(task);
        if (boxed.getAndIncrement() == 0 && !Round.joins(this)) {
            broker.dispatch(() -> Round.play(this::takeTurn));
        }
    }

    @Override
    public void startBehind(Runnable start) {
        if (boxed.get() == 0) {
            start.run();
        } else {
            Round.play(() -> execute(start));
        }
    }

    /** Does what is in the box. Called by whoever put the first thing there, and until it is empty by nobody else. */
    void takeTurn() {
        do {
            Runnable task = Objects.requireNonNull(box.poll());
            try {
                task.run();
            } catch (RuntimeException e) {
                broker.failed(this, e);
            }
        } while (boxed.decrementAndGet() > 0);
    }

    private Session session() {
        return Objects.requireNonNull(session);
    }

    // ---- what comes in

    @Override
    public void open(Frame frame, org.springframework.messaging.Message<?> message) {
        execute(() -> {
            session = broker.broker().connect(this);
            receive(frame);
            keepTime();
        });
    }

    @Override
    public void onFrame(Frame frame) {
        execute(() -> receive(frame));
    }

    private void receive(Frame frame) {
        frames.add(frame);
        deliver();
    }

    private void deliver() {
        while (!isPaused && !frames.isEmpty()) {
            session().onFrame(frames.remove());
        }
    }

    @Override
    public void violated(ProtocolException violation) {
        execute(() -> session().onProtocolViolation(violation));
    }

    @Override
    public void promise(Answer answer) {
        execute(() -> answer.promised(session().promise(answer.id())));
    }

    @Override
    public void refuse(String receipt, String text) {
        execute(() -> session().promise(receipt).fail(text));
    }

    @Override
    public void pauseReads() {
        isPaused = true;
        incoming.pause(true);
    }

    @Override
    public void resumeReads() {
        isPaused = false;
        broker.inbound().resume(incoming);
        execute(this::deliver);
    }

    // ---- what goes out

    @Override
    public void wake() {
        if (!Round.wakes(this)) {
            broker.dispatch(this::beginFetching);
        }
    }

    /** Sends the lane for what is in the outbox. Any thread. */
    void beginFetching() {
        outgoing.execute(() -> Round.play(this::fetch));
    }

    /** A turn of its own if nobody has one, which is the rule: then nothing is put into the box. */
    private void fetch() {
        if (!boxed.compareAndSet(0, 1)) {
            execute(this::drain);
            return;
        }
        try {
            drain();
        } catch (RuntimeException e) {
            broker.failed(this, e);
        }
        if (boxed.decrementAndGet() > 0) {
            takeTurn();
        }
    }

    private void drain() {
        boolean isEmpty;
        do {
            waitsForRoom = false;
            isEmpty = session().outbox().drain(this);
            waitsForRoom = !isEmpty;
        } while (!isEmpty && hasRoom());
        if (isEmpty && closing != null) {
            sayFarewell();
        }
    }

    @Override
    public boolean hasRoom() {
        return outgoing.octets() < SpringBroker.UNDER_WAY;
    }

    @Override
    public void inTurn(Runnable task) {
        Round.play(() -> execute(task));
    }

    /** What is read is handled one by one. */
    private static final class Reading implements Lane.Owner {
        @Override
        public void handled(long left) {}

        @Override
        public boolean gather() {
            return false;
        }

        @Override
        public void flush() {}
    }

    /** What is written may gather, and makes room for more. */
    private final class Writing implements Lane.Owner {
        @Override
        public void handled(long left) {
            lastWriteNanos = System.nanoTime();
            if (waitsForRoom && left <= SpringBroker.UNDER_WAY / 2) {
                Round.play(SpringConnection.this::wake);
            }
        }

        @Override
        public boolean gather() {
            return wire != null && wire.gather();
        }

        @Override
        public void flush() {
            if (wire != null) {
                wire.flush();
            }
        }
    }

    @Override
    public void frame(Frame frame) {
        StompHeaderAccessor accessor = StompMessages.fromEngine(frame, null, id);
        if (frame.command() == Command.CONNECTED) {
            accessor.setHeader(SimpMessageHeaderAccessor.CONNECT_MESSAGE_HEADER, connect);
            connect = null;
        }
        send(accessor, frame.body());
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
        StompHeaderAccessor accessor = accessor(subscription, message, delivery);
        if (!message.isUtf8()) {
            // Spring sends by the content type, as a text unless it is this; the client sees what the sender wrote.
            accessor.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.APPLICATION_OCTET_STREAM);
        }
        send(accessor, message.body());
    }

    private StompHeaderAccessor accessor(Subscription subscription, Message message, @Nullable Delivery delivery) {
        String destination = message.destination();
        Version version = session().version();
        if (version == null || UserDestinations.isInside(destination)) {
            Frame frame = subscription.frame(message, delivery);
            return StompMessages.fromEngine(frame, UserDestinations.outside(destination), id);
        }
        byte[] head = subscription.head(message, delivery);
        DeliveredHeaders headers = new DeliveredHeaders(subscription, message, head, version, id);
        return StompMessages.fromEngine(message, subscription.id(), headers, id);
    }

    @Override
    public void beat() {
        StompHeaderAccessor accessor = StompHeaderAccessor.createForHeartbeat();
        accessor.setSessionId(id);
        send(accessor, BEAT);
    }

    private void send(StompHeaderAccessor accessor, byte[] body) {
        if (!isMute) {
            accessor.setUser(user);
            broker.send(StompMessages.message(accessor, body));
        }
    }

    // ---- time

    private void keepTime() {
        if (isGone || closing != null) {
            return;
        }
        long now = broker.broker().nanoTime();
        long lastRead = wire == null ? now : wire.lastReadNanos();
        boolean insideFrame = wire != null && wire.isInsideFrame();
        long delay = session().onTimer(now, lastRead, lastWriteNanos, insideFrame);
        if (delay < Long.MAX_VALUE) {
            timer = broker.later(() -> execute(this::keepTime), delay);
        }
    }

    // ---- the end

    @Override
    public void close(CloseReason reason, String text) {
        if (closing == null) {
            closing = reason;
            stopTimer();
            broker.later(() -> broker.closeLater(id), SpringBroker.FAREWELL_NANOS);
            execute(this::drain);
        }
    }

    @Override
    public void abort() {
        closing = CloseReason.LOST;
        isFarewellSaid = true;
        isMute = true;
        stopTimer();
        broker.closeLater(id);
    }

    /** Everything has been handed over; the socket is closed behind it. */
    private void sayFarewell() {
        if (!isFarewellSaid) {
            isFarewellSaid = true;
            CloseReason reason = Objects.requireNonNull(closing);
            outgoing.execute(() -> broker.closeSocket(id, reason));
        }
    }

    @Override
    public void mute() {
        isMute = true;
    }

    @Override
    public void goneAfter(Runnable task, long nanos) {
        execute(() -> {
            if (!isGone) {
                remainder = broker.later(task, nanos);
            }
        });
    }

    @Override
    public void gone() {
        execute(() -> {
            if (!isGone) {
                isGone = true;
                stopTimer();
                if (remainder != null) {
                    remainder.cancel(false);
                }
                session().onClosed();
                broker.inbound().release(incoming);
                broker.outbound().release(outgoing);
            }
        });
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
