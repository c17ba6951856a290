/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "demo.period=200ms")
class DemoServerTest {
    @LocalServerPort
    private int port;

    @Test
    void serverSaysAllThatItCan() throws Exception {
        WebSocketStompClient client = new WebSocketStompClient(
                new SockJsClient(List.of(new WebSocketTransport(new StandardWebSocketClient()))));
        client.setMessageConverter(new StringMessageConverter());
        StompSession session = client.connectAsync(
                        "http://localhost:{port}/websocket-sockjs-stomp", new StompSessionHandlerAdapter() {}, port)
                .get(10, TimeUnit.SECONDS);
        Received<String> once = Received.of(String.class);
        Received<String> responses = Received.of(String.class);
        Received<String> errors = Received.of(String.class);
        Received<String> periodic = Received.of(String.class);
        session.subscribe("/app/subscribe", once);
        session.subscribe("/queue/responses", responses);
        session.subscribe("/queue/errors", errors);
        session.subscribe("/topic/periodic", periodic);
        session.send("/app/request", "one");
        session.send("/app/request", "zero");
        assertThat(once.next()).isEqualTo("server one-time message via the application");
        assertThat(responses.next()).isEqualTo("response to one");
        assertThat(errors.next()).isEqualTo("server exception: 'zero' is rejected");
        assertThat(periodic.next()).startsWith("server periodic message");
        session.disconnect();
    }

    @Test
    void pageShowsWhatTheServerSays() {
        try (Chromium chromium = Chromium.start()) {
            chromium.open("http://localhost:" + port);
            ChromeDriver page = chromium.driver();
            page.findElement(By.id("connect")).click();
            await().until(() -> page.findElement(By.id("send")).isEnabled());
            page.findElement(By.name("text")).sendKeys("one\n");
            page.findElement(By.name("text")).sendKeys("zero\n");
            await().untilAsserted(
                            () -> assertThat(page.findElement(By.id("received")).getText())
                                    .contains("server one-time message", "response to one", "server periodic message"));
            await().untilAsserted(() -> assertThat(
                            page.findElement(By.className("bad")).getText())
                    .isEqualTo("server exception: 'zero' is rejected"));
            page.findElement(By.id("disconnect")).click();
            await().until(() -> page.findElement(By.id("state")).getText().equals("disconnected"));
        }
    }
}
