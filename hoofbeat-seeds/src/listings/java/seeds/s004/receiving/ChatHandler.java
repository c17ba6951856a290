/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s004.receiving;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

@Component
public class ChatHandler extends TextWebSocketHandler {
    // repaired, was: ...
    // <added>
    private Map<String, WebSocketSession> clients = new ConcurrentHashMap<>();

    @Override
    public void afterConnectionEstablished(WebSocketSession session) throws Exception {
        clients.put(session.getId(), session);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
        clients.remove(session.getId());
    }

    private void broadcastMessage(String text) throws Exception {
        String json = text; // repaired, was: String json = ...
        TextMessage message = new TextMessage(json);
        for (String id : clients.keySet()) {
            WebSocketSession session = clients.get(id);
            session.sendMessage(message);
        }
    }
    // </added>
    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
        String s = message.getPayload();
        String r = session.getAttributes().get("name") + ": " + s; // repaired, was: String r = ... // 根据输入消息构造待发送消息
        broadcastMessage(r); // 推送给所有用户
    }
}
