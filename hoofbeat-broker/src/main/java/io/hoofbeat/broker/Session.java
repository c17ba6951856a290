/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.Destination.Outcome;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.ProtocolException.Kind;
import io.hoofbeat.protocol.Version;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connected peer, from CONNECT to DISCONNECT: one method for each command, and the one place where a frame's failure becomes
 * an ERROR.
 *
 * <p>The transport calls it by one thread at a time, except where a method says any thread.
 */
public final class Session implements Publisher {

    private enum State {
        NEW,
        AUTHENTICATING,
        OPEN,
        ENDED
    }

    private final Broker broker;
    private final Connection connection;
    private final ConnectionInfo info;
    private final long number;
    private final Outbox outbox;
    private final Backpressure backpressure;
    private final Watch watch;
    private final Subscriptions subscriptions;
    private final Addressing addressing;
    private final Stalls stalls;

    /** For a frame that has come in part, or waits for room. */
    private final Share input;

    private final Receipts receipts = new Receipts(this);
    private State state = State.NEW;

    /** Null until CONNECT was accepted. */
    private @Nullable Version version;

    private Identity identity = Identity.ANONYMOUS;

    private CloseReason endReason = CloseReason.LOST;
    private String endText = "the connection was lost";

    /** Whether it was let in: only then its end is an event. Read by any thread, for which it publishes who it is. */
    private volatile boolean opened;

    private boolean countedUnsubscribe;
    private long work;

    /** Null until needed, as the next. */
    private @Nullable Turns turns;

    private @Nullable Transactions transactions;

    Session(Broker broker, Connection connection, long number) {
        this.broker = broker;
        this.connection = connection;
        this.info = connection.info();
        this.number = number;
        this.outbox = new Outbox(
                connection,
                broker.options(),
                broker.outboxMemory(),
                () -> backpressure().shed());
        this.backpressure = new Backpressure(this, outbox);
        this.subscriptions = new Subscriptions(this);
        this.addressing = new Addressing(this, subscriptions);
        this.stalls = new Stalls(this, connection);
        this.input = broker.inputShare();
        this.watch = new Watch(this, broker.options(), broker.nanoTime());
    }

    /** The {@code session} of CONNECTED: unique among all sessions of this broker and of other runs of it. */
    public String id() {
        return broker.sessionId(number);
    }

    @Override
    public long number() {
        return number;
    }

    /** Null until CONNECT was accepted; the decoder has to know it before it goes on. */
    public @Nullable Version version() {
        return version;
    }

    /** Who it is; anonymous until CONNECT was accepted. */
    public Identity identity() {
        return identity;
    }

    public ConnectionInfo connection() {
        return info;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** False once it has ended: it takes no further frame, the transport is only flushing. */
    public boolean isOpen() {
        return state != State.ENDED;
    }

    /** Why it has ended; {@link CloseReason#LOST} as long as it has not. Session's thread. */
    public CloseReason endReason() {
        return endReason;
    }

    Broker broker() {
        return broker;
    }

    /** Whether CONNECT was accepted, so that others may look at it. Any thread. */
    boolean isLetIn() {
        return opened;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    boolean acknowledgesById() {
        return version != null && version.acknowledgesById();
    }

    // ---- what comes in

    /** The next frame of the peer. May call {@link Connection#pauseReads} within. */
    public void onFrame(Frame frame) {
        if (state == State.ENDED) {
            return;
        }
        try {
            handle(frame);
            if (state != State.ENDED && !input.resize(stalls.heldOctets())) {
                throw broker.inputMemory().exceeded();
            }
            backpressure.stopIfOverfull();
        } catch (ProtocolException e) {
            broker.listener().protocolViolated(info, Errors.text(e));
            fail(CloseReason.PROTOCOL_ERROR, Errors.text(e), frame);
        } catch (RefusedException e) {
            fail(e.reason(), e.text(), frame);
        } catch (Opening.NoCommonVersionException e) {
            String text = String.valueOf(e.getMessage());
            Frame error =
                    Errors.error(text, frame.command().name(), frame.headers().get("receipt"), false, "1.0,1.1,1.2");
            terminate(CloseReason.PROTOCOL_ERROR, text, error);
        } catch (RuntimeException e) {
            broker.listener().failed(frame.command() + " of session " + id(), e);
            fail(CloseReason.FAILED, "internal failure", frame);
        }
    }

    /**
     * The decoder keeps a frame that has come in part.
     *
     * @param octets of memory that it takes; 0 if there is none
     * @return false if that is too much: the frame is to be given up, and to be told by {@link #onFrameGivenUp}. Before the login it
     *     never is; there the transport has its own limit
     */
    public boolean mayKeepPart(int octets) {
        return state != State.OPEN || input.resize(octets);
    }

    /** There was no room for a frame; what is known of it, null for nothing. */
    public void onFrameGivenUp(@Nullable Frame part) {
        RefusedException why = broker.inputMemory().exceeded();
        if (part == null) {
            fail(why.reason(), why.text(), null, null);
        } else {
            fail(why.reason(), why.text(), part);
        }
    }

    /** What came is no frame. */
    public void onProtocolViolation(ProtocolException violation) {
        if (state == State.ENDED) {
            return;
        }
        broker.listener().protocolViolated(info, Errors.text(violation));
        CloseReason reason = violation.kind().isSize() ? CloseReason.TOO_LARGE : CloseReason.PROTOCOL_ERROR;
        fail(reason, Errors.text(violation), violation.command(), violation.receipt());
    }

    private void handle(Frame frame) {
        Command command = frame.command();
        if (state == State.NEW) {
            if (command != Command.CONNECT && command != Command.STOMP) {
                throw new ProtocolException(Kind.EXPECTED_CONNECT, "expected CONNECT or STOMP, not " + command);
            }
            state = State.AUTHENTICATING;
            new Login(this, frame).begin();
            return;
        }
        switch (command) {
            case SEND -> send(frame);
            case ACK -> acknowledge(frame, Settlement.ACKNOWLEDGED);
            case NACK -> refuse(frame);
            case SUBSCRIBE -> subscribe(frame);
            case UNSUBSCRIBE -> unsubscribe(frame);
            case BEGIN -> begin(frame);
            case COMMIT -> commit(frame);
            case ABORT -> abort(frame);
            case DISCONNECT -> disconnect(frame);
            case CONNECT, STOMP -> throw new ProtocolException(Kind.BAD_FRAME, "already connected");
            case CONNECTED, MESSAGE, RECEIPT, ERROR ->
                throw new ProtocolException(Kind.UNEXPECTED_COMMAND, command + " is for servers to send");
        }
    }

    // ---- opening

    /** It is who it says it is. */
    void open(Frame frame, Opening opening, Identity who) {
        String full = broker.admit(this);
        if (full != null) {
            broker.listener().connectRefused(info, opening.login(), full);
            fail(CloseReason.OVERLOADED, full, frame);
            return;
        }
        outbox.open();
        identity = who;
        version = opening.version();
        opened = true;
        state = State.OPEN;
        watch.negotiated(opening.offered(), opening.asked());
        String user = who.equals(Identity.ANONYMOUS) ? null : who.name();
        outbox.offer(new Frame(
                Command.CONNECTED,
                opening.connected(id(), user, broker.options().serverHeader())));
        broker.listener().sessionOpened(this);
    }

    /** Whether its CONNECT is being looked into. */
    boolean isAuthenticating() {
        return state == State.AUTHENTICATING;
    }

    /** Runs a task on this session's thread. Any thread. */
    void execute(Runnable task) {
        connection.execute(task);
    }

    // ---- SEND

    private void send(Frame frame) {
        Headers headers = frame.headers();
        String name = addressing.target(frame);
        String in = headers.get("transaction");
        if (!name.startsWith(Destinations.REPLY_QUEUES)) {
            addressing.authorize(Operation.SEND, name);
        } else if (broker.destinations().lookUp(name) == null) {
            broker.listener().messageDead(name, "its session has ended"); // which is no fault of who answers
            receipt(frame);
            return;
        }
        Destination destination = broker.destinations().find(name);
        long expires = Expiry.of(headers, destination.policy(), broker);
        Message message = broker.message(name, addressing.own(headers), headers, frame.body(), number, expires);
        if (in != null) {
            transactions().send(transactions().getForMore(in, message.size()), message);
            receipt(frame);
            return;
        }
        publish(frame, message, destination);
    }

    private void publish(Frame frame, Message message, Destination destination) {
        Receipt receipt = receipts.promise(frame.headers().get("receipt"));
        Outcome outcome = destination.publish(message, this, receipt);
        while (outcome == Outcome.GONE || (outcome == Outcome.HELD && stalls.isEmpty())) {
            outcome = broker.destinations().find(message.destination()).publish(message, this, receipt);
        }
        if (outcome == Outcome.TAKEN) {
            return;
        }
        if (receipt != null) {
            receipts.takeBack();
        }
        if (outcome == Outcome.REJECTED) {
            throw new RefusedException(CloseReason.OVERLOADED, message.destination() + " is full");
        }
        stalls.hold(frame);
    }

    boolean mayDo(Operation operation, String name) {
        return broker.options().authorizer().permits(identity, operation, name);
    }

    /** A temporary queue's name among all, any other's own. */
    String realName(String name) {
        return addressing.realName(name);
    }

    // ---- SUBSCRIBE and UNSUBSCRIBE

    private void subscribe(Frame frame) {
        Headers headers = frame.headers();
        String name = addressing.destination(frame);
        String id = headers.get("id");
        if (id == null && version != Version.V1_0) {
            throw Errors.missing("id", frame);
        }
        SubscribeRequest request = SubscribeRequest.parse(headers, broker.options());
        if (name.startsWith(Destinations.REPLY_QUEUES)) {
            throw new RefusedException(
                    CloseReason.REFUSED, "not permitted to SUBSCRIBE at a temporary queue of another session");
        }
        if (!name.startsWith(Subscriptions.TEMPORARY)) {
            addressing.authorize(Operation.SUBSCRIBE, name);
        }
        Subscription subscription = subscriptions.add(id, name, request, currentVersion());
        if (subscription == null) {
            receipt(frame);
            return;
        }
        broker.destinations().prepare(subscription);
        receipt(frame); // before its first MESSAGE (SX-SUB-6), which this thread cannot write meanwhile
        broker.destinations().subscribe(subscription);
        broker.listener().subscribed(this, name);
    }

    private void unsubscribe(Frame frame) {
        Headers headers = frame.headers();
        String id = headers.get("id");
        if (id == null && version != Version.V1_0) {
            throw Errors.missing("id", frame);
        }
        if (id == null && !headers.contains("destination")) {
            throw Errors.missing("id or destination", frame);
        }
        Subscription subscription = id != null
                ? subscriptions.remove(id)
                : subscriptions.removeByDestination(Errors.required(frame, "destination"));
        if (subscription != null) {
            broker.destinations().unsubscribe(subscription);
            broker.listener().unsubscribed(this, subscription.destination());
        } else if (broker.options().strict()) {
            throw new ProtocolException(Kind.BAD_FRAME, "no subscription has the id " + id);
        } else if (!countedUnsubscribe) {
            countedUnsubscribe = true;
            broker.listener().protocolViolated(info, "UNSUBSCRIBE of an unknown id, ignored");
        }
        receipt(frame);
    }

    // ---- ACK and NACK

    private void refuse(Frame frame) {
        if (!currentVersion().hasNack()) {
            throw new ProtocolException(Kind.UNKNOWN_COMMAND, "there is no NACK in STOMP 1.0");
        }
        boolean dead = "false".equals(frame.headers().get("requeue"));
        acknowledge(frame, dead ? Settlement.DEAD : Settlement.REFUSED);
    }

    private void acknowledge(Frame frame, Settlement settlement) {
        Headers headers = frame.headers();
        String id = Errors.required(frame, acknowledgesById() ? "id" : "message-id");
        String in = headers.get("transaction");
        Transaction transaction = in == null ? null : transactions().getForMore(in, 0);
        String subscriptionId = version == Version.V1_1 ? headers.get("subscription") : null;
        Subscription subscription = subscriptions.issuer(id, subscriptionId);
        List<Delivery> covered =
                subscription == null ? List.of() : subscription.takeUnsettled(Subscriptions.messageNumber(id));
        if (transaction != null) {
            if (subscription != null && !covered.isEmpty()) {
                transaction.settle(subscription, covered, settlement);
            }
        } else {
            Queue.settle(covered, settlement);
        }
        receipt(frame);
    }

    void wrote(Delivery delivery) {
        subscriptions.wrote(delivery, broker.nanoTime());
    }

    // ---- transactions

    private void begin(Frame frame) {
        transactions().begin(Errors.required(frame, "transaction"));
        receipt(frame);
    }

    private void commit(Frame frame) {
        String id = Errors.required(frame, "transaction");
        Transaction transaction = transactions().get(id);
        Outcome outcome = transaction.commit(this);
        while (outcome == Outcome.HELD && stalls.isEmpty()) {
            outcome = transaction.commit(this);
        }
        if (outcome == Outcome.HELD) {
            stalls.hold(frame);
            return;
        }
        if (outcome == Outcome.REJECTED) {
            throw new RefusedException(
                    CloseReason.OVERLOADED, "a queue is full, nothing was done of the transaction " + id);
        }
        transactions().remove(id);
        receipt(frame);
    }

    private void abort(Frame frame) {
        String id = Errors.required(frame, "transaction");
        transactions().get(id).abort();
        transactions().remove(id);
        receipt(frame);
    }

    private Transactions transactions() {
        if (transactions == null) {
            transactions = new Transactions(broker);
        }
        return transactions;
    }

    // ---- RECEIPT

    private void receipt(Frame frame) {
        String id = frame.headers().get("receipt");
        if (id != null) {
            receipts.offer(id);
        }
    }

    /** Promises RECEIPT, or ERROR, for a frame that is handled outside of the engine; DISCONNECT waits for it. Session's thread. */
    public Receipt promise(String receipt) {
        return Objects.requireNonNull(receipts.promise(receipt));
    }

    /** A frame whose receipt was promised failed. Any thread. */
    void failLater(String text, String receipt) {
        connection.execute(() -> fail(CloseReason.FAILED, text, Command.SEND.name(), receipt));
    }

    // ---- waiting

    @Override
    public boolean canWait() {
        return true;
    }

    @Override
    public void stall() {
        stalls.add();
    }

    @Override
    public void release() {
        stalls.remove();
    }

    @Override
    public void worked(int steps) {
        work += steps;
    }

    /** How much the frames cost that were handled so far: about how many subscribers were looked at. Session's thread. */
    public long work() {
        return work;
    }

    void readingAgain() {
        watch.readingAgain(broker.nanoTime());
    }

    Backpressure backpressure() {
        return backpressure;
    }

    /** Where application handlers take this session's messages one after the other. Session's thread. */
    Turns turns() {
        if (turns == null) {
            turns = new Turns(broker.executor(), this);
        }
        return turns;
    }

    /**
     * Time passes: CONNECT in time, heart-beats both ways, frames that stand still. The transport calls it once after
     * {@link Broker#connect}, and again after each delay that it returns.
     *
     * @param nowNanos by the broker's clock, as are the others
     * @param lastReadNanos when the last octet came, of whatever kind
     * @param lastWriteNanos when the socket took the last octet
     * @param insideFrame whether the decoder holds a part of a frame
     * @return nanoseconds until the next call
     */
    public long onTimer(long nowNanos, long lastReadNanos, long lastWriteNanos, boolean insideFrame) {
        return switch (state) {
            case NEW, AUTHENTICATING -> watch.untilConnect(nowNanos, info.acceptedNanos());
            case OPEN -> watch.next(nowNanos, lastReadNanos, lastWriteNanos, insideFrame, stalls.isEmpty());
            case ENDED -> Long.MAX_VALUE;
        };
    }

    /** When the oldest open transaction was begun; {@link Long#MAX_VALUE} if there is none. */
    long oldestTransactionNanos() {
        return transactions == null ? Long.MAX_VALUE : transactions.oldestNanos();
    }

    // ---- the end

    private void disconnect(Frame frame) {
        if (receipts.stallUntilKept()) {
            stalls.hold(frame); // its own comes last of all (SX-RCPT-1)
            return;
        }
        receipt(frame);
        terminate(CloseReason.DISCONNECTED, "", null);
    }

    private void fail(CloseReason reason, String text, @Nullable String command, @Nullable String receipt) {
        terminate(reason, text, Errors.error(text, command, receipt, version != null && version.escapes(), null));
    }

    /** Ends it because of a frame. */
    void fail(CloseReason reason, String text, Frame frame) {
        fail(reason, text, frame.command().name(), frame.headers().get("receipt"));
    }

    /** Ends it from outside: ERROR with that text, then the close. Any thread. */
    public void end(CloseReason reason, String text) {
        connection.execute(() -> fail(reason, text, null, null));
    }

    /** Ends the connection in the middle of a frame. Session's thread. */
    void abort() {
        connection.abort();
    }

    /** It does not take what is for it. Session's thread. */
    void endAsTooSlow(String text) {
        fail(CloseReason.REFUSED, text, null, null);
    }

    private void terminate(CloseReason reason, String text, @Nullable Frame error) {
        if (state == State.ENDED) {
            return;
        }
        endReason = reason;
        endText = text;
        release(error);
        connection.close(reason, Errors.shorten(text));
    }

    /** The connection is gone, whoever ended it. Session's thread; may come twice. */
    public void onClosed() {
        release(null);
        outbox.close();
    }

    /** Gives back all that the session has, once. */
    private void release(@Nullable Frame error) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        stalls.forget();
        input.resize(0);
        if (transactions != null) {
            transactions.abortAll();
        }
        subscriptions.endAll();
        if (error != null) {
            outbox.offer(error);
        }
        if (opened) {
            broker.left(this);
            broker.listener().sessionClosed(this, endReason, endText);
        }
    }

    Version currentVersion() {
        if (version == null) {
            throw new IllegalStateException("not connected");
        }
        return version;
    }
}
