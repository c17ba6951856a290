/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.rooms;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What was said lately in each room. The room in which nobody has spoken for the longest time is forgotten first. */
@Component
class Rooms {
    private static final int ROOMS = 100;
    private static final int MESSAGES = 50;

    private final Map<String, Deque<ChatMessage>> rooms = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<ChatMessage>> eldest) {
            return size() > ROOMS;
        }
    };

    synchronized void add(String room, ChatMessage message) {
        Deque<ChatMessage> messages = rooms.computeIfAbsent(room, name -> new ArrayDeque<>());
        messages.add(message);
        if (messages.size() > MESSAGES) {
            messages.remove();
        }
    }

    synchronized List<ChatMessage> history(String room) {
        return List.copyOf(rooms.getOrDefault(room, new ArrayDeque<>()));
    }
}
