/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * What the Jakarta API offers for sockets, and Spring does not: several messages are written at once, since a write is what costs most,
 * and stay what they are; and what comes in pieces needs no large buffer. Without that API, and for what is no WebSocket, each message is
 * written alone, and buffers are the container's.
 */
final class ContainerSockets {
    private static final boolean IS_POSSIBLE =
            ClassUtils.isPresent("jakarta.websocket.Session", ContainerSockets.class.getClassLoader());

    /** Characters of a text that comes in pieces. Tomcat keeps a buffer of that size for each socket, of 8192 unless it is told. */
    private static final int PIECE = 2048;

    private ContainerSockets() {}

    /** Has messages come in smaller pieces, if they come in pieces at all. Before the first of them. */
    static void takePieces(WebSocketSession session) {
        if (IS_POSSIBLE) {
            Jakarta.takePieces(session);
        }
    }

    /** What is written gathers from now on. Any thread, but one at a time for a session. @return whether it is possible */
    static boolean begin(WebSocketSession session) {
        return IS_POSSIBLE && Jakarta.begin(session);
    }

    /**
     * Writes what has gathered, and nothing gathers any more. It blocks as long as the client does not take it.
     *
     * @throws IllegalStateException if the session is closed
     */
    static void end(WebSocketSession session) throws IOException {
        Jakarta.end(session);
    }

    /** Its own class, so that nothing of the API is looked for where it is not. */
    private static final class Jakarta {
        static void takePieces(WebSocketSession session) {
            try {
                Session container = container(session);
                if (container != null
                        && container.getMaxTextMessageBufferSize() > PIECE
                        && container.getMessageHandlers().stream().anyMatch(MessageHandler.Partial.class::isInstance)) {
                    container.setMaxTextMessageBufferSize(PIECE);
                }
            } catch (IllegalStateException e) {
                // It has been closed, which is told to others.
            }
        }

        static boolean begin(WebSocketSession session) {
            try {
                Session container = container(session);
                if (container == null || !container.isOpen()) {
                    return false;
                }
                container.getBasicRemote().setBatchingAllowed(true);
                return true;
            } catch (IOException | IllegalStateException e) {
                return false; // it has been closed, which is told to others
            }
        }

        static void end(WebSocketSession session) throws IOException {
            Session container = container(session);
            if (container != null) {
                container.getBasicRemote().setBatchingAllowed(false);
            }
        }

        private static @Nullable Session container(WebSocketSession session) {
            return WebSocketSessionDecorator.unwrap(session) instanceof NativeWebSocketSession known
                    ? known.getNativeSession(Session.class)
                    : null;
        }
    }
}
