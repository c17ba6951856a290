/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A MESSAGE of the server. Thread-safe, but for the octets of the body, which are shared and not to be changed. */
public final class ReceivedMessage {
    private final Frame frame;
    private final AckMode ackMode;
    private final ClientConnection connection;
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile boolean later;

    ReceivedMessage(Frame frame, AckMode ackMode, ClientConnection connection) {
        this.frame = frame;
        this.ackMode = ackMode;
        this.connection = connection;
    }

    /** All headers; of a repeated name the first counts, {@link Headers#all} has the others. */
    public Headers headers() {
        return frame.headers();
    }

    /** The first value of that header; null if there is none. */
    public @Nullable String header(String name) {
        return frame.headers().get(name);
    }

    /** Where it was sent to; empty if the server did not say. */
    public String destination() {
        String destination = header("destination");
        return destination == null ? "" : destination;
    }

    /** The body as it came. */
    public byte[] body() {
        return frame.body();
    }

    /** The body read as UTF-8. */
    public String text() {
        return frame.text();
    }

    /**
     * Says that it was processed. Does nothing in {@link AckMode#AUTO}, or if it was settled before.
     *
     * @throws ConnectionEndedException if the connection it came by is over: the server gives the message to somebody else
     */
    public void ack() {
        settle(Command.ACK);
    }

    /**
     * Says that it was not processed. Does nothing in {@link AckMode#AUTO}, or if it was settled before, and in STOMP 1.0, which
     * does not know of it: there the message stays unsettled until the connection ends.
     *
     * @throws ConnectionEndedException as above
     */
    public void nack() {
        settle(Command.NACK);
    }

    /** Not when the handler returns, but when {@link #ack} or {@link #nack} is called, from whatever thread. */
    public void settleLater() {
        later = true;
    }

    private void settle(Command how) {
        if (ackMode == AckMode.AUTO || !settled.compareAndSet(false, true)) {
            return;
        }
        Version version = connection.version();
        if (how == Command.NACK && !version.hasNack()) {
            return;
        }
        connection.send(new Frame(how, settlement(frame.headers(), version)));
    }

    /** How ACK and NACK name a message (C10-ACK-1). */
    static Headers settlement(Headers message, Version version) {
        if (version.acknowledgesById()) {
            return Headers.of("id", value(message, "ack"));
        }
        Headers.Builder headers = Headers.builder().add("message-id", value(message, "message-id"));
        String subscription = message.get("subscription");
        return subscription == null
                ? headers.build()
                : headers.add("subscription", subscription).build();
    }

    private static String value(Headers headers, String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    AckMode ackMode() {
        return ackMode;
    }

    /** Whether the end of the handler settles it. */
    boolean isSettledByHandler() {
        return !later;
    }

    /** Without the body. */
    @Override
    public String toString() {
        return "MESSAGE " + header("message-id") + " to " + destination() + ", " + body().length + " octets";
    }
}
