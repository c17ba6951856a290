/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** Application code at a destination. Called by the broker's handler executor, never by an event loop. */
@FunctionalInterface
public interface Handler {

    /** Handles one message. What it throws is told to {@link BrokerListener#handlerFailed} and, if a receipt was asked for, to the sender. */
    void handle(Exchange exchange) throws Exception;
}
