/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.rooms;

import java.time.Instant;
import java.util.List;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

@Controller
class RoomController {

    record Said(String author, String text) {}

    private final Rooms rooms;

    RoomController(Rooms rooms) {
        this.rooms = rooms;
    }

    /** Who comes in is told, once, what was said before. */
    @SubscribeMapping("/rooms/{room}")
    List<ChatMessage> history(@DestinationVariable String room) {
        return rooms.history(room);
    }

    @MessageMapping("/rooms/{room}")
    @SendTo("/topic/rooms/{room}")
    ChatMessage say(@DestinationVariable String room, Said said) {
        ChatMessage message = new ChatMessage(said.author(), said.text(), Instant.now());
        rooms.add(room, message);
        return message;
    }
}
