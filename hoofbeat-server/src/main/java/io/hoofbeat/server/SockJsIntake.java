/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The requests that bring messages of a session, on their way to the talk: in the order of their arrival, and each answered when
 * the talk takes more, so that a client that is answered may send the next (SJ-SEND-5, SJ-ORDER-1). The session's event loop.
 */
final class SockJsIntake {
    /** In one request; a client that was held up sends all that it has. */
    static final int MOST_MESSAGES = 64 * 1024;

    /** Requests that may wait: clients send one after the other. */
    private static final int MOST_WAITING = 4;

    private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

    /**
     * A request.
     *
     * @param strings null once they were taken
     * @param accepted what is to be answered
     */
    private record Sending(HttpExchange exchange, @Nullable JsonStrings strings, Answer accepted) {}

    private final SockJsSession session;
    private final Talk talk;

    /** Null if there is nothing. */
    private @Nullable ArrayDeque<Sending> waiting;

    private boolean isProceedingLater;

    SockJsIntake(SockJsSession session, Talk talk) {
        this.session = session;
        this.talk = talk;
    }

    void add(HttpExchange exchange, JsonStrings strings, Answer accepted) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(1);
        }
        if (waiting.size() >= MOST_WAITING) {
            exchange.answer(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many requests wait"));
            return;
        }
        waiting.add(new Sending(exchange, strings, accepted));
        if (!isProceedingLater) {
            talk.nextTurn();
        }
        proceed();
    }

    /** Gives the talk what it takes, and answers the requests whose messages it has. */
    private void proceed() {
        boolean more = talk.proceed(ALLOCATOR);
        session.look();
        while (!more && session.isOpen() && waiting != null && !waiting.isEmpty() && talk.wantsMore()) {
            Sending first = waiting.remove();
            JsonStrings strings = first.strings;
            if (strings == null) {
                first.exchange.answer(first.accepted);
            } else {
                session.holds(strings.all().readableBytes());
                waiting.addFirst(new Sending(first.exchange, null, first.accepted));
                talk.add(strings);
                more = talk.proceed(ALLOCATOR);
                session.look(); // before the answer: the client may then send more than a stranger
            }
        }
        if (more) {
            proceedLater();
        } else {
            session.lookCut();
        }
    }

    /** Goes on after what is going on. */
    void proceedLater() {
        if (!isProceedingLater) {
            isProceedingLater = true;
            session.executeInNextIteration(() -> {
                isProceedingLater = false;
                if (session.isTalking()) {
                    talk.nextTurn();
                    session.guarded(this::proceed);
                }
            });
        }
    }

    /** The talk has ended, and takes nothing more. */
    void end() {
        talk.skip(ALLOCATOR);
        answer();
    }

    /** Nobody waits any more: who has been heard is told so, and who has not is told that, too. */
    void answer() {
        if (waiting != null) {
            waiting.forEach(sending ->
                    sending.exchange.answer(sending.strings == null ? sending.accepted : SockJsRoute.notFound()));
            waiting = null;
        }
    }
}
