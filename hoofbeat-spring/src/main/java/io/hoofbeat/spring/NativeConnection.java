/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.server.StompGate;
import io.hoofbeat.server.StompLine;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.handler.SessionLimitExceededException;

/**
 * A session of the engine over a socket of ours, in an application whose code wants to see some of its frames.
 *
 * <p>What the application does not want goes from the socket to the engine and back on the event loop. What it wants makes a detour
 * through Spring's handlers and channels, on a thread of the application's: one frame at a time, and nothing more is taken from the client
 * meanwhile, so that order needs no care. The event loop's thread, unless a method is the interface's to Spring.
 */
final class NativeConnection implements ClientConnection, StompGate.Guard {
    private static final Logger LOG = LoggerFactory.getLogger(NativeConnection.class);

    /** What a message costs beside its octets, for accounting. */
    private static final int OVERHEAD = 256;

    /** What the handler of messages is given: the frame itself comes by the {@link Wire}. */
    private static final TextMessage NOTICE = new TextMessage("");

    /** What the application has for the client. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(
            byte @Nullable [] octets, @Nullable Frame frame, boolean binary) {
        int size() {
            return OVERHEAD + (octets == null ? 0 : octets.length) + (frame == null ? 0 : frame.body().length);
        }
    }

    private enum State {
        NEW,
        /** CONNECT is being looked into: nothing more is taken. */
        CONNECTING,
        CONNECTED
    }

    private final SpringBroker broker;
    private final Interest interest;
    private final StompLine line;
    private final Admitted admitted;
    private final NativeSocket socket;
    private final Lane outgoing;
    private final int mostUnsent;

    /** A destination that was found to be the engine's alone. */
    private String direct = "";

    /** Whether a thread of the application's is at it. */
    private boolean isAway;

    private State state = State.NEW;

    /** Whether CONNECTED or ERROR is on its way through Spring; nothing else is written before it. */
    private boolean awaitsSpring;

    private @Nullable CloseStatus closed;
    private boolean isClosedTold;

    /** The CONNECT until it was answered. */
    private @Nullable Message<?> connect;

    /** Any thread, as is all that follows. */
    private volatile @Nullable Principal user;

    private volatile boolean isOpen = true;

    /** Octets between the engine and Spring's outbound channel. */
    private final AtomicLong underWay = new AtomicLong();

    /** Guarded by itself. */
    private final ArrayDeque<Unsent> unsent = new ArrayDeque<>(2);

    private volatile int unsentOctets;

    NativeConnection(SpringBroker broker, StompLine line, Admitted admitted) {
        this.broker = broker;
        this.interest = broker.interest();
        this.line = line;
        this.admitted = admitted;
        this.user = admitted.user();
        this.outgoing = broker.outbound().keep(admitted.id(), new Writing());
        this.socket =
                new NativeSocket(this, admitted, line.handshake().subprotocol().orElse(null));
        this.mostUnsent = broker.sockets().getSendBufferSizeLimit();
    }

    /** Tells the application that it is there, and goes on then. */
    void begin() {
        away(() -> admitted.handler().afterConnectionEstablished(socket));
    }

    @Override
    public String id() {
        return admitted.id();
    }

    @Override
    public ConnectionInfo info() {
        return line.session().connection();
    }

    // ---- what comes in

    @Override
    public boolean enters(Frame frame) {
        if (isDirect(frame)) {
            return true;
        }
        if (state == State.NEW) {
            state = State.CONNECTING;
        }
        boolean isInline = frame.command() == Command.SUBSCRIBE; // whoever listens to its event may answer at once
        away(() -> OrderedExecutor.aside(id(), isInline, () -> {
            socket.wire().take(frame);
            admitted.handler().handleMessage(socket, NOTICE);
        }));
        return false;
    }

    private boolean isDirect(Frame frame) {
        Command command = frame.command();
        if (state == State.NEW) {
            return command != Command.CONNECT && command != Command.STOMP; // the engine says what is wrong with it
        }
        return !interest.seesClientFrames()
                && switch (command) {
                    case ACK, NACK, BEGIN, COMMIT, ABORT -> true;
                    case SEND -> isForEngine(frame.headers());
                    default -> false;
                };
    }

    private boolean isForEngine(Headers headers) {
        int index = headers.indexOf("destination");
        if (index < 0) {
            return true;
        }
        if (!headers.isValue(index, direct)) {
            String destination = headers.value(index);
            if (!interest.isEnginesAlone(destination)) {
                return false;
            }
            direct = destination;
        }
        return headers.indexOf(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION) < 0;
    }

    /** Does something on a thread of the application's. Nothing is taken from the client until it is done. */
    private void away(Wire.Action action) {
        isAway = true;
        try {
            line.work(() -> {
                try {
                    action.run();
                } catch (Exception | LinkageError | AssertionError e) {
                    LOG.error("{}: internal failure", id(), e);
                    line.session().end(CloseReason.FAILED, "internal failure");
                } finally {
                    line.execute(this::back);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the application is being closed, and nothing is done any more", id(), e);
        }
    }

    private void back() {
        isAway = false;
        goOn();
    }

    private void goOn() {
        if (isAway) {
            return; // it comes back here
        }
        if (closed != null) {
            tellClosed(closed);
        } else if (!awaitsSpring && state != State.CONNECTING) {
            line.proceed();
        }
    }

    // ---- what Spring's handlers hand in

    /** The engine takes whom Spring has found, as {@code login}; what the client itself says there is of no interest. */
    @Override
    public void open(Frame frame, Message<?> message) {
        Principal who = SimpMessageHeaderAccessor.getUser(message.getHeaders());
        user = who;
        Headers.Builder headers = Headers.builder();
        if (who != null && !who.getName().isEmpty()) {
            headers.add("login", who.getName());
        }
        Headers said = frame.headers();
        for (int i = 0; i < said.size(); i++) {
            if (!said.isNamed(i, "login") && !said.isNamed(i, "passcode")) {
                headers.add(said.name(i), said.value(i));
            }
        }
        Frame known = new Frame(frame.command(), headers.build());
        line.execute(() -> connect = message);
        line.receive(known);
    }

    @Override
    public void onFrame(Frame frame) {
        line.receive(frame);
        if (frame.command() == Command.SUBSCRIBE) {
            awaitLoop();
        }
    }

    /** Until the engine has what it was given. It is not worth more than a moment. */
    private void awaitLoop() {
        CountDownLatch done = new CountDownLatch(1);
        line.execute(done::countDown);
        try {
            if (!done.await(1, TimeUnit.SECONDS)) {
                LOG.debug("{}: the event loop is busy", id());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void violated(ProtocolException violation) {
        line.execute(() -> line.session().onProtocolViolation(violation));
    }

    @Override
    public void promise(Answer answer) {
        line.execute(() -> answer.promised(line.session().promise(answer.id())));
    }

    @Override
    public void refuse(String receipt, String text) {
        line.execute(() -> line.session().promise(receipt).fail(text));
    }

    @Override
    public void inTurn(Runnable task) {
        outgoing.execute(() -> line.execute(task));
    }

    /** What came before has been received: it was the only one. */
    @Override
    public void startBehind(Runnable start) {
        start.run();
    }

    // ---- what goes out

    @Override
    public boolean leaves(Frame frame) {
        boolean isGreeting = frame.command() == Command.CONNECTED;
        boolean isAnswered = isGreeting || (frame.command() == Command.ERROR && interest.seesErrors());
        if (!isAnswered && !interest.seesMessages()) {
            return true;
        }
        StompHeaderAccessor accessor = StompMessages.fromEngine(frame, null, id());
        if (isGreeting && connect != null) {
            accessor.setHeader(SimpMessageHeaderAccessor.CONNECT_MESSAGE_HEADER, connect);
            connect = null;
        }
        awaitsSpring |= isAnswered;
        pass(accessor, frame.body(), isAnswered);
        return false;
    }

    @Override
    public boolean leaves(Subscription subscription, io.hoofbeat.broker.Message message, @Nullable Delivery delivery) {
        if (interest.seesMessages()) {
            Frame frame = subscription.frame(message, delivery);
            StompHeaderAccessor accessor =
                    StompMessages.fromEngine(frame, UserDestinations.outside(message.destination()), id());
            if (!message.isUtf8()) {
                accessor.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.APPLICATION_OCTET_STREAM);
            }
            pass(accessor, frame.body(), false);
            return false;
        }
        if (UserDestinations.isInside(message.destination())) {
            Frame frame = UserDestinations.forUser(subscription.frame(message, delivery));
            put(new Unsent(null, frame, !message.isText()));
            return false;
        }
        return true;
    }

    /** Takes the way through Spring's outbound channel. */
    private void pass(StompHeaderAccessor accessor, byte[] body, boolean isAwaited) {
        long size = OVERHEAD + (long) body.length;
        underWay.addAndGet(size);
        accessor.setUser(user);
        outgoing.execute(() -> {
            boolean isTaken = broker.send(StompMessages.message(accessor, body));
            underWay.addAndGet(-size);
            if (!isTaken) {
                line.wake(); // nothing else will tell that there is room
            }
            if (isAwaited) {
                outgoing.execute(() -> line.execute(this::answered));
            }
        });
    }

    /** Spring has done with what was awaited; what it made of that is in the queue. */
    private void answered() {
        awaitsSpring = false;
        if (state == State.CONNECTING) {
            state = State.CONNECTED;
        }
        line.wake();
        goOn();
    }

    @Override
    public boolean hasRoom() {
        return !awaitsSpring && (!interest.seesMessages() || passing() < SpringBroker.UNDER_WAY);
    }

    @Override
    public boolean isIdle() {
        return !awaitsSpring && (!interest.seesMessages() || passing() == 0);
    }

    private long passing() {
        return underWay.get() + outgoing.octets() + unsentOctets;
    }

    /** What has passed the outbound channel makes room for more. */
    private final class Writing implements Lane.Owner {
        @Override
        public void handled(long left) {
            if (interest.seesMessages() && left <= SpringBroker.UNDER_WAY / 2) {
                line.wake();
            }
        }

        @Override
        public boolean gather() {
            return false; // an event loop writes what there is at once
        }

        @Override
        public void flush() {}
    }

    /** Spring, or other code of the application's, has a frame for the client. */
    void send(byte[] octets, boolean binary) throws IOException {
        if (!isOpen) {
            throw new IOException("the session is closed");
        }
        if (unsentOctets + octets.length > mostUnsent && unsentOctets > 0) {
            throw new SessionLimitExceededException(
                    "the client has not taken " + unsentOctets + " octets so far (limit " + mostUnsent + ")",
                    CloseStatus.SESSION_NOT_RELIABLE);
        }
        put(new Unsent(octets, null, binary));
        line.wake();
    }

    private void put(Unsent more) {
        synchronized (unsent) {
            unsent.add(more);
            unsentOctets += more.size();
        }
    }

    @Override
    public void drain() {
        if (unsentOctets == 0) {
            return;
        }
        for (Unsent next = take(); next != null; next = take()) {
            if (next.frame != null) {
                line.write(next.frame, next.binary);
            } else if (next.octets != null) {
                line.write(next.octets, next.binary);
            }
        }
    }

    private @Nullable Unsent take() {
        synchronized (unsent) {
            Unsent next = unsent.poll();
            unsentOctets -= next == null ? 0 : next.size();
            return next;
        }
    }

    // ---- the end

    boolean isOpen() {
        return isOpen;
    }

    void close(CloseStatus status) {
        boolean isSendable = status.getCode() != CloseStatus.NO_STATUS_CODE.getCode()
                && status.getCode() != CloseStatus.NO_CLOSE_FRAME.getCode()
                && status.getCode() != CloseStatus.TLS_HANDSHAKE_FAILURE.getCode();
        isOpen = false;
        line.close(
                isSendable ? status.getCode() : CloseStatus.NORMAL.getCode(),
                status.getReason() == null ? "" : status.getReason());
    }

    /** The engine tells it goodbye when it stops. */
    @Override
    public void mute() {}

    @Override
    public void goneAfter(Runnable task, long nanos) {
        broker.later(task, nanos);
    }

    /** The engine knows it before Spring does. */
    @Override
    public void gone() {}

    @Override
    public void onClose(int code, String reason) {
        isOpen = false;
        closed = new CloseStatus(code, reason);
        if (!isAway) {
            tellClosed(closed);
        }
    }

    private void tellClosed(CloseStatus status) {
        if (!isClosedTold) {
            isClosedTold = true;
            broker.outbound().release(outgoing);
            away(() -> admitted.handler().afterConnectionClosed(socket, status));
        }
    }
}
