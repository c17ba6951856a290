/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.ProtocolException;
import org.springframework.messaging.Message;

/** A session of the engine as Spring's channels see it: over them ({@link SpringConnection}), or over a socket of ours. Any thread. */
interface ClientConnection {

    /** Spring's name for it. */
    String id();

    ConnectionInfo info();

    /**
     * Begins with its CONNECT.
     *
     * @param connect the same as Spring's message, which listeners to the event that it leads to want to see
     */
    void open(Frame frame, Message<?> connect);

    /** A frame of the client's for the engine. */
    void onFrame(Frame frame);

    /** What came is no STOMP. */
    void violated(ProtocolException violation);

    /** Makes the engine wait for an answer that is given elsewhere. */
    void promise(Answer answer);

    /** Answers a frame that was not handled. */
    void refuse(String receipt, String text);

    /** Does something between the engine's turns at the session, after what Spring has for the client so far. */
    void inTurn(Runnable task);

    /** Starts something when all that was handed in before is done: at once, or later by another thread. */
    void startBehind(Runnable start);

    /** The server stops: Spring closes the socket, and nothing more is said. */
    void mute();

    /** The socket has been closed: what was sent before is handled if the engine takes it in that time, and then the task done. */
    void goneAfter(Runnable task, long nanos);

    /** The socket is gone. May come twice. */
    void gone();
}
