/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

/** What is done with the messages of a subscription. Called by one thread at a time, never by that of the connection. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * Processes one message. It may block: the heart-beats go on, and when enough messages wait, the server is not read from for
     * the time being.
     *
     * <p>In the client's modes of {@link AckMode} the message is acknowledged when this returns and refused when it throws,
     * unless it was settled before, or {@link ReceivedMessage#settleLater} was called.
     */
    void onMessage(ReceivedMessage message) throws Exception;
}
