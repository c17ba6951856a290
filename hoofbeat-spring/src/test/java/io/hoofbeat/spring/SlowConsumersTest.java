/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.user.SimpUserRegistry;

/** Who does not read costs the others little, and the heap nothing without end. */
class SlowConsumersTest {
    private static final String BODY = "x".repeat(8 * 1024);

    private static App app;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class)
                .with("hoofbeat.queues=/queue/**")
                .with("hoofbeat.destinations[0].pattern=/queue/small")
                .with("hoofbeat.destinations[0].kind=queue")
                .with("hoofbeat.destinations[0].max-messages=10")
                .start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void whoDoesNotReadIsDisconnectedByPolicyAndTheOthersGetEverything() {
        SimpUserRegistry users = app.context().getBean(SimpUserRegistry.class);
        SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
        try (StompPeer slow = StompPeer.to(app.url("/ws?slow"))
                        .receiveBuffer(8 * 1024)
                        .connect();
                StompPeer fast = app.connected("1.2")) {
            slow.open("1.2");
            slow.subscribe("/topic/much");
            fast.subscribe("/topic/much");
            for (int i = 0; i < 2_000; i++) {
                template.convertAndSend("/topic/much", BODY + i);
                assertThat(fast.expect("MESSAGE").text()).endsWith("x" + i);
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> users.getUser("slow") == null);
        }
    }

    @Test
    void queueWaitsForTheSlowAndLosesNothing() {
        try (StompPeer slow = app.peer().receiveBuffer(8 * 1024).connect();
                StompPeer sender = app.connected("1.2")) {
            slow.open("1.2");
            slow.subscribe("/queue/much");
            for (int i = 0; i < 1_000; i++) {
                sender.send("SEND⏎destination:/queue/much⏎⏎" + BODY + i + "␀");
            }
            sender.sync();
            for (int i = 0; i < 1_000; i++) {
                assertThat(slow.expect("MESSAGE").text()).endsWith("x" + i);
            }
        }
    }

    @Test
    void fullQueueHoldsItsSendersUntilThereIsRoom() {
        try (StompPeer sender = app.connected("1.2");
                StompPeer other = app.connected("1.2");
                StompPeer receiver = app.connected("1.2")) {
            for (int i = 0; i < 15; i++) {
                sender.send("SEND⏎destination:/queue/small⏎receipt:" + i + "⏎⏎" + i + "␀");
            }
            for (int i = 0; i < 10; i++) {
                sender.expect("RECEIPT", "receipt-id:" + i);
            }
            other.sync(); // is not held
            assertThat(sender.pending()).isEmpty();
            receiver.send("SUBSCRIBE⏎id:1⏎destination:/queue/small⏎⏎␀");
            for (int i = 0; i < 15; i++) {
                PeerFrame message = receiver.expect("MESSAGE");
                assertThat(message.text()).isEqualTo(String.valueOf(i));
            }
            for (int i = 10; i < 15; i++) {
                sender.expect("RECEIPT", "receipt-id:" + i);
            }
        }
    }

    @Test
    void whoLeavesWhileItIsHeldIsForgotten() {
        try (App own = App.of(Chat.Java.class)
                .with("hoofbeat.destinations[0].pattern=/queue/small")
                .with("hoofbeat.destinations[0].kind=queue")
                .with("hoofbeat.destinations[0].max-messages=1")
                .start()) {
            try (StompPeer sender = own.connected("1.2")) {
                sender.send("SEND⏎destination:/queue/small⏎receipt:0⏎⏎0␀SEND⏎destination:/queue/small⏎⏎1␀");
                sender.expect("RECEIPT");
                assertThat(own.context().getBean(Hoofbeat.class).broker().sessionCount())
                        .isEqualTo(1);
            }
            try (StompPeer receiver = own.connected("1.2")) {
                receiver.send("SUBSCRIBE⏎id:1⏎destination:/queue/small⏎⏎␀");
                assertThat(receiver.expect("MESSAGE").text()).isEqualTo("0");
                assertThat(receiver.expect("MESSAGE").text()).isEqualTo("1"); // it was received before (S12-RCPT-6)
                Awaitility.await()
                        .until(() ->
                                own.context().getBean(Hoofbeat.class).broker().sessionCount() == 1);
            }
        }
    }
}
