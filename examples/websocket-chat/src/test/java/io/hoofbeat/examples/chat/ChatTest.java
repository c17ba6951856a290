/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.handler.TextWebSocketHandler;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ChatTest {
    @LocalServerPort
    private int port;

    /** Somebody in the chat. */
    private static final class Guest extends TextWebSocketHandler {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) {
            heard.add(message.getPayload());
        }

        String hears() throws InterruptedException {
            return heard.poll(10, TimeUnit.SECONDS);
        }
    }

    private WebSocketSession comeIn(Guest guest, String query) throws Exception {
        return new StandardWebSocketClient()
                .execute(guest, null, URI.create("ws://localhost:" + port + "/chat" + query))
                .get(10, TimeUnit.SECONDS);
    }

    @Test
    void everybodyHearsEverybody() throws Exception {
        Guest ada = new Guest();
        Guest bob = new Guest();
        WebSocketSession one = comeIn(ada, "?name=Ada");
        assertThat(ada.hears()).isEqualTo("{\"author\":\"Ada\",\"text\":\"has come in\"}");
        WebSocketSession two = comeIn(bob, "?name=Bob");
        assertThat(ada.hears()).contains("Bob").contains("has come in");
        assertThat(bob.hears()).contains("Bob").contains("has come in");
        two.sendMessage(new TextMessage("hello"));
        assertThat(ada.hears()).isEqualTo("{\"author\":\"Bob\",\"text\":\"hello\"}");
        assertThat(bob.hears()).contains("hello");
        two.close();
        assertThat(ada.hears()).contains("Bob").contains("has gone");
        one.close();
    }

    @Test
    void whoHasNoNameStaysOutside() {
        assertThatThrownBy(() -> comeIn(new Guest(), "")).hasMessageContaining("400");
    }

    @Test
    void pageTakesPart() {
        try (Chromium chromium = Chromium.start()) {
            chromium.open("http://localhost:" + port);
            ChromeDriver page = chromium.driver();
            page.findElement(By.name("name")).sendKeys("Carl\n");
            await().until(() -> page.findElement(By.id("state")).getText().equals("inside"));
            page.findElement(By.name("text")).sendKeys("hello\n");
            await().until(() -> page.findElement(By.id("lines")).getText().endsWith("Carl hello"));
        }
    }
}
