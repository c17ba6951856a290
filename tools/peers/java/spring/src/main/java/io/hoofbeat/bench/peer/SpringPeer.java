/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.peer;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** Spring's simple broker on Tomcat; WebSocket only, path /stomp. */
@SpringBootApplication
@EnableWebSocketMessageBroker
class SpringPeer implements WebSocketMessageBrokerConfigurer {
    private static final long[] HEART_BEAT_MILLIS = {10_000, 10_000};

    /** Argument: the port. */
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
        application.run();
    }

    @Bean
    ThreadPoolTaskScheduler heartBeats() {
        return new ThreadPoolTaskScheduler();
    }

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        registry.enableSimpleBroker("/topic", "/queue")
                .setHeartbeatValue(HEART_BEAT_MILLIS)
                .setTaskScheduler(heartBeats());
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        registry.addEndpoint("/stomp").setAllowedOriginPatterns("*");
    }
}
