/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.List;
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

    @Override
    public void admit(HttpExchange exchange, String transport, List<String> offers, Consumer<Admission> admitted) {
        Handshake handshake = new Handshake(exchange, path, transport, offers);
        handlers.ask(
                exchange,
                handshake,
                handler::onHandshake,
                () -> admitted.accept(new Admission(
                        (carrier, loop, framing, refusal) -> refusal == null
                                ? new MessageTalk(this, handshake, carrier, framing)
                                : new Refusal(framing, null),
                        handshake.userOrNull(),
                        handshake.chosenSubprotocol(),
                        transport,
                        handshake.answerFields())));
    }
}
