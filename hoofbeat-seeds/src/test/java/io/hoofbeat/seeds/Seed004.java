/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static io.hoofbeat.seeds.Listing.java;
import static io.hoofbeat.seeds.Listing.part;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.messagingstompwebsocket.Application;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Plain WebSocket, and the guide's greeting. */
final class Seed004 {
    private static final Class<?> CHAT = seeds.s004.chat.Application.class;
    private static final Class<?> RECEIVING = seeds.s004.receiving.Application.class;
    private static final Class<?> GUIDE = Application.class;
    private static final String KEY = "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n";

    static final List<Listing> LISTINGS = List.of(
            Listing.of(
                    "004",
                    "request for an upgrade",
                    "HTTP/1.1 400",
                    clients -> status(clients, Clients.text("004/request.http"))),
            Listing.of(
                    "004",
                    "the same, with its colon and a key; its response",
                    "HTTP/1.1 101, Upgrade: websocket, Connection: Upgrade",
                    Seed004::upgrade),
            Listing.of(
                    "004",
                    "createWebSocketConfigurer, ChatHandler",
                    "open, closed by 1000",
                    Seed004::chat,
                    java("004/createWebSocketConfigurer.java", "seeds/s004/chat/ChatConfiguration"),
                    java("004/ChatHandler.java", "seeds/s004/chat/ChatHandler")),
            Listing.of(
                    "004",
                    "ChatHandler that receives, and the loop that sends to all",
                    "“Ada: hello, Bob”, “Ada: hello, Bob”",
                    Seed004::broadcast,
                    java("004/createWebSocketConfigurer.java", "seeds/s004/receiving/ChatConfiguration"),
                    java("004/ChatHandler-2.java", "seeds/s004/receiving/ChatHandler"),
                    part("004/broadcast.java", "src/listings/java/seeds/s004/receiving/ChatHandler.java")),
            Listing.of(
                    "004",
                    "frame SEND",
                    "MESSAGE subscription:s1 destination:/queue/a content-type:text/plain “hello queue a”",
                    clients -> Seed002.send(clients, "004/send.frame")),
            Listing.of(
                    "004",
                    "dependencies; WebSocketConfig, GreetingController: raw client",
                    "MESSAGE subscription:s1 destination:/topic/greetings content-type:application/json "
                            + "“{\"content\":\"Hello, Ada!\"}”",
                    Seed004::greeting,
                    part("004/dependencies.xml", "pom.xml"),
                    java("004/WebSocketConfig.java", "com/example/messagingstompwebsocket/WebSocketConfig"),
                    java("004/GreetingController.java", "com/example/messagingstompwebsocket/GreetingController")),
            Listing.of(
                    "004",
                    "the same: page with the library that it depends on",
                    "CONNECTED 1.1, MESSAGE {\"content\":\"Hello, Ada &lt;ada@example.org&gt;!\"}",
                    clients -> Clients.seen(clients.open(GUIDE, "/s004/index.html"), 2),
                    part("004/dependencies.xml", "pom.xml"),
                    java("004/WebSocketConfig.java", "com/example/messagingstompwebsocket/WebSocketConfig"),
                    java("004/GreetingController.java", "com/example/messagingstompwebsocket/GreetingController")));

    private Seed004() {}

    /** The head of the response. */
    private static String head(Clients clients, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clients.port(CHAT))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((request + "\n").replace("\n", "\r\n").getBytes(UTF_8));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int octet = socket.getInputStream().read();
                assertThat(octet).as("end of the response: %s", head).isNotNegative();
                head.append(new String(new byte[] {(byte) octet}, ISO_8859_1));
            }
            return head.toString();
        }
    }

    private static String status(Clients clients, String request) throws IOException {
        return head(clients, request).lines().findFirst().orElseThrow().strip();
    }

    private static String upgrade(Clients clients) throws IOException {
        String head = head(clients, Clients.text("004/request.http").replace("：", ": ") + KEY);
        List<String> wanted = Clients.text("004/response.http").lines().skip(1).toList();
        return Stream.concat(
                        head.lines().limit(1).map(String::strip),
                        wanted.stream()
                                .filter(line -> head.toLowerCase(Locale.ROOT).contains(line.toLowerCase(Locale.ROOT))))
                .collect(Collectors.joining(", "));
    }

    private static String chat(Clients clients) {
        try (PlainClient client = PlainClient.connect(clients.port(CHAT), "/chat?Ada")) {
            client.say("hello"); // which this handler does not take
            return "open, " + client.endBy(1000);
        }
    }

    /** One speaks: the listing sends from the thread of whoever speaks, and Spring's sessions want one thread at a time. */
    private static String broadcast(Clients clients) {
        try (PlainClient ada = PlainClient.connect(clients.port(RECEIVING), "/chat?Ada");
                PlainClient bob = PlainClient.connect(clients.port(RECEIVING), "/chat?Bob")) {
            Awaitility.await().until(() -> {
                ada.say("hello"); // the handler learns of Bob a little later than Bob of the handler
                return bob.poll(100) != null;
            });
            ada.say("hello, Bob");
            return ada.nextBut("“Ada: hello”") + ", " + bob.nextBut("“Ada: hello”");
        }
    }

    private static String greeting(Clients clients) {
        try (StompPeer peer = clients.connected(GUIDE, "/gs-guide-websocket/websocket", "1.2")) {
            peer.subscribe("/topic/greetings");
            peer.send("SEND⏎destination:/app/hello⏎⏎{\"name\":\"Ada\"}␀");
            return Clients.brief(peer.expect("MESSAGE"));
        }
    }
}
