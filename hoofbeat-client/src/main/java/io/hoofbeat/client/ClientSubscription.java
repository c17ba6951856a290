/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;

/** What was subscribed to. Thread-safe. */
public final class ClientSubscription {
    private final String id;
    private final String destination;
    private final AckMode ackMode;
    private final MessageHandler handler;
    private final ClientConnection connection;
    private volatile boolean active = true;

    ClientSubscription(
            String id, String destination, AckMode ackMode, MessageHandler handler, ClientConnection connection) {
        this.id = id;
        this.destination = destination;
        this.ackMode = ackMode;
        this.handler = handler;
        this.connection = connection;
    }

    /** The number that goes with its frames; never used again within a connection (C11-SUB-1). */
    public String id() {
        return id;
    }

    public String destination() {
        return destination;
    }

    public AckMode ackMode() {
        return ackMode;
    }

    /** Ends it: the handler is called no more, but for the message that it may be busy with. Does nothing the second time. */
    public void unsubscribe() {
        if (active) {
            active = false;
            connection.subscriptions().remove(this);
            connection.send(new Frame(Command.UNSUBSCRIBE, Headers.of("id", id)));
        }
    }

    boolean isActive() {
        return active;
    }

    MessageHandler handler() {
        return handler;
    }
}
