/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import io.hoofbeat.broker.selector.Selector;
import io.hoofbeat.broker.selector.SelectorException;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.ProtocolException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a SUBSCRIBE asks for beside its destination, in the spelling of whatever broker its author had in mind.
 *
 * @param prefetch deliveries of queues under way at a time
 * @param slowConsumer its own policy, null for that of the destination
 * @param slowConsumerKey the header for {@link SlowConsumer#KEEP_LATEST}, null for that of the destination
 */
record SubscribeRequest(
        AckMode ack,
        @Nullable Selector selector,
        int prefetch,
        boolean noLocal,
        boolean exclusive,
        int priority,
        boolean browser,
        boolean browserEnd,
        @Nullable SlowConsumer slowConsumer,
        @Nullable String slowConsumerKey) {

    private static final int MAX_SELECTOR = 4 * 1024;

    /** Reads the headers; a value that means nothing is an error that says what would. */
    static SubscribeRequest parse(Headers headers, BrokerOptions options) {
        AckMode ack = AckMode.of(headers.get("ack"));
        if (ack == null) {
            throw bad("ack must be auto, client or client-individual, not '" + headers.get("ack") + "'");
        }
        return new SubscribeRequest(
                ack,
                selector(headers),
                prefetch(headers, options),
                isTrue(headers, "no-local", "activemq.noLocal"),
                isTrue(headers, "exclusive", "activemq.exclusive"),
                number(headers, 0, "x-priority", "activemq.priority"),
                isTrue(headers, "browser"),
                !"false".equals(trimmed(headers, "browser-end")),
                slowConsumer(headers),
                headers.get("slow-consumer-key"));
    }

    private static @Nullable Selector selector(Headers headers) {
        String text = headers.get("selector");
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.length() > MAX_SELECTOR) {
            throw bad("selector too long, " + text.length() + " characters (limit " + MAX_SELECTOR + ")");
        }
        try {
            return Selector.parse(text);
        } catch (SelectorException e) {
            throw bad("selector, " + e.getMessage());
        }
    }

    /** RabbitMQ's prefetch-count, ActiveMQ's prefetchSize, Apollo's credit, Artemis' window, of which only 0 has a number of messages. */
    private static int prefetch(Headers headers, BrokerOptions options) {
        String credit = trimmed(headers, "credit");
        int wanted;
        if (credit != null) {
            int comma = credit.indexOf(',');
            wanted = number("credit", comma < 0 ? credit : credit.substring(0, comma));
        } else if (headers.contains("consumer-window-size")) {
            wanted = number(headers, -1, "consumer-window-size") == 0 ? 1 : 0;
        } else {
            wanted = number(headers, 0, "prefetch-count", "activemq.prefetchSize");
        }
        return wanted <= 0 ? options.prefetch() : Math.min(wanted, options.maxPrefetch());
    }

    private static @Nullable SlowConsumer slowConsumer(Headers headers) {
        String value = trimmed(headers, "slow-consumer");
        if (value == null) {
            return null;
        }
        for (SlowConsumer policy : SlowConsumer.values()) {
            if (policy.text().equals(value.toLowerCase(Locale.ROOT))) {
                return policy;
            }
        }
        throw bad("slow-consumer must be one of "
                + Arrays.stream(SlowConsumer.values()).map(SlowConsumer::text).collect(Collectors.joining(", "))
                + ", not '" + value + "'");
    }

    private static boolean isTrue(Headers headers, String... names) {
        for (String name : names) {
            if ("true".equals(trimmed(headers, name))) {
                return true;
            }
        }
        return false;
    }

    private static int number(Headers headers, int otherwise, String... names) {
        for (String name : names) {
            String value = trimmed(headers, name);
            if (value != null) {
                return number(name, value);
            }
        }
        return otherwise;
    }

    private static int number(String name, String value) {
        try {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, Long.parseLong(value.strip())));
        } catch (NumberFormatException e) {
            throw bad(name + " must be a number, not '" + value + "'");
        }
    }

    private static @Nullable String trimmed(Headers headers, String name) {
        String value = headers.get(name);
        return value == null ? null : value.strip();
    }

    private static ProtocolException bad(String text) {
        return new ProtocolException(ProtocolException.Kind.BAD_FRAME, text);
    }
}
