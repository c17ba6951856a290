/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.democlient;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.RestClientXhrTransport;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

@Configuration(proxyBeanMethods = false)
class ClientConfig {

    @Bean
    WebSocketStompClient stompClient(TaskScheduler heartBeats) {
        SockJsClient sockJs = new SockJsClient(
                List.of(new WebSocketTransport(new StandardWebSocketClient()), new RestClientXhrTransport()));
        WebSocketStompClient client = new WebSocketStompClient(sockJs);
        client.setMessageConverter(new StringMessageConverter());
        client.setTaskScheduler(heartBeats);
        return client;
    }

    @Bean
    TaskScheduler heartBeats() {
        return new ThreadPoolTaskScheduler();
    }

    @Bean
    ApplicationRunner connect(
            WebSocketStompClient client,
            DemoSession session,
            @Value("${demo.server:http://localhost:8080}") String server) {
        return arguments ->
                client.connectAsync(server + "/websocket-sockjs-stomp", session).join();
    }
}
