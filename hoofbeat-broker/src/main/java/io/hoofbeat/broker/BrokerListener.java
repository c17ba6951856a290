/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/** Everything that happens, as empty methods: logs and metrics override what they want. Called on any thread; must not block. */
public abstract class BrokerListener {

    public void sessionOpened(Session session) {}

    /** Its CONNECT was refused; why is for the log, the client learns less. */
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {}

    /** The session is over; reason and text are what the client was told, if it was told anything. */
    public void sessionClosed(Session session, CloseReason reason, String text) {}

    /** The client broke the protocol. */
    public void protocolViolated(ConnectionInfo connection, String text) {}

    public void subscribed(Session session, String destination) {}

    public void unsubscribed(Session session, String destination) {}

    public void destinationCreated(String destination) {}

    public void destinationRemoved(String destination) {}

    /** A publisher waits for a subscriber or for room in a queue. */
    public void publisherStalled(String destination) {}

    /** A message went to the dead letters, or was dropped if there are none. */
    public void messageDead(String destination, String why) {}

    public void messageExpired(String destination) {}

    /** A subscriber of a topic did not keep up, and lost messages by policy. */
    public void messagesDropped(Session session, String destination, long count) {}

    /** An application handler threw. */
    public void handlerFailed(String destination, Throwable failure) {}

    /** A failure of ours; the connection, if it concerns one, is closed. */
    public void failed(String where, Throwable failure) {}
}
