/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.WhenFull;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages in order, one consumer each, kept until settled.
 *
 * <p>Its monitor is held for memory operations only; under it nothing is called but {@link Outbox#offer} and selectors. What has
 * to happen outside - dead letters, stalling and releasing publishers, telling listeners - is collected and done after it.
 *
 * <p>One invariant makes dispatching cheap: <em>of what waits, nothing suits a consumer that could take it now</em>. So a new
 * message is offered to the consumers and else only put at the end; a consumer that can take again (credit, room, just come)
 * looks through what waits, beginning where his selector has not looked so far.
 */
final class Queue implements Destination {

    /** Octets that a browser is shown in one go. */
    private static final int PAGE = 256 * 1024;

    private final String name;
    private final DestinationPolicy policy;
    private final Broker broker;
    private final boolean temporary;

    /** Guarded by this, as is all that follows. */
    private final DeliveryList waiting = new DeliveryList();

    private final Consumers consumers = new Consumers(this);
    private final Capacity capacity;
    private final Redeliveries redeliveries;
    private long nextPosition;
    private long nextExpiryMillis = Long.MAX_VALUE;
    private boolean gone;
    private boolean used = true;

    Queue(String name, DestinationPolicy policy, Broker broker, boolean temporary) {
        this.name = name;
        this.policy = policy;
        this.broker = broker;
        this.temporary = temporary;
        this.capacity = new Capacity(this, policy, broker.queueMemory());
        this.redeliveries = new Redeliveries(policy);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DestinationPolicy policy() {
        return policy;
    }

    boolean isTemporary() {
        return temporary;
    }

    /** Messages that wait or are out. */
    synchronized int messages() {
        return capacity.messages();
    }

    synchronized int consumers() {
        return consumers.size();
    }

    @Override
    public synchronized DestinationState state() {
        return new DestinationState(
                name,
                temporary ? DestinationState.Kind.TEMPORARY_QUEUE : DestinationState.Kind.QUEUE,
                consumers.size(),
                capacity.messages(),
                waiting.size(),
                capacity.bytes());
    }

    // ---- publishing

    @Override
    public Outcome publish(Message message, Publisher from, @Nullable Receipt receipt) {
        if (message.expiresAtMillis() != 0 && message.isExpired(broker.currentTimeMillis())) {
            expired(message, 0);
            confirm(receipt);
            return Outcome.TAKEN;
        }
        int size = message.size();
        Outcome outcome = room(1, size, from, message);
        if (outcome == Outcome.TAKEN) {
            confirm(receipt);
        }
        return outcome;
    }

    private static void confirm(@Nullable Receipt receipt) {
        if (receipt != null) {
            receipt.confirm();
        }
    }

    @Override
    public Outcome reserve(int more, long moreBytes, Publisher from) {
        return room(more, moreBytes, from, null);
    }

    /** Finds room and fills it with the message; without one the room is reserved. */
    private Outcome room(int more, long moreBytes, Publisher from, @Nullable Message message) {
        Outcome outcome;
        int dropped = 0;
        if (!capacity.takeMemory(moreBytes)) {
            outcome = Outcome.HELD;
            if (policy.whenFull() != WhenFull.HOLD || !from.canWait() || !capacity.awaitMemory(from, moreBytes)) {
                return Outcome.REJECTED;
            }
        } else {
            synchronized (this) {
                used = true;
                int before = capacity.messages();
                outcome = gone
                        ? Outcome.GONE
                        : capacity.fits(more, moreBytes) ? Outcome.TAKEN : whenFull(more, moreBytes, from);
                dropped = before - capacity.messages();
                if (outcome == Outcome.TAKEN && message != null) {
                    accept(message);
                } else if (outcome == Outcome.TAKEN) {
                    capacity.reserve(more, moreBytes);
                }
            }
            if (outcome != Outcome.TAKEN) {
                capacity.giveMemory(moreBytes);
            }
        }
        for (int i = 0; i < dropped; i++) {
            broker.listener().messageDead(name, "dropped to make room");
        }
        if (outcome == Outcome.HELD) {
            from.stall();
            broker.listener().publisherStalled(name);
        }
        return outcome;
    }

    private Outcome whenFull(int more, long moreBytes, Publisher from) {
        if (!capacity.couldFit(more, moreBytes)) {
            return Outcome.REJECTED;
        }
        return switch (policy.whenFull()) {
            case HOLD -> {
                if (!from.canWait()) {
                    yield Outcome.REJECTED;
                }
                capacity.hold(from);
                yield Outcome.HELD;
            }
            case DROP_OLDEST -> {
                while (!capacity.fits(more, moreBytes) && waiting.first() != null) {
                    Delivery oldest = waiting.first();
                    takeFromWaiting(oldest);
                    capacity.remove(oldest.message);
                }
                yield capacity.fits(more, moreBytes) ? Outcome.TAKEN : Outcome.REJECTED;
            }
            case REJECT -> Outcome.REJECTED;
        };
    }

    private void accept(Message message) {
        capacity.add(message);
        if (message.expiresAtMillis() != 0) {
            if (nextExpiryMillis == Long.MAX_VALUE) {
                broker.watchExpiry(this);
            }
            nextExpiryMillis = Math.min(nextExpiryMillis, message.expiresAtMillis());
        }
        offer(new Delivery(this, message, nextPosition++));
    }

    @Override
    public void unreserve(int fewer, long fewerBytes) {
        synchronized (this) {
            capacity.unreserve(fewer, fewerBytes);
        }
        capacity.giveMemory(fewerBytes);
        capacity.releaseHeld();
    }

    @Override
    public synchronized void publishReserved(Message message, Publisher from) {
        capacity.unreserve(1, message.size());
        if (gone) {
            capacity.giveMemory(message.size());
        } else {
            accept(message);
        }
    }

    // ---- dispatching

    /** Hands it to a consumer that suits and can take it, or puts it where it belongs among what waits. */
    private void offer(Delivery delivery) {
        Consumer consumer = consumers.next(delivery);
        if (consumer != null) {
            handOver(delivery, consumer);
            return;
        }
        waiting.insert(delivery);
        if (delivery.next != null) {
            consumers.resetCursors(); // it came to stand before what some have looked at
        }
    }

    /** The outbox of a consumer has room again. */
    void roomAgain(Consumer consumer) {
        List<Delivery> expired;
        synchronized (this) {
            consumer.waitsForRoom = false;
            expired = pump(consumer);
        }
        buryExpired(expired);
    }

    private void handOver(Delivery delivery, Consumer consumer) {
        consumers.own(delivery.group, consumer);
        delivery.holder = consumer;
        delivery.refusedBy = null;
        delivery.costsCredit = true;
        consumer.outstanding.addLast(delivery);
        consumer.subscription.takeCredit();
        consumer.subscription.outbox().offer(consumer.subscription, delivery.message, delivery);
    }

    /** Gives him what suits him of what waits, as long as he can take it; what turned out to be expired. */
    private List<Delivery> pump(Consumer consumer) {
        List<Delivery> expired = List.of();
        if (waiting.isEmpty() || !consumers.contains(consumer)) {
            return expired;
        }
        long nowMillis = nextExpiryMillis == Long.MAX_VALUE ? 0 : broker.currentTimeMillis();
        Delivery at = consumer.hasSelector() && consumer.cursor != null ? consumer.cursor.next : waiting.first();
        while (at != null && consumers.canTake(consumer)) {
            Delivery next = at.next;
            if (nowMillis != 0 && at.message.isExpired(nowMillis)) {
                expired = expired.isEmpty() ? new ArrayList<>() : expired;
                takeFromWaiting(at);
                expired.add(at);
            } else if (consumers.suits(at, consumer)
                    && (at.refusedBy != consumer.subscription || consumers.size() == 1)) {
                takeFromWaiting(at);
                handOver(at, consumer);
            } else if (consumer.hasSelector()
                    && consumer.subscription.isUnwanted(at.message)
                    && consumer.cursor == at.previous) {
                consumer.cursor = at;
            }
            at = next;
        }
        return expired;
    }

    private void takeFromWaiting(Delivery delivery) {
        consumers.leave(delivery);
        waiting.remove(delivery);
    }

    // ---- subscribing

    @Override
    public boolean subscribe(Subscription subscription) {
        if (subscription.browses()) {
            return browse(subscription);
        }
        List<Delivery> expired;
        synchronized (this) {
            if (gone) {
                return false;
            }
            used = true;
            Consumer consumer = consumers.add(subscription);
            expired = pump(consumer);
        }
        buryExpired(expired);
        return true;
    }

    private boolean browse(Subscription subscription) {
        long end;
        synchronized (this) {
            if (gone) {
                return false;
            }
            used = true;
            end = nextPosition;
        }
        subscription.browse(this, end);
        return true;
    }

    /** What a browser sees next: some of what waits, comes behind the last that it saw, and is older than the end. */
    synchronized List<Delivery> page(Subscription subscription, @Nullable Delivery last, long end) {
        List<Delivery> page = new ArrayList<>();
        int octets = 0;
        for (Delivery at = waiting.first(); at != null && octets < PAGE; at = at.next) {
            if (at.position < end && (last == null || last.isBefore(at)) && !subscription.isUnwanted(at.message)) {
                page.add(at);
                octets += at.message.size();
            }
        }
        return page;
    }

    /** Session's thread of the subscription. */
    @Override
    public void unsubscribe(Subscription subscription) {
        List<Delivery> dead = new ArrayList<>(0);
        synchronized (this) {
            Consumer consumer = consumers.remove(subscription);
            if (consumer == null) {
                return;
            }
            for (Delivery delivery : consumer.outstanding.takeAll()) {
                delivery.holder = null;
                if (isExhausted(delivery)) {
                    dead.add(delivery);
                } else {
                    waiting.insert(delivery);
                }
            }
            pumpAll();
        }
        bury(dead, "delivered " + policy.maxDeliveries() + " times without being acknowledged");
    }

    /** Offers all that waits anew, since it returned, or since others may have it now. */
    private void pumpAll() {
        consumers.resetCursors();
        Delivery at = waiting.first();
        while (at != null && consumers.anyCanTake()) {
            Delivery next = at.next;
            Consumer consumer = consumers.next(at);
            if (consumer != null) {
                takeFromWaiting(at);
                handOver(at, consumer);
            }
            at = next;
        }
    }

    // ---- settling

    /** Settles deliveries of any queues, all of them held by one session. Session's thread. */
    static void settle(List<Delivery> deliveries, Settlement settlement) {
        int start = 0;
        while (start < deliveries.size()) {
            Queue queue = deliveries.get(start).queue;
            int end = start + 1;
            while (end < deliveries.size() && deliveries.get(end).queue == queue) {
                end++;
            }
            queue.settleAll(deliveries.subList(start, end), settlement);
            start = end;
        }
    }

    private void settleAll(List<Delivery> deliveries, Settlement settlement) {
        List<Delivery> dead = new ArrayList<>(0);
        List<Delivery> expired = List.of();
        Consumer last = null;
        synchronized (this) {
            used = true;
            for (Delivery delivery : deliveries) {
                Consumer consumer = delivery.holder;
                if (consumer == null) {
                    continue; // it went back meanwhile, the subscription having ended
                }
                consumer.outstanding.remove(delivery);
                delivery.holder = null;
                consumer.subscription.returnCredit(delivery);
                if (settlement == Settlement.ACKNOWLEDGED) {
                    capacity.remove(delivery.message);
                } else if (settlement == Settlement.DEAD || isExhausted(delivery)) {
                    dead.add(delivery);
                } else {
                    delivery.refusedBy = consumer.subscription;
                    comeBack(delivery);
                }
                if (last != null && last != consumer) {
                    expired = join(expired, pump(last));
                }
                last = consumer;
            }
            if (last != null) {
                expired = join(expired, pump(last));
            }
        }
        bury(dead, settlement == Settlement.DEAD ? "refused for good" : "refused " + policy.maxDeliveries() + " times");
        buryExpired(expired);
        capacity.releaseHeld();
        if (last != null) {
            last.subscription.creditReturned(this);
        }
    }

    /**
     * Gives back the credit of deliveries that were acknowledged within a transaction: they stay where they are, but their
     * consumer gets others (SX-TX-6).
     */
    static void lend(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            Queue queue = delivery.queue;
            List<Delivery> expired = List.of();
            synchronized (queue) {
                Consumer consumer = delivery.holder;
                if (consumer != null) {
                    consumer.subscription.returnCredit(delivery);
                    expired = queue.pump(consumer);
                }
            }
            queue.buryExpired(expired);
        }
        if (!deliveries.isEmpty()) {
            Delivery any = deliveries.get(0);
            Consumer consumer = any.holder;
            if (consumer != null) {
                consumer.subscription.creditReturned(any.queue);
            }
        }
    }

    /** A subscription that has other queues beside this one got credit back there. */
    void creditAgain(Subscription subscription) {
        List<Delivery> expired = List.of();
        synchronized (this) {
            Consumer consumer = consumers.of(subscription);
            if (consumer != null) {
                expired = pump(consumer);
            }
        }
        buryExpired(expired);
    }

    private static List<Delivery> join(List<Delivery> some, List<Delivery> more) {
        if (some.isEmpty()) {
            return more;
        }
        some.addAll(more);
        return some;
    }

    private boolean isExhausted(Delivery delivery) {
        return policy.maxDeliveries() > 0 && delivery.deliveries >= policy.maxDeliveries();
    }

    /** A refused message: to another consumer at once, to the same after a while. */
    private void comeBack(Delivery delivery) {
        if (consumers.isThereAnother(delivery)) {
            offer(delivery);
            return;
        }
        long delay = redeliveries.delayNanos(delivery);
        if (delay == 0) {
            delivery.refusedBy = null;
            offer(delivery);
            return;
        }
        redeliveries.add(delivery, broker.nanoTime() + delay);
        broker.schedule(this::redeliver, delay);
    }

    /** Timer. */
    private synchronized void redeliver() {
        for (Delivery delivery : redeliveries.due(broker.nanoTime())) {
            delivery.refusedBy = null;
            offer(delivery);
        }
    }

    /** To the dead letters with them, outside the lock. */
    private void bury(List<Delivery> dead, String why) {
        if (dead.isEmpty()) {
            return;
        }
        synchronized (this) {
            dead.forEach(delivery -> capacity.remove(delivery.message));
        }
        capacity.releaseHeld();
        for (Delivery delivery : dead) {
            broker.bury(delivery.message, policy, delivery.deliveries, why);
        }
    }

    private void buryExpired(List<Delivery> expired) {
        if (expired.isEmpty()) {
            return;
        }
        synchronized (this) {
            expired.forEach(delivery -> capacity.remove(delivery.message));
        }
        capacity.releaseHeld();
        for (Delivery delivery : expired) {
            expired(delivery.message, delivery.deliveries);
        }
    }

    private void expired(Message message, int deliveries) {
        broker.listener().messageExpired(name);
        if (policy.deadLetterExpired()) {
            broker.bury(message, policy, deliveries, "expired");
        }
    }

    // ---- time

    /** Timer, once a second while it asks to be watched: what has waited too long goes. */
    void expire(long nowMillis) {
        List<Delivery> expired = new ArrayList<>(0);
        synchronized (this) {
            if (nowMillis < nextExpiryMillis) {
                broker.watchExpiry(this);
                return;
            }
            nextExpiryMillis = Long.MAX_VALUE;
            Delivery at = waiting.first();
            while (at != null) {
                Delivery next = at.next;
                if (at.message.isExpired(nowMillis)) {
                    takeFromWaiting(at);
                    expired.add(at);
                } else if (at.message.expiresAtMillis() != 0) {
                    nextExpiryMillis = Math.min(nextExpiryMillis, at.message.expiresAtMillis());
                }
                at = next;
            }
            if (capacity.messages() > waiting.size() + expired.size()) {
                // What is out may come back and be expired then.
                nextExpiryMillis = Math.min(nextExpiryMillis, nowMillis + 1_000);
            }
            if (nextExpiryMillis != Long.MAX_VALUE) {
                broker.watchExpiry(this);
            }
        }
        buryExpired(expired);
    }

    @Override
    public synchronized boolean forgetIfIdle() {
        boolean inUse = temporary || used || !capacity.isUnused();
        used = false;
        gone = !inUse && consumers.areAllPatterns();
        return gone;
    }

    /** Away with it and with what is in it: its owner has gone. */
    void delete() {
        List<Publisher> released;
        synchronized (this) {
            gone = true;
            waiting.takeAll();
            redeliveries.clear();
            consumers.clear();
            released = capacity.end();
        }
        released.forEach(Publisher::release);
    }
}
