/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.xml;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.examples.xml.GreetingController.Greeting;
import io.hoofbeat.examples.xml.GreetingController.HelloMessage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
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
}
