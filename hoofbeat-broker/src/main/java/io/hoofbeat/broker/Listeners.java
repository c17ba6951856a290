/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several listeners as one. */
final class Listeners extends BrokerListener {
    private final List<BrokerListener> all;

    private Listeners(List<BrokerListener> all) {
        this.all = all;
    }

    static BrokerListener of(List<BrokerListener> all) {
        return all.size() == 1 ? all.get(0) : new Listeners(all);
    }

    @Override
    public void sessionOpened(Session session) {
        all.forEach(each -> each.sessionOpened(session));
    }

    @Override
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
        all.forEach(each -> each.connectRefused(connection, login, why));
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        all.forEach(each -> each.sessionClosed(session, reason, text));
    }

    @Override
    public void protocolViolated(ConnectionInfo connection, String text) {
        all.forEach(each -> each.protocolViolated(connection, text));
    }

    @Override
    public void subscribed(Session session, String destination) {
        all.forEach(each -> each.subscribed(session, destination));
    }

    @Override
    public void unsubscribed(Session session, String destination) {
        all.forEach(each -> each.unsubscribed(session, destination));
    }

    @Override
    public void destinationCreated(String destination) {
        all.forEach(each -> each.destinationCreated(destination));
    }

    @Override
    public void destinationRemoved(String destination) {
        all.forEach(each -> each.destinationRemoved(destination));
    }

    @Override
    public void publisherStalled(String destination) {
        all.forEach(each -> each.publisherStalled(destination));
    }

    @Override
    public void messageDead(String destination, String why) {
        all.forEach(each -> each.messageDead(destination, why));
    }

    @Override
    public void messageExpired(String destination) {
        all.forEach(each -> each.messageExpired(destination));
    }

    @Override
    public void messagesDropped(Session session, String destination, long count) {
        all.forEach(each -> each.messagesDropped(session, destination, count));
    }

    @Override
    public void handlerFailed(String destination, Throwable failure) {
        all.forEach(each -> each.handlerFailed(destination, failure));
    }

    @Override
    public void failed(String where, Throwable failure) {
        all.forEach(each -> each.failed(where, failure));
    }
}
