/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.Session;
import io.hoofbeat.protocol.Frame;

/** A session that a {@link StompGate} stands before. */
public final class StompLine {
    private final StompTalk talk;
    private final Carrier carrier;
    private final Loop loop;
    private final Handshake handshake;
    private final Handlers handlers;

    StompLine(StompTalk talk, Carrier carrier, Loop loop, Handshake handshake, Handlers handlers) {
        this.handlers = handlers;
        this.talk = talk;
        this.carrier = carrier;
        this.loop = loop;
        this.handshake = handshake;
    }

    /** The request that it began with. */
    public Handshake handshake() {
        return handshake;
    }

    /** The broker's session, which is called on the event loop alone unless its methods say otherwise. */
    public Session session() {
        return talk.session();
    }

    /** Gives the broker a frame as one of the client's, after what was given before. Any thread. */
    public void receive(Frame frame) {
        carrier.execute(() -> session().onFrame(frame));
    }

    /** Goes on with the client's frames, after what was {@link #receive received} and {@link #execute executed} before. Any thread. */
    public void proceed() {
        carrier.execute(() -> {
            talk.letGo();
            carrier.proceedLater();
        });
    }

    /** Writes a frame. Event loop, and only within {@link StompGate.Guard#drain}. */
    public void write(Frame frame, boolean binary) {
        talk.write(frame, binary);
    }

    /** Writes frames that are octets already. Event loop, and only within {@link StompGate.Guard#drain}. */
    public void write(byte[] octets, boolean binary) {
        talk.write(octets, binary);
    }

    /** {@link StompGate.Guard} has something to write, or room again. Any thread. */
    public void wake() {
        carrier.wake();
    }

    /** Runs a task on the event loop, even when the session is over; not at all once the server has been closed. Any thread. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Runs a task on a thread for handlers, where it may block. Any thread.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the server has been closed
     */
    public void work(Runnable task) {
        handlers.execute(task);
    }

    /**
     * Ends it without an ERROR, after what was sent before. Any thread.
     *
     * @param code one that WebSocket lets be sent
     * @param reason cut off at 123 octets
     */
    public void close(int code, String reason) {
        if (!CloseCode.isSendable(code)) {
            throw new IllegalArgumentException(code + " is no code to close a WebSocket with");
        }
        String shortened = reason;
        while (shortened.getBytes(UTF_8).length > WebSocketFraming.MOST_OF_REASON) {
            shortened = shortened.substring(0, shortened.length() - 1);
        }
        String text = shortened;
        carrier.execute(() -> talk.end(code, text));
    }
}
