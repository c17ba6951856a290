/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.session.MapSession;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.web.socket.config.annotation.AbstractSessionWebSocketMessageBrokerConfigurer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;

/** Spring Session beside our broker: what clients send keeps their HTTP session alive, and its end is theirs. */
class SpringSessionTest {
    private static App app;

    @Configuration(proxyBeanMethods = false)
    @EnableSpringHttpSession
    static class Stored {
        @Bean
        MapSessionRepository sessions() {
            return new MapSessionRepository(new ConcurrentHashMap<>());
        }

        @Bean
        Pages pages() {
            return new Pages();
        }
    }

    @RestController
    static class Pages {
        @GetMapping("/login")
        String login(jakarta.servlet.http.HttpSession session) {
            return session.getId();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Messages extends AbstractSessionWebSocketMessageBrokerConfigurer<MapSession> {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Override
        protected void configureStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws").setHandshakeHandler(new Chat.NamedByQuery());
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Stored.class, Messages.class).start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    /** Somebody with an HTTP session. */
    private record Visitor(String session, String cookie) {
        static Visitor come() throws Exception {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/login"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            Matcher cookie = Pattern.compile("SESSION=[^;]+")
                    .matcher(answer.headers().firstValue("set-cookie").orElseThrow());
            assertThat(cookie.find()).isTrue();
            return new Visitor(answer.body(), cookie.group());
        }

        StompPeer connected() {
            StompPeer peer = StompPeer.to(app.url("/ws?ada"))
                    .httpHeader("Cookie", cookie)
                    .scratch("/topic/scratch")
                    .connect();
            peer.open("1.2");
            return peer;
        }

        MapSession stored() {
            return Objects.requireNonNull(
                    app.context().getBean(MapSessionRepository.class).findById(session));
        }
    }

    @Test
    void whatIsSentKeepsTheSessionAlive() throws Exception {
        Visitor ada = Visitor.come();
        try (StompPeer peer = ada.connected()) {
            peer.subscribe("/topic/a");
            Instant longAgo = Instant.now().minus(Duration.ofMinutes(10));
            MapSession session = ada.stored();
            session.setLastAccessedTime(longAgo);
            app.context().getBean(MapSessionRepository.class).save(session);
            peer.send("SEND⏎destination:/topic/a⏎⏎here␀");
            assertThat(peer.expect("MESSAGE").text()).isEqualTo("here");
            Awaitility.await()
                    .until(() -> ada.stored().getLastAccessedTime().isAfter(longAgo.plus(Duration.ofMinutes(5))));
        }
    }

    @Test
    void endOfTheSessionIsTheEndOfItsSockets() throws Exception {
        Visitor ada = Visitor.come();
        Visitor bob = Visitor.come();
        try (StompPeer peer = ada.connected();
                StompPeer other = bob.connected()) {
            app.context().publishEvent(new SessionDeletedEvent(this, ada.stored()));
            assertThat(peer.readUntilEnd(Duration.ofSeconds(10))).isTrue();
            assertThat(peer.closeCode()).isEqualTo(1008);
            other.sync();
            Awaitility.await()
                    .until(() -> app.context().getBean(Hoofbeat.class).broker().sessionCount() == 1);
        }
    }
}
