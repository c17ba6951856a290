/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;

/** What native endpoints do not let through, and what applications do there that is out of the ordinary. */
class NativeLimitsTest {

    private static App start(Class<?>... sources) {
        return App.of(sources).with("hoofbeat.endpoints=0").start();
    }

    private static StompPeer connected(App app, String path) {
        StompPeer peer = StompPeer.to(app.url(path)).scratch("/topic/scratch").connect();
        peer.open("1.2");
        return peer;
    }

    /** Endpoints that cannot be served natively. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Unsuitable implements WebSocketMessageBrokerConfigurer {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/xhr").withSockJS().setWebSocketEnabled(false);
            registry.addEndpoint("/rooms/{room}");
            registry.addEndpoint("/own").setHandshakeHandler((request, response, handler, attributes) -> false);
        }
    }

    @Test
    void noPortIsListenedOnIfNothingCanBeServedThere() {
        try (App app = start(Unsuitable.class)) {
            assertThat(app.context().getEnvironment().getProperty(NativeEndpoints.LOCAL_PORT))
                    .isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"Hoofbeat-Remote, 10.0.0.1 1", "hoofbeat-secret, x", "HOOFBEAT-TICKET, x", "hoofbeat-remote, nonsense"})
    void clientCannotSpeakAsTheListener(String name, String value) {
        try (App app = start(NativeTest.Talkative.class);
                StompPeer peer = StompPeer.to(app.url("/ws"))
                        .scratch("/topic/scratch")
                        .httpHeader(name, value)
                        .connect()) {
            peer.open("1.2");
            peer.subscribe("/user/queue/attributes");
            peer.send("SEND⏎destination:/app/attributes⏎⏎␀");
            assertThat(peer.expect("MESSAGE").text())
                    .contains("from=/127.0.0.1")
                    .contains("secrets=[]");
        }
    }

    /** Two paths with one SockJS service, and heart-beats. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Twins implements WebSocketMessageBrokerConfigurer {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
            scheduler.initialize();
            registry.enableSimpleBroker("/topic").setTaskScheduler(scheduler).setHeartbeatValue(new long[] {4_000, 5_000
            });
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/a", "/b").withSockJS();
        }
    }

    @Test
    void bothPathsOfAnEndpointAreServedWithItsHeartBeats() throws Exception {
        try (App app = start(Twins.class)) {
            for (String path : new String[] {"/a", "/b"}) {
                HttpResponse<String> opened = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(java.net.URI.create(
                                                app.url(path + "/000/s1/xhr").replaceFirst("ws:", "http:")))
                                        .POST(HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(opened.body()).isEqualTo("o\n");
                try (StompPeer peer = StompPeer.to(app.url(path + "/websocket")).connect()) {
                    assertThat(peer.open("1.2").value("heart-beat")).isEqualTo("4000,5000");
                }
            }
        }
    }

    /** Lets through only what is important. */
    @Configuration(proxyBeanMethods = false)
    static class Filtering {
        @Bean
        WebSocketMessageBrokerConfigurer filtering() {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void configureClientOutboundChannel(ChannelRegistration registration) {
                    registration.interceptors(new ChannelInterceptor() {
                        @Override
                        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
                            boolean isNoise = new String(
                                            (byte[]) message.getPayload(), java.nio.charset.StandardCharsets.UTF_8)
                                    .startsWith("noise");
                            return isNoise ? null : message;
                        }
                    });
                }
            };
        }
    }

    @Test
    void whatAnInterceptorDropsDoesNotHoldUpTheRest() {
        try (App app = start(Chat.Java.class, Filtering.class);
                StompPeer peer = connected(app, "/ws")) {
            peer.subscribe("/topic/much");
            SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
            for (int i = 0; i < 2_000; i++) {
                template.convertAndSend("/topic/much", "noise " + i);
            }
            template.convertAndSend("/topic/much", "at last");
            assertThat(peer.expect("MESSAGE").text()).isEqualTo("at last");
        }
    }

    @Test
    void octetsThatAreNoTextPassAnInterceptorAsTheyAre() {
        try (App app = start(Chat.Java.class, Filtering.class);
                StompPeer peer = connected(app, "/ws")) {
            peer.subscribe("/topic/pictures");
            byte[] picture = {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff};
            app.context()
                    .getBean(SimpMessagingTemplate.class)
                    .send("/topic/pictures", MessageBuilder.withPayload(picture).build());
            PeerFrame message = peer.expect("MESSAGE");
            assertThat(message.body()).isEqualTo(picture);
        }
    }

    /** Answers whoever subscribes. */
    @Configuration(proxyBeanMethods = false)
    static class Greeting {
        private final SimpMessagingTemplate template;

        Greeting(@org.springframework.context.annotation.Lazy SimpMessagingTemplate template) {
            this.template = template;
        }

        @EventListener
        void on(SessionSubscribeEvent event) {
            template.convertAndSend("/topic/greeted", "welcome");
        }
    }

    @Test
    void listenerToASubscriptionReachesWhoHasSubscribed() {
        try (App app = start(Chat.Java.class, Greeting.class)) {
            for (int i = 0; i < 50; i++) {
                try (StompPeer peer = connected(app, "/ws")) {
                    peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/greeted⏎⏎␀");
                    assertThat(peer.expect("MESSAGE").text()).isEqualTo("welcome");
                }
            }
        }
    }
}
