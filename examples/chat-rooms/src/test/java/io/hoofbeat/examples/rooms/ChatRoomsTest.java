/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.examples.rooms.RoomController.Said;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ChatRoomsTest {
    @LocalServerPort
    private int port;

    private StompSession connect() throws Exception {
        WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
        client.setMessageConverter(new JacksonJsonMessageConverter());
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setDaemon(true);
        scheduler.initialize();
        client.setTaskScheduler(scheduler); // receipts need one
        StompSession session = client.connectAsync(
                        "ws://localhost:{port}/stomp", new StompSessionHandlerAdapter() {}, port)
                .get(10, TimeUnit.SECONDS);
        session.setAutoReceipt(true);
        return session;
    }

    private static void say(StompSession session, String room, String author, String text) throws Exception {
        CountDownLatch delivered = new CountDownLatch(1);
        session.send("/app/rooms/" + room, new Said(author, text)).addReceiptTask(delivered::countDown);
        assertThat(delivered.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void messagesStayInTheirRoomAndWhoComesLaterIsToldOfThem() throws Exception {
        StompSession ada = connect();
        StompSession bob = connect();
        Received<ChatMessage> inTheGarden = Received.of(ChatMessage.class);
        ada.subscribe("/topic/rooms/garden", inTheGarden);
        say(ada, "library", "Ada", "sh");
        say(ada, "garden", "Ada", "What a day");
        assertThat(inTheGarden.next().text()).isEqualTo("What a day");

        Received<ChatMessage[]> before = Received.of(ChatMessage[].class);
        bob.subscribe("/app/rooms/garden", before);
        assertThat(before.next()).extracting(ChatMessage::text).containsExactly("What a day");
        say(bob, "garden", "Bob", "Indeed");
        assertThat(inTheGarden.next().author()).isEqualTo("Bob");
        ada.disconnect();
        bob.disconnect();
    }

    @Test
    void pageShowsTheRoomAndThatWhatWasSaidHasArrived() throws Exception {
        StompSession ada = connect();
        say(ada, "lobby", "Ada", "Is anybody here?");
        try (Chromium chromium = Chromium.start()) {
            chromium.open("http://localhost:" + port);
            ChromeDriver page = chromium.driver();
            await().until(() -> page.findElement(By.id("messages")).getText().equals("Ada Is anybody here?"));
            page.findElement(By.name("author")).sendKeys("Bob");
            page.findElement(By.name("text")).sendKeys("I am\n");
            await().until(() -> page.findElement(By.id("state")).getText().equals("delivered ✓"));
            await().until(() -> page.findElement(By.id("messages")).getText().endsWith("Bob I am"));
        }
        ada.disconnect();
    }
}
