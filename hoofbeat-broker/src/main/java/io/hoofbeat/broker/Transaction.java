/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.Destination.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The frames between BEGIN and COMMIT. Called by its session's thread. */
final class Transaction {

    /** What is to be done at COMMIT. */
    private sealed interface Step {}

    private record Send(Message message) implements Step {}

    private record Settle(Subscription subscription, List<Delivery> deliveries, Settlement settlement)
            implements Step {}

    private final Broker broker;
    private final long begunNanos;
    private final List<Step> steps = new ArrayList<>();
    private long bytes;

    /**
     * Just begun.
     *
     * @param bytes octets that it takes without any frame
     */
    Transaction(Broker broker, int bytes) {
        this.broker = broker;
        this.bytes = bytes;
        this.begunNanos = broker.nanoTime();
    }

    long begunNanos() {
        return begunNanos;
    }

    int frames() {
        return steps.size();
    }

    /** Octets that it holds. */
    long bytes() {
        return bytes;
    }

    void send(Message message) {
        steps.add(new Send(message));
        bytes += message.size();
    }

    /** Keeps the settlement; the deliveries are out of their subscription meanwhile, and cost it no credit (SX-TX-6). */
    void settle(Subscription subscription, List<Delivery> deliveries, Settlement settlement) {
        steps.add(new Settle(subscription, deliveries, settlement));
        Queue.lend(deliveries);
    }

    /**
     * Does all of it, or nothing.
     *
     * @return TAKEN; HELD if a queue has no room and the session was stalled, to try again; REJECTED
     */
    Outcome commit(Session session) {
        Map<Destination, long[]> needs = new LinkedHashMap<>();
        Outcome outcome = reserveAll(session, needs);
        if (outcome != Outcome.TAKEN) {
            return outcome;
        }
        for (Step step : steps) {
            if (step instanceof Settle settle) {
                Queue.settle(settle.deliveries, settle.settlement);
            } else if (step instanceof Send send) {
                publishReserved(send.message, session, needs);
            }
        }
        return Outcome.TAKEN;
    }

    private void publishReserved(Message message, Session session, Map<Destination, long[]> needs) {
        for (Destination destination : needs.keySet()) {
            if (destination.name().equals(message.destination())) {
                destination.publishReserved(message, session);
            }
        }
    }

    /** Room for all sends, in every destination, before the first of them is visible. */
    private Outcome reserveAll(Session session, Map<Destination, long[]> needs) {
        Map<String, long[]> byName = new LinkedHashMap<>();
        for (Step step : steps) {
            if (step instanceof Send send) {
                long[] need = byName.computeIfAbsent(send.message.destination(), name -> new long[2]);
                need[0]++;
                need[1] += send.message.size();
            }
        }
        for (Map.Entry<String, long[]> entry : byName.entrySet()) {
            long[] need = entry.getValue();
            Destination destination;
            Outcome outcome;
            do {
                destination = broker.destinations().find(entry.getKey());
                outcome = destination.reserve((int) need[0], need[1], session);
            } while (outcome == Outcome.GONE);
            if (outcome != Outcome.TAKEN) {
                needs.forEach((reserved, much) -> reserved.unreserve((int) much[0], much[1]));
                return outcome;
            }
            needs.put(destination, need);
        }
        return Outcome.TAKEN;
    }

    /** None of it has happened. */
    void abort() {
        for (Step step : steps) {
            if (step instanceof Settle settle && !settle.subscription.isEnded()) {
                settle.subscription.putBackUnsettled(settle.deliveries);
            }
        }
    }
}
