/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.democlient;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.stereotype.Component;

@Component
class DemoSession extends StompSessionHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(DemoSession.class);

    @Override
    public void afterConnected(StompSession session, StompHeaders headers) {
        LOG.info("Connected to {}", headers.getFirst("server"));
        session.subscribe("/app/subscribe", this);
        session.subscribe("/queue/responses", this);
        session.subscribe("/queue/errors", this);
        session.subscribe("/topic/periodic", this);
        session.send("/app/request", "message from the console");
    }

    @Override
    public void handleFrame(StompHeaders headers, Object payload) {
        LOG.info("Received from {}: {}", headers.getDestination(), payload);
    }

    @Override
    public void handleException(
            StompSession session, StompCommand command, StompHeaders headers, byte[] payload, Throwable failure) {
        LOG.error("{} could not be handled", command, failure);
    }

    @Override
    public void handleTransportError(StompSession session, Throwable failure) {
        LOG.error("The connection failed", failure);
    }
}
