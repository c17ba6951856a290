/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A subscription of a {@link StompProbe}, and the messages of it that a test awaits, each once. */
public final class ProbeSubscription {
    private final StompProbe probe;
    private final String id;
    private final String destination;

    ProbeSubscription(StompProbe probe, String id, String destination) {
        this.probe = probe;
        this.id = id;
        this.destination = destination;
    }

    /** The next message. */
    public StompFrame await() {
        return probe.awaitMessage(this::isOurs, "MESSAGE at " + destination);
    }

    /** The next message with that body; others stay for later. */
    public StompFrame await(String text) {
        return probe.awaitMessage(
                frame -> isOurs(frame) && frame.text().equals(text), "MESSAGE \"" + text + "\" at " + destination);
    }

    /**
     * The next message that is such; others stay for later.
     *
     * @param what it is, for people
     */
    public StompFrame await(Predicate<StompFrame> wanted, String what) {
        return probe.awaitMessage(frame -> isOurs(frame) && wanted.test(frame), what + " at " + destination);
    }

    /** The next messages, in their order. */
    public List<StompFrame> await(int count) {
        List<StompFrame> messages = new ArrayList<>();
        while (messages.size() < count) {
            messages.add(probe.awaitMessage(
                    this::isOurs, "MESSAGE " + (messages.size() + 1) + " of " + count + " at " + destination));
        }
        return messages;
    }

    /** For that time no message is there which nobody has awaited, nor comes. */
    public void expectNone(Duration time) {
        probe.expectNoMessage(this::isOurs, "a MESSAGE at " + destination, time);
    }

    /** Ends it, and waits until that is done. */
    public void unsubscribe() {
        probe.unsubscribe(id);
    }

    private boolean isOurs(StompFrame frame) {
        return id.equals(frame.header("subscription"));
    }
}
