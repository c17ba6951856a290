/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** What belongs to one session is done and delivered in its order, and whoever is refused learns of it. */
class OrderTest {
    private static final List<Integer> ALL = IntStream.range(0, 2_000).boxed().toList();

    private static App app;

    /** Refuses subscriptions below /topic/secret, as Spring Security would. */
    @Configuration(proxyBeanMethods = false)
    static class Refusing {
        @Bean
        WebSocketMessageBrokerConfigurer refusing() {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void configureClientInboundChannel(ChannelRegistration registration) {
                    registration.interceptors(new ChannelInterceptor() {
                        @Override
                        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
                            String to = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
                            if (StompHeaderAccessor.getCommand(message.getHeaders()) == StompCommand.SUBSCRIBE
                                    && String.valueOf(to).startsWith("/topic/secret")) {
                                throw new MessagingException("denied");
                            }
                            return message;
                        }
                    });
                }
            };
        }

        @Bean
        Numbers numbers() {
            return new Numbers();
        }
    }

    @Controller
    static class Numbers {
        @MessageMapping("/number")
        @SendTo("/topic/numbers")
        String number(String text) {
            return text;
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class, Refusing.class).start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @RepeatedTest(20)
    void sendsOfASessionComeInTheirOrderAndNoneIsLostBehindTheSubscribe() {
        assertThat(Gap.numbers(new Gap.Side(app, Duration.ofSeconds(20)), ALL.size()))
                .isEqualTo(ALL);
    }

    /** Controllers work side by side, but not before what their client has sent before. */
    @Test
    void answerOfAControllerComesBehindTheSubscribe() {
        for (int i = 0; i < 200; i++) {
            try (StompPeer peer = app.connected("1.2")) {
                peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/echo⏎⏎␀SEND⏎destination:/app/echo⏎⏎" + i + "␀");
                assertThat(peer.expect("MESSAGE").text()).isEqualTo("echo " + i);
            }
        }
    }

    /** The container hands over long texts in pieces, between which no character is cut. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void longTextOfAnyCharactersComesWhole(int shift) {
        String text = "x".repeat(shift) + "\ud83d\udc0e\u00e9\u20ac".repeat(10_000);
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/long");
            peer.send("SEND⏎destination:/topic/long⏎⏎" + text + "␀");
            assertThat(peer.expect("MESSAGE").text()).isEqualTo(text);
        }
    }

    @Test
    void ws_close_6_refusedSubscribeGetsItsErrorAndTheCodeOfSpring() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/secret⏎receipt:r⏎⏎␀");
            PeerFrame error = peer.expectError("message:denied", "receipt-id:r");
            assertThat(error.text()).isEqualTo("denied");
            assertThat(peer.closeCode()).isEqualTo(1002);
        }
    }

    @Test
    void refusalRightBehindAnAnswerIsNotLost() {
        for (int i = 0; i < 200; i++) {
            try (StompPeer peer = app.connected("1.2")) {
                peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/secret⏎receipt:r⏎⏎␀");
                peer.expectError("message:denied", "receipt-id:r");
            }
        }
    }

    @Test
    void whatTheApplicationPublishesComesInItsOrder() {
        SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/published");
            ALL.forEach(number -> template.convertAndSend("/topic/published", String.valueOf(number)));
            assertThat(numbers(peer)).isEqualTo(ALL);
        }
    }

    @Test
    void controllersKeepOrderIfTheyAreTold() {
        try (App ordered = App.of(Chat.Java.class, Refusing.class)
                        .with("hoofbeat.controllers-in-order=true")
                        .start();
                StompPeer peer = ordered.connected("1.2")) {
            peer.subscribe("/topic/numbers");
            ALL.forEach(number -> peer.send("SEND⏎destination:/app/number⏎⏎" + number + "␀"));
            assertThat(numbers(peer)).isEqualTo(ALL);
        }
    }

    private static List<Integer> numbers(StompPeer peer) {
        return ALL.stream()
                .map(number -> Integer.valueOf(peer.expect("MESSAGE").text()))
                .toList();
    }
}
