/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Application code between the clients of an HTTP endpoint and the broker: it decides who comes in, and sees the frames that it wants
 * to see. Mounted by {@link StompServer.Builder#stomp}; what it does not want costs it one call.
 */
public interface StompGate {

    /** A client asks to be let in. It is, unless {@link Handshake#refuse} is called or something thrown. A thread for handlers, which may block. */
    default void onHandshake(Handshake handshake) throws Exception {}

    /**
     * What a session comes by, for {@link io.hoofbeat.broker.ConnectionInfo#transport}.
     *
     * @param carrier "ws", "wss", "sockjs" or "sockjs-tls"
     */
    default String transport(String carrier) {
        return carrier;
    }

    /** A client has been let in. Nothing is taken from it before the first {@link StompLine#proceed}. Event loop. */
    Guard onOpen(StompLine line);

    /** What stands at one session. Its event loop, one call at a time, none of which may block. */
    interface Guard {

        /**
         * The client has sent a frame.
         *
         * @return whether the broker is to have it at once; if not, nothing more is taken from the client before
         *     {@link StompLine#proceed}
         */
        boolean enters(Frame frame);

        /**
         * The broker has a frame for the client, other than a MESSAGE.
         *
         * @return whether it is to be written at once
         */
        boolean leaves(Frame frame);

        /**
         * The broker has a message for the client.
         *
         * @param delivery null unless it comes from a queue
         * @return whether it is to be written as it is
         */
        boolean leaves(Subscription subscription, Message message, @Nullable Delivery delivery);

        /** Writes, by {@link StompLine#write}, what the application itself has for the client. It comes before what the broker has. */
        void drain();

        /** Whether anything may be written just now; {@link StompLine#wake} follows when that changes. */
        boolean hasRoom();

        /**
         * Whether nothing more will come to be written of what has left so far; {@link StompLine#wake} follows when that changes. Before
         * that a session that has ended is not closed.
         */
        boolean isIdle();

        /**
         * The session is over; the last call.
         *
         * @param code as WebSocket has them; 1006 if the connection was lost
         */
        void onClose(int code, String reason);
    }
}
