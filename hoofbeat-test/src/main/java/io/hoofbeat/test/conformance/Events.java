/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What our server tells its listeners, counted by destination. */
final class Events extends BrokerListener {
    private final Map<String, LongAdder> dropped = new ConcurrentHashMap<>();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void messagesDropped(Session session, String destination, long count) {
        dropped.computeIfAbsent(destination, key -> new LongAdder()).add(count);
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        ended.add(session.id());
    }

    /** Waits until that session has let go of all it had. */
    void awaitEnd(String session, Duration within) {
        Sockets.await(within, () -> ended.contains(session), "session " + session + " has not ended");
    }

    @Override
    public void failed(String where, Throwable failure) {
        failures.add(where + ": " + failure);
    }

    /** How many messages of that topic slow subscribers have lost. */
    long dropped(String destination) {
        LongAdder count = dropped.get(destination);
        return count == null ? 0 : count.sum();
    }

    /** Failures of the server's own. There should never be any. */
    List<String> failures() {
        return failures;
    }
}
