/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.peer;

import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Lazy;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * An application with a simple broker on Tomcat, WebSocket only, path /stomp; with Hoofbeat's starter on the class path that broker is
 * Hoofbeat. What is sent to {@code /app/x}, a controller sends on to {@code /topic/x}.
 */
@SpringBootApplication
@EnableWebSocketMessageBroker
class SpringPeer implements WebSocketMessageBrokerConfigurer {
    private static final long[] HEART_BEAT_MILLIS = {10_000, 10_000};

    private final TaskScheduler heartBeats;

    /** Arguments: the port, and properties as Spring Boot takes them, such as {@code --hoofbeat.enabled=false}. */
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(SpringPeer.class);
        application.setDefaultProperties(Map.of(
                "server.port",
                arguments[0],
                "server.address",
                "127.0.0.1",
                "server.tomcat.max-connections",
                20_000,
                "logging.level.root",
                "WARN"));
        application.run(Stream.of(arguments).skip(1).toArray(String[]::new));
    }

    /** With a scheduler of Spring's own: another bean of that kind would be taken by Boot for the channels' thread pool. */
    SpringPeer(@Lazy @Qualifier("messageBrokerTaskScheduler") TaskScheduler heartBeats) {
        this.heartBeats = heartBeats;
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        registry.setApplicationDestinationPrefixes("/app");
        registry.enableSimpleBroker("/topic", "/queue")
                .setHeartbeatValue(HEART_BEAT_MILLIS)
                .setTaskScheduler(heartBeats);
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        registry.addEndpoint("/stomp").setAllowedOriginPatterns("*");
    }

    /** The application's part. */
    @Controller
    static class Publishing {
        @MessageMapping("/{name}")
        @SendTo("/topic/{name}")
        byte[] publish(byte[] body) {
            return body;
        }
    }
}
