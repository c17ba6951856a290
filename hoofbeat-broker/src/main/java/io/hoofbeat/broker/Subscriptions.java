/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.ProtocolException.Kind;
import io.hoofbeat.protocol.Version;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a session, and its temporary queues. Called by the session's thread. */
final class Subscriptions {

    /** Below it a session names its own queues, which nobody else can read. */
    static final String TEMPORARY = "/temp-queue/";

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Octets of an id. Some clients take the destination's name for one. */
    private static final int MAX_ID = 1024;

    private final Session session;
    private final Share memory;

    /** By the client's id; by {@link #withoutId} for the 1.0 form without one. Read by any thread. */
    private final Map<String, Subscription> byId = new ConcurrentHashMap<>(4);

    private final Map<Integer, Subscription> byOrdinal = new HashMap<>(4);

    /** Real names of temporary queues by the session's; null until there is one. */
    private @Nullable Map<String, Queue> temporary;

    private @Nullable String token;

    /** Octets that all of them take, about. */
    private long bytes;

    private int lastOrdinal;
    private long highestNumber = -1;
    private long writtenOrder;

    Subscriptions(Session session) {
        this.session = session;
        this.memory = new Share(session.broker().subscriptionMemory(), 0);
    }

    /** Any thread. */
    int size() {
        return byId.size();
    }

    /** All of them; they may come and go meanwhile. Any thread. */
    Collection<Subscription> all() {
        return byId.values();
    }

    /** Null if there is the same one already, which lenient brokers ignore (SX-SUB-2). */
    @Nullable Subscription add(@Nullable String id, String destination, SubscribeRequest request, Version version) {
        int limit = session.broker().options().maxSubscriptions();
        if (byId.size() >= limit) {
            throw new RefusedException(CloseReason.REFUSED, "too many subscriptions (limit " + limit + ")");
        }
        if (id != null && id.length() > MAX_ID / 4 && id.getBytes(UTF_8).length > MAX_ID) {
            throw new RefusedException(
                    CloseReason.PROTOCOL_ERROR, "id of a subscription longer than " + MAX_ID + " octets");
        }
        String key = id == null ? withoutId(destination) : id;
        Subscription known = byId.get(key);
        if (known != null) {
            if (isLenient() && known.destination().equals(destination)) {
                ignored("SUBSCRIBE again with the same id and destination");
                return null;
            }
            throw new ProtocolException(
                    Kind.BAD_FRAME, "there is a subscription with this id already, " + (id == null ? destination : id));
        }
        Subscription subscription = new Subscription(session, id, destination, ++lastOrdinal, request, version);
        if (!memory.resize(bytes + subscription.size())) {
            throw session.broker().subscriptionMemory().exceeded();
        }
        bytes += subscription.size();
        byId.put(key, subscription);
        byOrdinal.put(lastOrdinal, subscription);
        return subscription;
    }

    private boolean isLenient() {
        return session.broker().options().lenient();
    }

    private void ignored(String what) {
        session.broker().listener().protocolViolated(session.connection(), what + ", ignored");
    }

    /** A key that no id can be, since no header has a NUL. */
    private static String withoutId(String destination) {
        return "\0" + destination;
    }

    @Nullable Subscription remove(String id) {
        Subscription subscription = byId.remove(id);
        if (subscription != null) {
            byOrdinal.remove(subscription.ordinal());
            bytes -= subscription.size();
            memory.resize(bytes);
        }
        return subscription;
    }

    /** As 1.0 has it: the one without id, else the only one there is (SX-UNS-2). */
    Subscription removeByDestination(String destination) {
        Subscription subscription = remove(withoutId(destination));
        if (subscription != null) {
            return subscription;
        }
        List<String> there = new ArrayList<>();
        byId.forEach((id, each) -> {
            if (each.destination().equals(destination)) {
                there.add(id);
            }
        });
        if (there.size() != 1) {
            throw new ProtocolException(
                    Kind.BAD_FRAME,
                    (there.isEmpty() ? "no subscription" : "more than one subscription") + " to " + destination
                            + ", name it by id");
        }
        Subscription only = remove(there.get(0));
        if (only == null) {
            throw new AssertionError(there);
        }
        return only;
    }

    /** All of them end; what they had goes back. */
    void endAll() {
        for (Subscription subscription : List.copyOf(byId.values())) {
            session.broker().destinations().unsubscribe(subscription);
            session.broker().listener().unsubscribed(session, subscription.destination());
        }
        byId.clear();
        byOrdinal.clear();
        bytes = 0;
        memory.resize(0);
        if (temporary != null) {
            temporary.values().forEach(session.broker().destinations()::delete);
            temporary = null;
        }
    }

    // ---- message-id: the subscription's number, a dash, the message's

    /**
     * The subscription which issued that message-id; null if it has ended meanwhile.
     *
     * @param claimed what the client says which one it is, null if it does not
     * @throws ProtocolException if it was never issued in this session (SX-ACK-1), which lenient brokers ignore
     */
    @Nullable Subscription issuer(String messageId, @Nullable String claimed) {
        if (!mayHaveIssued(messageId)) {
            if (isLenient()) {
                ignored("ACK or NACK of an unknown id");
                return null;
            }
            throw new ProtocolException(
                    Kind.BAD_FRAME, "no message with this id was delivered in this session, " + messageId);
        }
        Subscription subscription = byOrdinal.get(ordinal(messageId));
        if (claimed != null && subscription != null && !subscription.id().equals(claimed)) {
            throw new ProtocolException(
                    Kind.BAD_FRAME, "the message " + messageId + " was not delivered to the subscription " + claimed);
        }
        return subscription;
    }

    /** Whether that message-id can be one of this session's. */
    private boolean mayHaveIssued(String messageId) {
        int ordinal = ordinal(messageId);
        long number = messageNumber(messageId);
        return ordinal > 0 && ordinal <= lastOrdinal && number >= 0 && number <= highestNumber;
    }

    /** The first part, -1 if there is none. */
    private static int ordinal(String messageId) {
        int dash = messageId.indexOf('-');
        return dash <= 0 || dash > 9 ? -1 : (int) number(messageId, 0, dash);
    }

    /** The second part, -1 if there is none. */
    static long messageNumber(String messageId) {
        int start = messageId.indexOf('-') + 1;
        int length = messageId.length() - start;
        return length < 1 || length > 18 ? -1 : number(messageId, start, messageId.length());
    }

    private static long number(String text, int start, int end) {
        long value = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    /** A message was written, so that its id is known to the client. */
    void issued(long number) {
        highestNumber = Math.max(highestNumber, number);
    }

    void wrote(Delivery delivery, long nowNanos) {
        delivery.writtenNanos = nowNanos;
        delivery.writtenOrder = writtenOrder++;
    }

    /** When the oldest unacknowledged delivery was written; {@link Long#MAX_VALUE} if there is none. */
    long oldestUnsettledNanos() {
        long oldest = Long.MAX_VALUE;
        for (Subscription subscription : byId.values()) {
            long written = subscription.oldestUnsettledNanos();
            if (written != Long.MAX_VALUE && (oldest == Long.MAX_VALUE || written - oldest < 0)) {
                oldest = written;
            }
        }
        return oldest;
    }

    // ---- temporary queues

    /** The name among all destinations of what this session calls so; the queue is made if it is not there. */
    String realName(String name) {
        if (temporary == null) {
            temporary = new HashMap<>(2);
        }
        Queue queue = temporary.get(name);
        if (queue == null) {
            int limit = session.broker().options().maxSubscriptions();
            if (temporary.size() >= limit) {
                throw new RefusedException(CloseReason.REFUSED, "too many temporary queues (limit " + limit + ")");
            }
            queue = session.broker()
                    .destinations()
                    .createTemporary(Destinations.REPLY_QUEUES + token() + "-" + name.substring(TEMPORARY.length()));
            temporary.put(name, queue);
        }
        return queue.name();
    }

    /** The same for {@code reply-to}: who never subscribed to it gets a subscription of that name (as RabbitMQ does). */
    String replyQueue(String name) {
        String real = realName(name);
        boolean subscribed = byId.containsKey(name)
                || byId.values().stream().anyMatch(each -> each.destination().equals(name));
        if (!subscribed) {
            SubscribeRequest request = SubscribeRequest.parse(
                    io.hoofbeat.protocol.Headers.EMPTY, session.broker().options());
            Subscription subscription = add(name, name, request, session.currentVersion());
            if (subscription != null) {
                session.broker().destinations().subscribe(subscription);
                session.broker().listener().subscribed(session, name);
            }
        }
        return real;
    }

    /** What nobody guesses. */
    private String token() {
        if (token == null) {
            byte[] octets = new byte[16];
            RANDOM.nextBytes(octets);
            token = Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        }
        return token;
    }
}
