/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.protocol.CodecLimits;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** STOMP at a path: who it is, CONNECT will tell. */
record StompMount(String path, SockJs sockJs, Talk.Starter starter, CodecLimits limits) implements Mount {
    /** What a message may have beside the largest frame: the command, and heart-beats. */
    private static final int SLACK = 64 * 1024;

    /** STOMP's names as subprotocol, highest first: the highest that is offered is chosen, whatever the order (WS-SUB-2). */
    private static final List<String> SUBPROTOCOLS = List.of("v12.stomp", "v11.stomp", "v10.stomp");

    @Override
    public int mostOfMessage() {
        return mostOfMessage(limits);
    }

    static int mostOfMessage(CodecLimits limits) {
        return (int) Math.min(Integer.MAX_VALUE / 4, (long) limits.body() + limits.headerOctets() + SLACK);
    }

    @Override
    public boolean isOfMessages() {
        return false;
    }

    @Override
    public void admit(HttpExchange exchange, String transport, List<String> offers, Consumer<Admission> admitted) {
        admitted.accept(new Admission(starter, exchange.accepted().user(), subprotocol(offers), transport, Map.of()));
    }

    /** Null if nothing of what is offered is STOMP: it is let in without (WS-SUB-3, WS-SUB-4). */
    static @Nullable String subprotocol(List<String> offers) {
        for (String name : SUBPROTOCOLS) {
            for (String offer : String.join(",", offers).split(",")) {
                if (offer.strip().equalsIgnoreCase(name)) {
                    return offer.strip();
                }
            }
        }
        return null;
    }
}
