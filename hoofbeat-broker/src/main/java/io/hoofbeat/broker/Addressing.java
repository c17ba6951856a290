/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;

/** The destinations that a session's frames name: what the names stand for, and whether the session may. Session's thread. */
final class Addressing {
    private final Session session;
    private final Broker broker;
    private final Subscriptions subscriptions;

    /** Where the last SEND went to; empty if that was nowhere. */
    private String lastTarget = "";

    Addressing(Session session, Subscriptions subscriptions) {
        this.session = session;
        this.broker = session.broker();
        this.subscriptions = subscriptions;
    }

    /** What the frame names. */
    String destination(Frame frame) {
        String name = Errors.required(frame, "destination");
        broker.destinations().check(name);
        return name;
    }

    /** Where a SEND goes. What is sent to the same place as before needs not be looked at again, nor be made a text again. */
    String target(Frame frame) {
        Headers headers = frame.headers();
        int index = headers.indexOf("destination");
        if (index >= 0 && headers.isValue(index, lastTarget)) {
            return lastTarget;
        }
        String name = destination(frame);
        if (name.startsWith(Subscriptions.TEMPORARY)) {
            return realName(name);
        }
        if (broker.destinations().isPattern(name) && !broker.options().lenient()) {
            throw new RefusedException(CloseReason.PROTOCOL_ERROR, "cannot send to a pattern, " + name);
        }
        lastTarget = name;
        return name;
    }

    /** A temporary queue's name among all, any other's own. */
    String realName(String name) {
        return name.startsWith(Subscriptions.TEMPORARY) ? subscriptions.realName(name) : name;
    }

    /** What the server says of a message in its own headers: where a temporary queue really is. */
    Headers own(Headers headers) {
        String replyTo = headers.get("reply-to");
        if (replyTo == null || !replyTo.startsWith(Subscriptions.TEMPORARY)) {
            return Headers.EMPTY;
        }
        return Headers.of("reply-to", subscriptions.replyQueue(replyTo));
    }

    void authorize(Operation operation, String name) {
        if (!session.mayDo(operation, name)) {
            throw new RefusedException(CloseReason.REFUSED, "not permitted to " + operation + " at " + name);
        }
    }
}
