/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Version;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * The native headers of a MESSAGE on its way to a client, which become a map when somebody looks at them. As long as nobody has, and so
 * nobody can have changed them, the frame is what the engine has encoded for all receivers already: {@link #encode}.
 *
 * <p>As any message's headers, they belong to one thread at a time.
 */
final class DeliveredHeaders extends AbstractMap<String, List<String>> implements MultiValueMap<String, String> {
    private final Subscription subscription;
    private final Message message;
    private final byte[] head;
    private final Version version;
    private final String session;

    /** Null until somebody looks. */
    private @Nullable LinkedMultiValueMap<String, String> map;

    /**
     * Those of a delivery.
     *
     * @param head the subscription's for it
     * @param version in which the head is encoded
     * @param session Spring's id of the one that it is for
     */
    DeliveredHeaders(Subscription subscription, Message message, byte[] head, Version version, String session) {
        this.subscription = subscription;
        this.message = message;
        this.head = head;
        this.version = version;
        this.session = session;
    }

    /**
     * The whole frame, if that is what the message has become on its way.
     *
     * @param headers all that the message has now
     * @param payload the body that it has now
     * @return null if it has to be encoded anew
     */
    byte @Nullable [] encode(Map<String, Object> headers, byte[] payload) {
        if (map != null
                || payload != message.body()
                || !session.equals(SimpMessageHeaderAccessor.getSessionId(headers))
                || !isAmong(headers)) {
            return null;
        }
        byte[] tail = message.tail(version);
        byte[] body = message.isLarge() ? payload : null;
        byte[] frame = new byte[head.length + tail.length + (body == null ? 0 : body.length + 1)];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(tail, 0, frame, head.length, tail.length);
        if (body != null) {
            System.arraycopy(body, 0, frame, head.length + tail.length, body.length);
        }
        return frame;
    }

    /** Spring wraps native headers, and a wrapper is equal to what is in it. */
    private boolean isAmong(Map<String, Object> headers) {
        Object natives = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
        return natives != null && natives.equals(this);
    }

    private LinkedMultiValueMap<String, String> map() {
        LinkedMultiValueMap<String, String> known = map;
        if (known == null) {
            known = StompMessages.natives(subscription.frame(head, message));
            map = known;
        }
        return known;
    }

    // ---- the map

    @Override
    public @Nullable List<String> get(Object name) {
        // Spring asks that of every message; only those for users, which go another way, have it.
        boolean isKnown = map == null
                && SimpMessageHeaderAccessor.ORIGINAL_DESTINATION.equals(name)
                && !message.headers().contains(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
        return isKnown ? null : map().get(name);
    }

    @Override
    public boolean containsKey(Object name) {
        return map().containsKey(name);
    }

    @Override
    public Set<Map.Entry<String, List<String>>> entrySet() {
        return map().entrySet();
    }

    @Override
    public @Nullable List<String> put(String name, List<String> values) {
        return map().put(name, values);
    }

    @Override
    public @Nullable List<String> remove(Object name) {
        return map().remove(name);
    }

    @Override
    public @Nullable String getFirst(String name) {
        return map().getFirst(name);
    }

    @Override
    public void add(String name, @Nullable String value) {
        map().add(name, value);
    }

    @Override
    public void addAll(String name, List<? extends @Nullable String> values) {
        map().addAll(name, values);
    }

    @Override
    public void addAll(MultiValueMap<String, @Nullable String> values) {
        map().addAll(values);
    }

    @Override
    public void set(String name, @Nullable String value) {
        map().set(name, value);
    }

    @Override
    public void setAll(Map<String, @Nullable String> values) {
        map().setAll(values);
    }

    @Override
    public Map<String, @Nullable String> toSingleValueMap() {
        return map().toSingleValueMap();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || map().equals(other);
    }

    @Override
    public int hashCode() {
        return map().hashCode();
    }

    @Override
    public String toString() {
        return map().toString();
    }
}
