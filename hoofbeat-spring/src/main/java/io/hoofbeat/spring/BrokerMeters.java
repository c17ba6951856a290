/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Inventory;
import io.hoofbeat.broker.Session;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happens in the broker, as Micrometer's meters; the names begin with {@code hoofbeat.}. None has a tag that clients can choose, so
 * that their number is bounded. What there is just now is asked of the engine when somebody reads the meter, so that it costs nothing else.
 */
final class BrokerMeters extends BrokerListener implements MeterBinder {

    /** What is counted when it happens. */
    private enum Event {
        OPENED("sessions.opened", "Sessions that began."),
        REFUSED("connects.refused", "CONNECTs that were refused."),
        VIOLATED("protocol.violations", "Frames that broke the protocol."),
        STALLED("publishers.stalled", "How often a publisher had to wait for a subscriber or for room."),
        DEAD("messages.dead", "Messages that nobody could process."),
        EXPIRED("messages.expired", "Messages whose time was over."),
        DROPPED("messages.dropped", "Messages that slow subscribers lost."),
        FAILED("failures", "Failures of the broker itself.");

        private final String meter;
        private final String text;

        Event(String meter, String text) {
            this.meter = "hoofbeat." + meter;
            this.text = text;
        }
    }

    private final BrokerSlot slot;

    /** Null until Micrometer is there; what happens before is not counted. */
    private volatile @Nullable MeterRegistry registry;

    BrokerMeters(BrokerSlot slot) {
        this.slot = slot;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        if (slot.broker() == null) {
            return; // the application has another broker
        }
        this.registry = registry;
        gauge("sessions", "Sessions that are open.", null, Inventory::sessionCount);
        gauge("subscriptions", "Subscriptions of all sessions.", null, Inventory::subscriptionCount);
        gauge("destinations", "Topics and queues that there are.", null, Inventory::destinationCount);
        gauge("queues.messages", "Messages in all queues.", null, Inventory::queuedMessages);
        gauge("queues.size", "What the messages in all queues take.", BaseUnits.BYTES, Inventory::queuedBytes);
        gauge("outboxes.size", "What waits to be written to clients.", BaseUnits.BYTES, Inventory::outboxBytes);
        counter("messages.published", "Messages that came, whoever sent them.", Inventory::publishedMessages);
        counter("messages.delivered", "Messages that went to subscribers, each of them.", Inventory::deliveredMessages);
        for (Event event : Event.values()) {
            count(event, 0); // so that it is there before it happens
        }
        for (CloseReason reason : CloseReason.values()) {
            countClosed(reason, 0);
        }
    }

    private void gauge(String name, String text, @Nullable String unit, ToDoubleFunction<Inventory> value) {
        Gauge.builder("hoofbeat." + name, slot, it -> read(it, value))
                .description(text)
                .baseUnit(unit)
                .register(known());
    }

    private void counter(String name, String text, ToDoubleFunction<Inventory> value) {
        FunctionCounter.builder("hoofbeat." + name, slot, it -> read(it, value))
                .description(text)
                .register(known());
    }

    private MeterRegistry known() {
        MeterRegistry known = registry;
        if (known == null) {
            throw new IllegalStateException("there is no registry");
        }
        return known;
    }

    /** Nothing is there while the broker does not run. */
    private static double read(BrokerSlot slot, ToDoubleFunction<Inventory> value) {
        SpringBroker broker = slot.broker();
        return broker == null || !broker.isRunning()
                ? 0
                : value.applyAsDouble(broker.broker().inventory());
    }

    private void count(Event event, long count) {
        MeterRegistry known = registry;
        if (known != null) {
            Counter.builder(event.meter).description(event.text).register(known).increment(count);
        }
    }

    private void countClosed(CloseReason reason, long count) {
        MeterRegistry known = registry;
        if (known != null) {
            Counter.builder("hoofbeat.sessions.closed")
                    .description("Sessions that ended, by the reason.")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(known)
                    .increment(count);
        }
    }

    @Override
    public void sessionOpened(Session session) {
        count(Event.OPENED, 1);
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        countClosed(reason, 1);
    }

    @Override
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
        count(Event.REFUSED, 1);
    }

    @Override
    public void protocolViolated(ConnectionInfo connection, String text) {
        count(Event.VIOLATED, 1);
    }

    @Override
    public void publisherStalled(String destination) {
        count(Event.STALLED, 1);
    }

    @Override
    public void messageDead(String destination, String why) {
        count(Event.DEAD, 1);
    }

    @Override
    public void messageExpired(String destination) {
        count(Event.EXPIRED, 1);
    }

    @Override
    public void messagesDropped(Session session, String destination, long count) {
        count(Event.DROPPED, count);
    }

    @Override
    public void failed(String where, Throwable failure) {
        count(Event.FAILED, 1);
    }
}
