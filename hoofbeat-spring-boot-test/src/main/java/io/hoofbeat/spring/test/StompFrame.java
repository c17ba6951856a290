/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.MimeTypeUtils;

/** A frame that a {@link StompProbe} got. Immutable. */
public final class StompFrame {
    private final Frame frame;
    private final MessageConverter converter;

    StompFrame(Frame frame, MessageConverter converter) {
        this.frame = frame;
        this.converter = converter;
    }

    /** {@code MESSAGE}, {@code ERROR} and so on. */
    public String command() {
        return frame.command().name();
    }

    /** The value of a header; null if there is none of that name. */
    public @Nullable String header(String name) {
        return frame.headers().get(name);
    }

    /** All headers in their order. */
    public Headers headers() {
        return frame.headers();
    }

    /** The body as text. */
    public String text() {
        return frame.text();
    }

    /** The octets of the body; a copy. */
    public byte[] body() {
        return frame.body().clone();
    }

    /**
     * The body as the application's own converter reads it: JSON, for instance, if that is what {@code content-type} says.
     *
     * @throws AssertionError if it cannot be read so; it shows the frame
     */
    public <T> T as(Class<T> type) {
        String contentType = header("content-type");
        Message<byte[]> message = MessageBuilder.withPayload(frame.body())
                .setHeader(
                        MessageHeaders.CONTENT_TYPE,
                        contentType == null ? null : MimeTypeUtils.parseMimeType(contentType))
                .build();
        Object read = converter.fromMessage(message, type);
        if (read == null) {
            throw new AssertionError(
                    "this is no " + type.getSimpleName() + " to the application's converters:\n" + this);
        }
        return type.cast(read);
    }

    boolean isAt(String destination) {
        return destination.equals(header("destination"));
    }

    /** As it looks on the wire, nearly: nothing is escaped, and a long body is cut. */
    @Override
    public String toString() {
        return show(frame);
    }

    /** A frame for people. */
    static String show(Frame frame) {
        StringBuilder text = new StringBuilder(frame.command().name());
        Headers headers = frame.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            boolean isSecret = name.equals("passcode") || name.equalsIgnoreCase("authorization");
            text.append('\n').append(name).append(':').append(isSecret ? "********" : headers.value(i));
        }
        byte[] body = frame.body();
        if (body.length > 0) {
            text.append("\n\n").append(new String(body, 0, Math.min(body.length, LONGEST_BODY), UTF_8));
        }
        if (body.length > LONGEST_BODY) {
            text.append("... (").append(body.length).append(" octets)");
        }
        return text.toString();
    }

    private static final int LONGEST_BODY = 500;
}
