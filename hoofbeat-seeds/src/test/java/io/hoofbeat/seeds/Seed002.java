/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Frames of a chat. Each is sent in all versions of STOMP, since they differ in what a blank means. */
final class Seed002 {
    static final Class<?> CHAT = seeds.s002.Application.class;
    private static final List<String> VERSIONS = List.of("1.0", "1.1", "1.2");

    static final List<Listing> LISTINGS = List.of(
            Listing.of(
                    "002",
                    "frame SUBSCRIBE, to a room",
                    "ERROR message:NUL before the empty line that ends the headers",
                    clients -> subscribeToARoom(clients, Clients.frame("002/subscribe-room.frame"))),
            Listing.of(
                    "002",
                    "the same, with the empty line that it lacks",
                    "1.0: MESSAGE subscription:sub-1 destination:/topic/chat/room/5 “hello”; 1.1: ERROR "
                            + "message:nobody is at  /topic/chat/room/5, which begins with none of the known prefixes; 1.2: "
                            + "ERROR message:nobody is at  /topic/chat/room/5, which begins with none of the known prefixes",
                    clients -> subscribeToARoom(clients, with("002/subscribe-room.frame", "\n\0", "\n\n\0"))),
            Listing.of(
                    "002",
                    "the same, without the blank in its destination",
                    "MESSAGE subscription:sub-1 destination:/topic/chat/room/5 “hello”",
                    clients -> subscribeToARoom(
                            clients,
                            with("002/subscribe-room.frame", "\n\0", "\n\n\0", "destination: ", "destination:"))),
            Listing.of(
                    "002",
                    "frame SEND, to a room",
                    "1.0: MESSAGE subscription:s1 destination:/topic/chat/room/5 content-type:application/json "
                            + "“{\"chatRoomId\":5,\"type\":\"MESSAGE\",\"writer\":\"clientB\"}”; 1.1: ERROR message:a command line is "
                            + "printable ASCII without blanks; found a blank after 'SEND'; 1.2: ERROR message:a command line "
                            + "is printable ASCII without blanks; found a blank after 'SEND'",
                    clients -> sendToARoom(clients, Clients.frame("002/send-chat.frame"))),
            Listing.of(
                    "002",
                    "the same, without the blank after SEND",
                    "MESSAGE subscription:s1 destination:/topic/chat/room/5 content-type:application/json "
                            + "“{\"chatRoomId\":5,\"type\":\"MESSAGE\",\"writer\":\"clientB\"}”",
                    clients -> sendToARoom(clients, with("002/send-chat.frame", "SEND ", "SEND"))),
            Listing.of(
                    "002",
                    "frame SEND",
                    "MESSAGE subscription:s1 destination:/queue/a content-type:text/plain “hello queue a”",
                    clients -> send(clients, "002/send-queue.frame")),
            Listing.of(
                    "002",
                    "frame SUBSCRIBE",
                    "MESSAGE subscription:0 destination:/queue/foo “hello”",
                    Seed002::subscribe));

    private Seed002() {}

    /** Does it in each version. */
    private interface Talk {
        String with(StompPeer peer) throws IOException;
    }

    private static String inEachVersion(Clients clients, Talk talk) throws IOException {
        List<String> seen = new ArrayList<>();
        for (String version : VERSIONS) {
            try (StompPeer peer = clients.connected(CHAT, "/ws", version)) {
                seen.add(talk.with(peer));
            }
        }
        if (seen.stream().distinct().count() == 1) {
            return seen.get(0);
        }
        for (int i = 0; i < seen.size(); i++) {
            seen.set(i, VERSIONS.get(i) + ": " + seen.get(i));
        }
        return String.join("; ", seen);
    }

    /** The frame with corrections: what it has, and what it should have. */
    private static byte[] with(String listing, String... corrections) throws IOException {
        String frame = new String(Clients.frame(listing), UTF_8);
        for (int i = 0; i < corrections.length; i += 2) {
            assertThat(frame).contains(corrections[i]);
            frame = frame.replace(corrections[i], corrections[i + 1]);
        }
        return frame.getBytes(UTF_8);
    }

    /** What it hears first: others go on talking in the room until it hears something. */
    private static String subscribeToARoom(Clients clients, byte[] subscribe) throws IOException {
        try (StompPeer other = clients.connected(CHAT, "/ws", "1.2")) {
            return inEachVersion(clients, peer -> {
                peer.send(subscribe);
                AtomicReference<@Nullable PeerFrame> first = new AtomicReference<>();
                Awaitility.await().until(() -> {
                    other.confirmed("SEND⏎destination:/topic/chat/room/5⏎", "hello");
                    first.set(peer.poll(100));
                    return first.get() != null;
                });
                return Clients.brief(Objects.requireNonNull(first.get()));
            });
        }
    }

    private static String sendToARoom(Clients clients, byte[] send) throws IOException {
        return inEachVersion(clients, peer -> {
            peer.subscribe("/topic/chat/room/5");
            peer.send(send);
            return Clients.brief(peer.next());
        });
    }

    /** To a queue, which is a topic as long as nobody says otherwise. */
    static String send(Clients clients, String listing) throws IOException {
        return inEachVersion(clients, peer -> {
            peer.subscribe("/queue/a");
            peer.send(Clients.frame(listing));
            return Clients.brief(Clients.answers(peer));
        });
    }

    private static String subscribe(Clients clients) throws IOException {
        return inEachVersion(clients, peer -> {
            peer.send(Clients.frame("002/subscribe-queue.frame"));
            peer.send("SEND⏎destination:/queue/foo⏎⏎hello␀");
            return Clients.brief(Clients.answers(peer));
        });
    }
}
