/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.ProtocolException;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;
import org.springframework.web.socket.messaging.StompSubProtocolErrorHandler;
import org.springframework.web.socket.messaging.StompSubProtocolHandler;
import org.springframework.web.socket.messaging.SubProtocolHandler;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;
import org.springframework.web.socket.sockjs.transport.SockJsSession;

/**
 * Spring's handler of WebSocket sessions, which knows besides whose octets it reads, and can close a session without an ERROR.
 *
 * <p>Messages reach it in the pieces in which the container has them. So the container needs no buffer for a whole message, and the
 * limit for a message is STOMP's. Until a broker of ours is there ({@link #begin}), it is Spring's own.
 */
final class StompWebSocketHandler extends SubProtocolWebSocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StompWebSocketHandler.class);

    /** Spring's own limit, which means that nobody has set one. */
    private static final int UNSAID = new StompSubProtocolHandler().getMessageSizeLimit();

    /** What Spring may collect of a message: nothing, since our decoder takes it all. */
    private static final int UNLIMITED = Integer.MAX_VALUE;

    private final ConcurrentHashMap<String, Wire> wires = new ConcurrentHashMap<>();

    private volatile @Nullable SpringBroker broker;
    private volatile CodecLimits limits = CodecLimits.DEFAULT;
    private volatile boolean keepsControllersInOrder;

    private StompWebSocketHandler(MessageChannel inbound, SubscribableChannel outbound) {
        super(inbound, outbound);
    }

    /** One that is set up as that one is. */
    static StompWebSocketHandler like(
            SubProtocolWebSocketHandler original, MessageChannel inbound, SubscribableChannel outbound) {
        StompWebSocketHandler handler = new StompWebSocketHandler(inbound, outbound);
        original.getProtocolHandlers().forEach(handler::addProtocolHandler);
        if (original.getDefaultProtocolHandler() != null) {
            handler.setDefaultProtocolHandler(original.getDefaultProtocolHandler());
        }
        handler.setSendTimeLimit(original.getSendTimeLimit());
        handler.setSendBufferSizeLimit(original.getSendBufferSizeLimit());
        handler.setTimeToFirstMessage(original.getTimeToFirstMessage());
        handler.setPhase(original.getPhase());
        return handler;
    }

    /** The limit that the application has set for messages; null if it has not. */
    @Nullable Integer messageSizeLimit() {
        for (SubProtocolHandler handler : getProtocolHandlers()) {
            if (handler instanceof StompSubProtocolHandler stomp
                    && stomp.getMessageSizeLimit() != UNSAID
                    && stomp.getMessageSizeLimit() != UNLIMITED) {
                return stomp.getMessageSizeLimit();
            }
        }
        return null;
    }

    /** What makes ERRORs of refusals; null if there is nothing. */
    @Nullable StompSubProtocolErrorHandler errorHandler() {
        for (SubProtocolHandler handler : getProtocolHandlers()) {
            if (handler instanceof StompSubProtocolHandler stomp) {
                return stomp.getErrorHandler();
            }
        }
        return null;
    }

    /** From now on sessions are read and written by our codec. */
    void begin(SpringBroker broker, CodecLimits limits) {
        this.limits = limits;
        boolean inOrder = broker.surroundings().settings().controllersInOrder();
        for (SubProtocolHandler handler : getProtocolHandlers()) {
            if (handler instanceof StompSubProtocolHandler stomp) {
                WireDecoder decoder = new WireDecoder();
                decoder.setHeaderInitializer(stomp.getHeaderInitializer());
                stomp.setDecoder(decoder);
                stomp.setEncoder(new WireEncoder(wires::get));
                stomp.setMessageSizeLimit(UNLIMITED);
                if (stomp.getErrorHandler() == null) {
                    stomp.setErrorHandler(new Refusals(broker));
                }
                if (stomp.isPreserveReceiveOrder()) {
                    inOrder = true;
                    stomp.setPreserveReceiveOrder(false); // it would swallow refusals
                }
            }
        }
        keepsControllersInOrder = inOrder;
        this.broker = broker;
    }

    /** Closes those of our own listener, as Spring closes the others. */
    void closeOwn() {
        for (Wire wire : wires.values()) {
            NativeConnection owner = wire.owner();
            if (owner != null) {
                owner.close(CloseStatus.GOING_AWAY);
            }
        }
    }

    /** The broker stops; sessions that are there go on until they are closed. */
    void end() {
        broker = null;
    }

    /** Whether what one session sends to controllers is handled one after the other. */
    boolean keepsControllersInOrder() {
        return keepsControllersInOrder;
    }

    @Nullable WebSocketSession session(String id) {
        Wire wire = wires.get(id);
        return wire == null ? null : wire.session();
    }

    /** Closes a session, if it is there, by the code for that reason. It may block. */
    void close(String id, CloseReason reason) {
        WebSocketSession session = session(id);
        if (session == null) {
            return;
        }
        try {
            session.close(status(reason));
        } catch (IOException e) {
            LOG.debug("{} could not be closed", id, e);
        }
    }

    private static CloseStatus status(CloseReason reason) {
        return switch (reason) {
            case DISCONNECTED -> CloseStatus.NORMAL;
            case PROTOCOL_ERROR -> CloseStatus.PROTOCOL_ERROR;
            case TOO_LARGE -> CloseStatus.TOO_BIG_TO_PROCESS;
            case REFUSED -> CloseStatus.POLICY_VIOLATION;
            case LOST -> CloseStatus.SESSION_NOT_RELIABLE;
            case SHUTDOWN -> CloseStatus.GOING_AWAY;
            case OVERLOADED -> CloseStatus.SERVICE_OVERLOAD;
            case FAILED -> CloseStatus.SERVER_ERROR;
        };
    }

    // ---- what Spring calls

    @Override
    public boolean supportsPartialMessages() {
        return broker != null;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        super.afterConnectionEstablished(session); // which asks for a buffer of 16640 characters
        if (broker != null
                && session.isOpen()
                && !(session instanceof SockJsSession)) { // SockJS takes its messages whole
            ContainerSockets.takePieces(session);
        }
    }

    @Override
    protected WebSocketSession decorateSession(WebSocketSession session) {
        WebSocketSession decorated = super.decorateSession(session);
        if (broker != null) {
            Wire wire = WebSocketSessionDecorator.unwrap(session) instanceof NativeSocket ours
                    ? ours.wire()
                    : new Wire(decorated, limits);
            wires.put(session.getId(), wire);
        }
        return decorated;
    }

    @Override
    public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
        Wire wire = wires.get(session.getId());
        if (wire == null) {
            super.handleMessage(session, message);
            return;
        }
        wire.within(() -> super.handleMessage(session, message));
        ProtocolException violation = wire.takeViolation();
        SpringBroker broker = this.broker;
        if (violation != null && broker != null) {
            broker.violated(session.getId(), violation);
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
        try {
            super.afterConnectionClosed(session, status);
        } finally {
            wires.remove(session.getId());
            SpringBroker broker = this.broker;
            if (broker != null) {
                broker.socketClosed(session.getId());
            }
        }
    }
}
