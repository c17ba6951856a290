/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Headers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whose messages are for whom, within a connection. Thread-safe. */
final class Subscriptions {
    private final Map<String, ClientSubscription> byId = new ConcurrentHashMap<>();

    /** Before SUBSCRIBE is sent, as the first message may be there before the receipt. */
    void add(ClientSubscription subscription) {
        byId.put(subscription.id(), subscription);
    }

    void remove(ClientSubscription subscription) {
        byId.remove(subscription.id());
    }

    /** Whom a MESSAGE is for; in 1.0 it need not say so, and its destination tells (C10-SUB-2). Null: nobody. */
    @Nullable ClientSubscription of(Headers message) {
        String id = message.get("subscription");
        if (id != null) {
            return byId.get(id);
        }
        String destination = message.get("destination");
        return byId.values().stream()
                .filter(one -> one.destination().equals(destination))
                .findFirst()
                .orElse(null);
    }
}
