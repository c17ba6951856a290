/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** A receipt tells that the frame was handled, whoever handled it, and an ERROR with its id that it could not be. */
class ReceiptsTest {
    private static App app;

    /** Throws away what has a header "drop", without a word. */
    @Configuration(proxyBeanMethods = false)
    static class Dropping {
        @Bean
        WebSocketMessageBrokerConfigurer dropping() {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void configureClientInboundChannel(ChannelRegistration registration) {
                    registration.interceptors(new ChannelInterceptor() {
                        @Override
                        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
                            boolean drop =
                                    StompMessages.natives(message.getHeaders()).containsKey("drop");
                            return drop ? null : message;
                        }
                    });
                }
            };
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class, Dropping.class).start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void receiptOfASendToAControllerComesBehindWhatItSent() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/echo");
            peer.send("SEND⏎destination:/app/echo⏎receipt:r⏎⏎hello␀");
            assertThat(peer.expect("MESSAGE", "destination:/topic/echo").text()).isEqualTo("echo hello");
            peer.expect("RECEIPT", "receipt-id:r");
        }
    }

    @Test
    void errorOfAControllerThatThrewNamesTheReceiptAndNothingOfTheInside() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/app/fail⏎receipt:r⏎⏎hello␀");
            PeerFrame error = peer.expectError("receipt-id:r");
            assertThat(error.value("message")).isEqualTo("the handler of /app/fail failed");
            assertThat(error.toString()).doesNotContain("secret").doesNotContain("Exception");
        }
    }

    @Test
    void controllerThatThrewEndsNothingIfNobodyAsked() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/app/fail⏎⏎hello␀");
            peer.send("SEND⏎destination:/app/silent⏎receipt:after⏎⏎hello␀");
            peer.expect("RECEIPT", "receipt-id:after");
        }
    }

    @Test
    void exceptionThatTheApplicationHandlesIsNoFailure() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/errors");
            peer.send("SEND⏎destination:/app/handled⏎receipt:r⏎⏎fly␀");
            assertThat(peer.expect("MESSAGE").text()).isEqualTo("cannot fly");
            peer.expect("RECEIPT", "receipt-id:r");
        }
    }

    @Test
    void receiptWaitsForWhatIsReturnedLater() {
        try (App own = App.of(Chat.Java.class).start();
                StompPeer peer = own.connected("1.2")) {
            peer.subscribe("/topic/later");
            peer.send("SEND⏎destination:/app/later⏎receipt:later⏎⏎x␀");
            peer.send("SEND⏎destination:/app/silent⏎receipt:sync⏎⏎x␀");
            peer.expect("RECEIPT", "receipt-id:sync");
            peer.send("SEND⏎destination:/app/complete⏎⏎done␀");
            assertThat(peer.expect("MESSAGE").text()).isEqualTo("done");
            peer.expect("RECEIPT", "receipt-id:later");
        }
    }

    @Test
    void whatFailsLaterIsAnError() {
        try (App own = App.of(Chat.Java.class).start();
                StompPeer peer = own.connected("1.2")) {
            peer.send("SEND⏎destination:/app/later⏎receipt:later⏎⏎x␀");
            peer.send("SEND⏎destination:/app/complete⏎⏎fail␀");
            peer.expectError("receipt-id:later");
        }
    }

    @Test
    void subscribeToAControllerIsAnsweredAndThenConfirmed() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/app/welcome⏎receipt:r⏎⏎␀");
            assertThat(peer.expect("MESSAGE", "subscription:1").text()).isEqualTo("welcome");
            peer.expect("RECEIPT", "receipt-id:r");
        }
    }

    @Test
    void whatNoControllerHandlesIsNotConfirmed() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/app/nothing⏎⏎␀");
            peer.send("SEND⏎destination:/app/nothing⏎receipt:r⏎⏎␀");
            assertThat(peer.expectError("receipt-id:r").value("message"))
                    .isEqualTo("no controller handles SEND at /app/nothing");
        }
    }

    @Test
    void whatAnInterceptorDropsIsNotConfirmed() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/app/silent⏎drop:1⏎⏎x␀");
            peer.send("SEND⏎destination:/app/silent⏎receipt:alive⏎⏎x␀");
            peer.expect("RECEIPT", "receipt-id:alive");
            peer.send("SEND⏎destination:/app/silent⏎drop:1⏎receipt:r⏎⏎x␀");
            peer.expectError("receipt-id:r");
        }
    }

    @Test
    void messageForAUserIsConfirmedOnceForAllSessions() {
        try (StompPeer ada = StompPeer.connect(app.url("/ws?ada"));
                StompPeer adaToo = StompPeer.connect(app.url("/ws?ada"));
                StompPeer bob = app.connected("1.2")) {
            for (StompPeer each : new StompPeer[] {ada, adaToo}) {
                each.open("1.2");
                each.subscribe("/user/queue/mail");
            }
            bob.send("SEND⏎destination:/user/ada/queue/mail⏎receipt:r⏎⏎hello␀");
            bob.expect("RECEIPT", "receipt-id:r");
            for (StompPeer each : new StompPeer[] {ada, adaToo}) {
                PeerFrame mail = each.expect("MESSAGE", "destination:/user/queue/mail", "subscription:s1");
                assertThat(mail.text()).isEqualTo("hello");
                assertThat(mail.names()).doesNotContain("receipt", "simpOrigDestination");
            }
            bob.send("SEND⏎destination:/topic/x⏎receipt:last⏎⏎␀");
            bob.expect("RECEIPT", "receipt-id:last");
        }
    }

    @Test
    void messageForAnAbsentUserIsConfirmed() {
        try (StompPeer bob = app.connected("1.2")) {
            bob.send("SEND⏎destination:/user/nobody/queue/mail⏎receipt:r⏎⏎hello␀");
            bob.expect("RECEIPT", "receipt-id:r");
        }
    }

    @Test
    void unsubscribeFromAUserDestinationIsConfirmedAndHolds() {
        try (StompPeer ada = StompPeer.connect(app.url("/ws?ada"))) {
            ada.open("1.2");
            ada.subscribe("/user/queue/mine");
            ada.send("SEND⏎destination:/app/mine⏎⏎1␀");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("only you: 1");
            ada.send("UNSUBSCRIBE⏎id:s1⏎receipt:u⏎⏎␀");
            ada.expect("RECEIPT", "receipt-id:u");
            ada.send("SEND⏎destination:/app/mine⏎receipt:2⏎⏎2␀");
            ada.expect("RECEIPT", "receipt-id:2");
        }
    }

    @Test
    void disconnectIsConfirmedLast() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/app/silent⏎receipt:1⏎⏎x␀DISCONNECT⏎receipt:2⏎⏎␀");
            peer.expect("RECEIPT", "receipt-id:1");
            peer.expect("RECEIPT", "receipt-id:2");
            peer.expectClosed();
            assertThat(peer.closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void transactionDoesNotPretendToCoverControllers() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.send("BEGIN⏎transaction:t⏎⏎␀SEND⏎destination:/app/silent⏎transaction:t⏎receipt:r⏎⏎x␀");
            assertThat(peer.expectError("receipt-id:r").value("message")).contains("transaction");
        }
    }

    /** The frame comes while the thread that has written CONNECTED is still busy with it. */
    @Test
    void refusalIsNotLostBehindWhatIsBeingWritten() {
        for (int i = 0; i < 100; i++) {
            try (StompPeer peer = app.connected("1.2")) {
                peer.send("SUBSCRIBE⏎id:1⏎destination:/nowhere⏎receipt:r⏎⏎␀");
                peer.expectError("receipt-id:r");
            }
        }
    }
}
