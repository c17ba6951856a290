/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import java.util.List;
import java.util.function.Consumer;

/** STOMP at a path, with an application's gate before the broker. */
record GateMount(String path, SockJs sockJs, StompGate gate, Broker broker, Handlers handlers) implements Mount {

    @Override
    public int mostOfMessage() {
        return StompMount.mostOfMessage(broker.options().codec());
    }

    @Override
    public boolean isOfMessages() {
        return false;
    }

    @Override
    public void admit(HttpExchange exchange, String carrier, List<String> offers, Consumer<Admission> admitted) {
        Handshake handshake = new Handshake(exchange, path, carrier, offers);
        String subprotocol = StompMount.subprotocol(offers);
        if (subprotocol != null) {
            handshake.subprotocol(subprotocol);
        }
        handlers.ask(
                exchange,
                handshake,
                gate::onHandshake,
                () -> admitted.accept(new Admission(
                        StompTalk.with(broker, gate, handshake, handlers),
                        handshake.userOrNull(),
                        subprotocol,
                        gate.transport(carrier),
                        handshake.answerFields())));
    }
}
