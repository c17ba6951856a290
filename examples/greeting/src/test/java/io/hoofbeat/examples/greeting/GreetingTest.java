/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.greeting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.examples.greeting.GreetingController.Greeting;
import io.hoofbeat.examples.greeting.GreetingController.HelloMessage;
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
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class GreetingTest {
    @LocalServerPort
    private int port;

    @Test
    void whoSaysHelloIsGreeted() throws Exception {
        WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
        client.setMessageConverter(new JacksonJsonMessageConverter());
        StompSession session = client.connectAsync(
                        "ws://localhost:{port}/stomp", new StompSessionHandlerAdapter() {}, port)
                .get(10, TimeUnit.SECONDS);
        Received<Greeting> greetings = Received.of(Greeting.class);
        session.subscribe("/topic/greetings", greetings);
        session.send("/app/hello", new HelloMessage("Ada"));
        assertThat(greetings.next()).isEqualTo(new Greeting("Hello, Ada!"));
        session.disconnect();
    }

    @Test
    void pageShowsGreetings() {
        try (Chromium chromium = Chromium.start()) {
            chromium.open("http://localhost:" + port);
            ChromeDriver page = chromium.driver();
            await().until(() -> page.findElement(By.id("state")).getText().equals("connected"));
            page.findElement(By.name("name")).sendKeys("<b>Ada</b>\n");
            await().until(() -> page.findElement(By.id("greetings")).getText().equals("Hello, <b>Ada</b>!"));
        }
    }
}
