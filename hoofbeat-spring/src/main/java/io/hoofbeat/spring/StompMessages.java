/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MimeTypeUtils;

/** Our frames as Spring's messages, and the reverse. Spring keeps the headers of a frame as "native" headers of a message. */
final class StompMessages {

    /** Among the headers of a message: the {@link Wire} that it came from. Those which Spring makes up for clients have none. */
    static final String WIRE = "hoofbeatWire";

    /** Among the headers of a message: the {@link Answer} that its sender asked for. */
    static final String ANSWER = "hoofbeatAnswer";

    /** Among the headers of a MESSAGE that the engine delivers: its {@link DeliveredHeaders}. */
    static final String DELIVERED = "hoofbeatDelivered";

    private static final String DESTINATION = "destination";
    private static final String CONTENT_TYPE = "content-type";
    private static final String CONTENT_LENGTH = "content-length";

    private StompMessages() {}

    /**
     * A client's frame. It cannot say what only {@code UserDestinationMessageHandler} may: where a user's message was sent to.
     *
     * @throws InvalidMimeTypeException if its content-type is none
     */
    static StompHeaderAccessor fromClient(Frame frame) {
        Headers headers = frame.headers();
        LinkedMultiValueMap<String, String> values = new LinkedMultiValueMap<>(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.isNamed(i, SimpMessageHeaderAccessor.ORIGINAL_DESTINATION)) {
                values.add(headers.name(i), headers.value(i));
            }
        }
        return StompHeaderAccessor.create(StompCommand.valueOf(frame.command().name()), values);
    }

    /**
     * A client's frame for the engine.
     *
     * @param destination as the engine calls it, null for frames that have none
     * @param without headers that stay behind
     */
    static Frame forEngine(
            StompCommand command, Message<?> message, @Nullable String destination, Set<String> without) {
        Command known = Command.valueOf(command.name());
        MessageHeaders from = message.getHeaders();
        Headers.Builder headers = Headers.builder();
        if (destination != null) {
            headers.add(DESTINATION, destination);
        }
        natives(from).forEach((name, values) -> {
            if (!without.contains(name) && !(destination != null && name.equals(DESTINATION))) {
                for (String value : values) {
                    headers.add(name, value(name, value, from));
                }
            }
        });
        return known.mayHaveBody()
                ? new Frame(known, headers.build(), (byte[]) message.getPayload())
                : new Frame(known, headers.build());
    }

    /** Spring hides passcodes from logs. */
    private static String value(String name, String value, MessageHeaders from) {
        String passcode = name.equals("passcode") ? StompHeaderAccessor.getPasscode(from) : null;
        return passcode == null ? value : passcode;
    }

    /** The headers of what the application publishes. */
    static Headers published(MessageHeaders from) {
        Headers.Builder headers = Headers.builder();
        Object type = from.get(MessageHeaders.CONTENT_TYPE);
        if (type != null) {
            headers.add(CONTENT_TYPE, type.toString());
        }
        natives(from).forEach((name, values) -> {
            if (type == null || !name.equals(CONTENT_TYPE)) {
                values.forEach(value -> headers.add(name, value));
            }
        });
        return headers.build();
    }

    @SuppressWarnings("unchecked") // it is documented to be that
    static Map<String, List<String>> natives(Map<String, Object> headers) {
        Object natives = headers.get(NativeMessageHeaderAccessor.NATIVE_HEADERS);
        return natives == null ? Map.of() : (Map<String, List<String>>) natives;
    }

    /**
     * A frame of the engine's on its way to a client.
     *
     * @param destination as the client calls it; null for frames that have none
     */
    static StompHeaderAccessor fromEngine(Frame frame, @Nullable String destination, String session) {
        StompCommand command = StompCommand.valueOf(frame.command().name());
        StompHeaderAccessor accessor = StompHeaderAccessor.create(command);
        Headers headers = frame.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (destination == null || !name.equals(DESTINATION)) {
                accessor.addNativeHeader(name, headers.value(i));
            }
        }
        if (destination != null) {
            accessor.setDestination(destination);
        }
        if (command == StompCommand.MESSAGE) {
            accessor.setSubscriptionId(headers.get("subscription"));
            setContentType(accessor, headers.get(CONTENT_TYPE));
        }
        accessor.setSessionId(session);
        return accessor;
    }

    /**
     * A message of the engine's on its way to a subscriber, with headers that are made only if somebody looks at them.
     *
     * @param subscription as the client named it; empty if it did not
     */
    static StompHeaderAccessor fromEngine(
            io.hoofbeat.broker.Message message, String subscription, DeliveredHeaders headers, String session) {
        StompHeaderAccessor accessor = StompHeaderAccessor.create(StompCommand.MESSAGE);
        accessor.setHeader(NativeMessageHeaderAccessor.NATIVE_HEADERS, headers);
        accessor.setHeader(DELIVERED, headers);
        accessor.setHeader(SimpMessageHeaderAccessor.DESTINATION_HEADER, message.destination());
        if (!subscription.isEmpty()) {
            accessor.setHeader(SimpMessageHeaderAccessor.SUBSCRIPTION_ID_HEADER, subscription);
        }
        setContentType(accessor, message.headers().get(CONTENT_TYPE));
        accessor.setSessionId(session);
        return accessor;
    }

    /** The headers of a frame as Spring has them. */
    static LinkedMultiValueMap<String, String> natives(Frame frame) {
        Headers headers = frame.headers();
        LinkedMultiValueMap<String, String> natives = new LinkedMultiValueMap<>(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            natives.add(headers.name(i), headers.value(i));
        }
        return natives;
    }

    /** Whether a destination is below one of the prefixes; if there are none, all destinations are meant. */
    static boolean isBelow(Collection<String> prefixes, String destination) {
        for (String prefix : prefixes) { // streams cost more than all else that is done for a frame
            if (destination.startsWith(prefix)) {
                return true;
            }
        }
        return prefixes.isEmpty();
    }

    private static void setContentType(StompHeaderAccessor accessor, @Nullable String type) {
        if (type != null) {
            try {
                accessor.setHeader(MessageHeaders.CONTENT_TYPE, MimeTypeUtils.parseMimeType(type));
            } catch (InvalidMimeTypeException e) {
                // It is passed on as the sender wrote it.
            }
        }
    }

    static Message<byte[]> message(StompHeaderAccessor accessor, byte[] body) {
        accessor.setLeaveMutable(true);
        return MessageBuilder.createMessage(body, accessor.getMessageHeaders());
    }

    /** What Spring sends to a client, whoever made it. What CONNECTED cannot carry is left out. */
    static Frame toClient(StompCommand command, Map<String, Object> from, byte[] payload) {
        Command known = Command.valueOf(command.name());
        Headers.Builder headers = Headers.builder();
        natives(from).forEach((name, values) -> {
            for (String value : values) {
                if (!name.equals(CONTENT_LENGTH)
                        && !(known.isRaw() && value.chars().anyMatch(c -> c < ' '))) {
                    headers.add(name, value);
                }
            }
        });
        if (!known.mayHaveBody()) {
            return new Frame(known, headers.build());
        }
        headers.add(CONTENT_LENGTH, Integer.toString(payload.length));
        return new Frame(known, headers.build(), payload);
    }
}
