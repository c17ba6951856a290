/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** An application's handler at a path. */
record HandlerMount(String path, SockJs sockJs, WebSocketHandler handler, Handlers handlers) implements Mount {

    @Override
    public int mostOfMessage() {
        return handlers.mostOfMessage();
    }

    @Override
    public boolean isOfMessages() {
        return true;
    }

    /** The handler may look things up, and so it has a thread to do it on. */
    @Override
    public void admit(HttpExchange exchange, String transport, List<String> offers, Consumer<Admission> admitted) {
        Handshake handshake = new Handshake(exchange, path, transport, offers);
        try {
            handlers.execute(() -> {
                ask(handshake);
                exchange.execute(() -> answer(exchange, handshake, admitted));
            });
        } catch (RejectedExecutionException e) {
            exchange.answerAndClose(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "the server is shutting down"));
        }
    }

    private void ask(Handshake handshake) {
        try {
            handler.onHandshake(handshake);
        } catch (Exception | LinkageError | AssertionError e) {
            handlers.failed(path, e);
            handshake.refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR.code());
        }
    }

    private void answer(HttpExchange exchange, Handshake handshake, Consumer<Admission> admitted) {
        if (handshake.refusal() != 0) {
            exchange.answer(Answer.of(HttpResponseStatus.valueOf(handshake.refusal())));
            return;
        }
        admitted.accept(new Admission(
                (carrier, loop, framing, refusal) -> refusal == null
                        ? new MessageTalk(this, handshake, carrier, framing)
                        : new Refusal(framing, null),
                handshake.userOrNull(),
                handshake.chosenSubprotocol()));
    }
}
