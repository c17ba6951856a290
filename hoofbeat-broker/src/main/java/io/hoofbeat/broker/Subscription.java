/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import io.hoofbeat.broker.selector.Selector;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session's wish for the messages of a destination, or of all that match a pattern.
 *
 * <p>The beginning of each of its MESSAGEs, up to and into the {@code message-id}, is encoded once; the message brings the rest.
 * {@code message-id} is the number of the subscription within its session, a dash, and the number of the message, so that it is
 * the same when the message is delivered again, and that it tells later whether it was ever issued (SX-MSG-1, SX-ACK-2).
 */
public final class Subscription {
    /** What it takes beside its texts, here and in maps and destinations; what a pattern takes besides; each further destination. */
    private static final int OVERHEAD = 512;

    private static final int PATTERN_OVERHEAD = 2 * 1024;
    private static final int PLACE = 128;

    private static final byte[] MESSAGE_ID = "message-id:".getBytes(UTF_8);
    private static final byte[] ACK = "ack:".getBytes(UTF_8);
    private static final byte[] REDELIVERED =
            ("redelivered:true\n" + ServerHeaders.DELIVERY_COUNT + ":").getBytes(UTF_8);

    private final Session session;
    private final String id;
    private final String destination;
    private final boolean pattern;
    private final int ordinal;
    private final SubscribeRequest request;
    private final byte[] head;

    /** Where in the head {@code message-id} begins, and where its value does. */
    private final int idHeader;

    private final int idValue;
    private final AtomicInteger credit;
    private final AtomicInteger dropped = new AtomicInteger();

    /** Where it is subscribed: replaced by a set that can grow when there is more than one. Guarded by this, for destinations that
     * appear later bind themselves. */
    private Set<Destination> destinations = Set.of();

    /** What was written and is not settled, by the message's number in the order of writing; session's thread. Null before there is any. */
    private @Nullable Map<Long, Delivery> unsettled;

    private volatile boolean ended;

    /** What waits for a slow subscriber; null while it has never been too slow. */
    private volatile @Nullable Backlog backlog;

    /**
     * Made by SUBSCRIBE.
     *
     * @param id as the client named it; null for the 1.0 form without one
     */
    Subscription(
            Session session,
            @Nullable String id,
            String destination,
            int ordinal,
            SubscribeRequest request,
            Version version) {
        this.session = session;
        this.id = id == null ? "" : id;
        this.destination = destination;
        this.pattern = session.broker().destinations().isPattern(destination);
        this.ordinal = ordinal;
        this.request = request;
        this.credit = new AtomicInteger(request.prefetch());
        ByteBuf out = Scratch.take(64);
        out.writeCharSequence("MESSAGE\n", UTF_8);
        if (id != null) {
            FrameEncoder.header("subscription", id, version, out);
        }
        this.idHeader = out.readableBytes();
        this.idValue = idHeader + MESSAGE_ID.length;
        out.writeBytes(MESSAGE_ID).writeCharSequence(ordinal + "-", UTF_8);
        this.head = Scratch.copy(out);
    }

    /** As the client named it; empty for the 1.0 form without one. */
    public String id() {
        return id;
    }

    /** As in SUBSCRIBE; may be a pattern. */
    public String destination() {
        return destination;
    }

    /** What it is like just now. Any thread. */
    SubscriptionState state() {
        Selector selector = request.selector();
        return new SubscriptionState(
                session.id(),
                session.connection(),
                id,
                destination,
                request.ack().text(),
                selector == null ? null : selector.toString(),
                Math.max(0, request.prefetch() - credit.get()));
    }

    /** About the octets of heap that it takes, as long as it is subscribed at one destination. */
    int size() {
        int pattern = this.pattern ? PATTERN_OVERHEAD : 0;
        Selector selector = request.selector();
        String key = request.slowConsumerKey();
        return OVERHEAD
                + pattern
                + head.length
                + SharedMemory.octets(id)
                + SharedMemory.octets(destination)
                + (selector == null ? 0 : selector.size())
                + (key == null ? 0 : SharedMemory.octets(key));
    }

    Session session() {
        return session;
    }

    int ordinal() {
        return ordinal;
    }

    Outbox outbox() {
        return session.outbox();
    }

    AckMode ack() {
        return request.ack();
    }

    @Nullable Selector selector() {
        return request.selector();
    }

    boolean isExclusive() {
        return request.exclusive();
    }

    boolean browses() {
        return request.browser();
    }

    int priority() {
        return request.priority();
    }

    // ---- what it wants

    /** Whether the message is not for it: of its own session and it wants none of those, or not selected. Any thread. */
    boolean isUnwanted(Message message) {
        if (request.noLocal() && message.origin() == session.number()) {
            return true;
        }
        Selector selector = request.selector();
        return selector != null && !selector.matches(message.headers());
    }

    /** A topic's message. The publisher may be held, if this session does not keep up. Any thread. */
    void offer(Message message, Publisher from) {
        if (ended || isUnwanted(message)) {
            return;
        }
        Backlog slow = backlog;
        if (slow != null && slow.add(message)) {
            return;
        }
        if (!outbox().offer(this, message, null)
                && !session.backpressure().patience().hold(from, message.destination())) {
            tooSlow(message.destination());
        }
    }

    private void tooSlow(String from) {
        if (slowConsumer(from) == SlowConsumer.DISCONNECT) {
            session.backpressure().tooSlow(id, from);
        } else {
            backlog(from).begin();
        }
    }

    /** What is to happen if it does not keep up with that destination. */
    SlowConsumer slowConsumer(String from) {
        SlowConsumer own = request.slowConsumer();
        return own == null ? session.broker().destinations().policy(from).slowConsumer() : own;
    }

    /**
     * Too much waits for all sessions, and for this one most.
     *
     * @param waited what was taken out of the outbox, at least one
     * @param most octets that may be kept of it, by the policy
     */
    void shed(List<Message> waited, long most) {
        backlog(waited.get(0).destination()).begin(waited, most);
    }

    private Backlog backlog(String from) {
        Backlog slow;
        synchronized (this) {
            slow = backlog;
            if (slow == null) {
                DestinationPolicy policy = session.broker().destinations().policy(from);
                String key = request.slowConsumerKey() == null ? policy.keyHeader() : request.slowConsumerKey();
                slow = new Backlog(
                        this, slowConsumer(from), key, session.broker().options());
                backlog = slow;
            }
        }
        return slow;
    }

    /** Shows the messages of a queue without taking them, as fast as the outbox takes them, and then the end. Session's thread. */
    void browse(Queue queue, long end) {
        new Browse(this, queue, end, request.browserEnd()).proceed();
    }

    /** A message of a queue that stays there. Session's thread. */
    void show(Message message) {
        outbox().offer(this, message, null);
        session.broker().outboxMemory().published(message.size());
    }

    void countDropped(String from, int count) {
        dropped.addAndGet(count);
        session.broker().listener().messagesDropped(session, from, count);
    }

    // ---- credit: how many deliveries of queues may be under way. Any thread

    boolean hasCredit() {
        return !ended && credit.get() > 0;
    }

    void takeCredit() {
        credit.decrementAndGet();
    }

    /** Under the queue's lock. */
    void returnCredit(Delivery delivery) {
        if (delivery.costsCredit) {
            delivery.costsCredit = false;
            credit.incrementAndGet();
        }
    }

    /** One of its queues gave back credit, which the others may use. Outside the queue's lock. */
    void creditReturned(Queue by) {
        List<Destination> others;
        synchronized (this) {
            if (destinations.size() < 2) {
                return;
            }
            others = List.copyOf(destinations);
        }
        for (Destination other : others) {
            if (other != by && other instanceof Queue queue) {
                queue.creditAgain(this);
            }
        }
    }

    // ---- how it is written. Session's thread

    /** The MESSAGE up to, and not including, the message's number within {@code message-id}. Once for each delivery. */
    public byte[] head(Message message, @Nullable Delivery delivery) {
        session.subscriptions().issued(message.number());
        int lost = dropped.get() == 0 ? 0 : dropped.getAndSet(0);
        int before = delivery == null ? 0 : delivery.deliveries;
        boolean acknowledged = request.ack() != AckMode.AUTO && session.acknowledgesById();
        if (lost == 0 && before == 0 && !acknowledged) {
            return head;
        }
        ByteBuf out = Scratch.take(head.length + 64);
        out.writeBytes(head, 0, idHeader);
        if (acknowledged) {
            out.writeBytes(ACK).writeBytes(head, idValue, head.length - idValue);
            Scratch.decimal(message.number(), out);
            out.writeByte('\n');
        }
        if (before > 0) {
            out.writeBytes(REDELIVERED);
            Scratch.decimal(before + 1L, out);
            out.writeByte('\n');
        }
        if (lost > 0) {
            out.writeCharSequence(ServerHeaders.DROPPED_MESSAGES + ":" + lost + "\n", UTF_8);
        }
        out.writeBytes(head, idHeader, head.length - idHeader);
        return Scratch.copy(out);
    }

    /** {@link #head} and {@link Message#tail} as a frame, for transports that have their own wire form. Once for each delivery. */
    public Frame frame(Message message, @Nullable Delivery delivery) {
        return frame(head(message, delivery), message);
    }

    /** The same, of a head that has been made before. As often as one likes, by any thread. */
    public Frame frame(byte[] head, Message message) {
        Headers.Builder headers = Headers.builder();
        if (!id.isEmpty()) {
            headers.add("subscription", id);
        }
        // What stands between is the server's own, and has nothing in it that is escaped.
        int extra = head.length - this.head.length;
        new String(head, idHeader, extra, UTF_8).lines().forEach(line -> {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1));
        });
        message.addTo(headers.add("message-id", ordinal + "-" + message.number()));
        return new Frame(Command.MESSAGE, headers.build(), message.body());
    }

    /** A delivery was written. @return whether that settles it, too */
    boolean written(Delivery delivery) {
        delivery.deliveries++;
        session.wrote(delivery);
        if (request.ack() == AckMode.AUTO) {
            return true;
        }
        if (unsettled == null) {
            unsettled = new LinkedHashMap<>();
        }
        unsettled.put(delivery.message.number(), delivery);
        return false;
    }

    // ---- what is to be settled. Session's thread

    /**
     * Takes out what an ACK or NACK of that message covers: it alone, or all before it as well (S11-ACK-6, S11-ACK-7).
     *
     * @return empty if it is not outstanding
     */
    List<Delivery> takeUnsettled(long messageNumber) {
        Delivery named = unsettled == null ? null : unsettled.get(messageNumber);
        if (unsettled == null || named == null) {
            return List.of();
        }
        if (request.ack() == AckMode.CLIENT_INDIVIDUAL) {
            unsettled.remove(messageNumber);
            return List.of(named);
        }
        List<Delivery> covered = new ArrayList<>();
        var all = unsettled.values().iterator();
        Delivery delivery;
        do {
            delivery = all.next();
            all.remove();
            covered.add(delivery);
        } while (delivery != named);
        return covered;
    }

    /** Puts back what a transaction took and did not use, where it was. */
    void putBackUnsettled(List<Delivery> deliveries) {
        List<Delivery> all = new ArrayList<>(deliveries);
        if (unsettled == null) {
            unsettled = new LinkedHashMap<>();
        }
        all.addAll(unsettled.values());
        unsettled.clear();
        all.sort((a, b) -> Long.compare(a.writtenOrder, b.writtenOrder));
        for (Delivery delivery : all) {
            unsettled.put(delivery.message.number(), delivery);
        }
    }

    /** When the oldest unsettled delivery was written; {@link Long#MAX_VALUE} if there is none. */
    long oldestUnsettledNanos() {
        if (unsettled == null || unsettled.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return unsettled.values().iterator().next().writtenNanos;
    }

    // ---- where it is

    /** Subscribes at a destination, unless it ended meanwhile. @return false if the destination was forgotten */
    synchronized boolean bind(Destination to) {
        if (ended) {
            return true;
        }
        if (!destinations.isEmpty() && !takePlace()) {
            return true;
        }
        if (!to.subscribe(this)) {
            givePlaces(destinations.isEmpty() ? 0 : 1);
            return false;
        }
        if (destinations.isEmpty()) {
            destinations = Set.of(to);
        } else {
            destinations = destinations.size() == 1 ? new LinkedHashSet<>(destinations) : destinations;
            destinations.add(to);
        }
        return true;
    }

    /** Its pattern matches one more destination; if there is no room for that, the session ends. */
    private boolean takePlace() {
        SharedMemory memory = session.broker().subscriptionMemory();
        if (memory.take(PLACE)) {
            return true;
        }
        RefusedException why = memory.exceeded();
        session.end(why.reason(), "the pattern " + destination + " matches too much, " + why.text());
        return false;
    }

    private void givePlaces(int count) {
        if (count > 0) {
            session.broker().subscriptionMemory().give((long) PLACE * count);
        }
    }

    /** A destination that it had found by its pattern was forgotten. */
    synchronized void unbind(Destination from) {
        if (destinations.contains(from)) {
            if (destinations.size() == 1) {
                destinations = Set.of();
            } else {
                destinations.remove(from);
                givePlaces(1);
            }
        }
    }

    boolean isPattern() {
        return pattern;
    }

    /** Unsubscribes everywhere; what it had goes back to its queues. Session's thread. */
    void end() {
        ended = true;
        List<Destination> all;
        synchronized (this) {
            all = List.copyOf(destinations);
            destinations = Set.of();
            givePlaces(all.size() - 1);
        }
        for (Destination each : all) {
            each.unsubscribe(this);
        }
        unsettled = null;
        Backlog slow = backlog;
        if (slow != null) {
            slow.end();
        }
    }

    boolean isEnded() {
        return ended;
    }

    /** An own message of the server for this subscription alone, such as the end of a browse. */
    void tell(Headers own, byte[] body) {
        Broker broker = session.broker();
        Message message = broker.message(destination, own, Headers.EMPTY, body, 0, 0);
        show(message);
    }
}
