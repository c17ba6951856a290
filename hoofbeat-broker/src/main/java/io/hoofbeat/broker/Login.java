/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import java.util.concurrent.CompletableFuture;

/** A CONNECT, from its frame to the answer who it is; the session is stalled meanwhile. Called by the session's thread. */
final class Login {
    private final Session session;
    private final Broker broker;
    private final Frame frame;
    private final Opening opening;

    Login(Session session, Frame frame) {
        this.session = session;
        this.broker = session.broker();
        this.frame = frame;
        this.opening = Opening.read(frame, session.connection(), broker.options());
    }

    void begin() {
        Credentials credentials =
                new Credentials(opening.login(), opening.passcode(), frame.headers(), session.connection());
        CompletableFuture<Identity> answer =
                broker.options().authenticator().authenticate(credentials).toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            session.open(frame, opening, answer.join());
            return;
        }
        session.stall();
        answer.whenComplete((who, failure) -> session.execute(() -> {
            if (session.isAuthenticating() && failure == null) {
                session.open(frame, opening, who);
            } else if (session.isAuthenticating()) {
                refuse(failure);
            }
            session.release();
        }));
    }

    /** The client learns no more than that (SX-AUTH-1). */
    private void refuse(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        broker.listener().connectRefused(session.connection(), opening.login(), String.valueOf(cause.getMessage()));
        if (!(cause instanceof AccessRefusedException)) {
            broker.listener().failed("authentication", cause);
        }
        session.fail(CloseReason.REFUSED, "Access refused", frame);
    }
}
