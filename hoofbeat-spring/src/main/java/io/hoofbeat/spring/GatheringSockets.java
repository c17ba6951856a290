/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import jakarta.websocket.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * Has several messages for a socket written at once, which the Jakarta API allows containers to do: a write is what costs most. Messages
 * stay what they are. Without that API, and for what is no WebSocket, each is written alone.
 */
final class GatheringSockets {
    private static final boolean IS_POSSIBLE =
            ClassUtils.isPresent("jakarta.websocket.Session", GatheringSockets.class.getClassLoader());

    private GatheringSockets() {}

    /** Any thread, but one at a time for a session. @return whether it is possible */
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
