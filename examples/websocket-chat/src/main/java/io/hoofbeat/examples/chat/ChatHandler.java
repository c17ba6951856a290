/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.chat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import tools.jackson.databind.json.JsonMapper;

@Component
class ChatHandler extends TextWebSocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ChatHandler.class);
    private static final int SEND_TIME_MILLIS = 5_000;
    private static final int SEND_BUFFER = 64 * 1024;

    record Line(String author, String text) {}

    private final Map<String, WebSocketSession> sessions = new ConcurrentHashMap<>();
    private final JsonMapper json;

    ChatHandler(JsonMapper json) {
        this.json = json;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        // Several threads may send to it at the same time, which a plain session does not allow.
        sessions.put(session.getId(), new ConcurrentWebSocketSessionDecorator(session, SEND_TIME_MILLIS, SEND_BUFFER));
        broadcast(new Line(name(session), "has come in"));
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        broadcast(new Line(name(session), message.getPayload()));
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        sessions.remove(session.getId());
        broadcast(new Line(name(session), "has gone"));
    }

    private void broadcast(Line line) {
        TextMessage message = new TextMessage(json.writeValueAsString(line));
        for (WebSocketSession session : sessions.values()) {
            try {
                session.sendMessage(message);
            } catch (IOException e) {
                LOG.debug("{} is gone", session.getId(), e);
            }
        }
    }

    private static String name(WebSocketSession session) {
        return (String) session.getAttributes().get(NameInterceptor.NAME);
    }
}
