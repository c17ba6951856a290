/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s002;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.stereotype.Controller;

/** As the text tells it: what comes at /pub/chat goes to the room that it names. */
@Controller
public class ChatController {

    /** What is said. */
    public record ChatMessage(int chatRoomId, String type, String writer) {}

    private final SimpMessageSendingOperations messages;

    public ChatController(SimpMessageSendingOperations messages) {
        this.messages = messages;
    }

    @MessageMapping("/chat")
    public void chat(ChatMessage message) {
        messages.convertAndSend("/topic/chat/room/" + message.chatRoomId(), message);
    }
}
