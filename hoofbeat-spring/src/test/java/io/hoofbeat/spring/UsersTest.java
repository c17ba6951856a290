/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.user.SimpUserRegistry;

/** Messages for users, of whom some have several sessions, and some none. */
class UsersTest {
    private static App app;
    private static SimpMessagingTemplate template;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class).with("hoofbeat.queues=/queue/**").start();
        template = app.context().getBean(SimpMessagingTemplate.class);
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static StompPeer user(String name) {
        StompPeer peer = StompPeer.connect(app.url("/ws?" + name));
        peer.open("1.2");
        return peer;
    }

    @Test
    void templateReachesAllSessionsOfAUserAndNobodyElse() {
        try (StompPeer ada = user("ada1");
                StompPeer adaToo = user("ada1");
                StompPeer bob = user("bob1")) {
            for (StompPeer each : new StompPeer[] {ada, adaToo, bob}) {
                each.subscribe("/user/queue/mail");
            }
            template.convertAndSendToUser("ada1", "/queue/mail", "hello");
            template.convertAndSendToUser("bob1", "/queue/mail", "bye");
            for (StompPeer each : new StompPeer[] {ada, adaToo}) {
                PeerFrame mail = each.expect("MESSAGE", "destination:/user/queue/mail");
                assertThat(mail.text()).isEqualTo("hello");
                assertThat(mail.names()).doesNotContain("simpOrigDestination");
                each.expectNothing();
            }
            assertThat(bob.expect("MESSAGE").text()).isEqualTo("bye");
        }
    }

    @Test
    void answerForTheSenderComesToItsSessionAlone() {
        try (StompPeer ada = user("ada2");
                StompPeer adaToo = user("ada2")) {
            ada.subscribe("/user/queue/mine");
            adaToo.subscribe("/user/queue/other");
            ada.send("SEND⏎destination:/app/mine⏎⏎hi␀");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("only you: hi");
        }
    }

    @Test
    void patternOfAUserMeansTheUsersOwnDestinations() {
        try (StompPeer ada = user("ada3")) {
            ada.subscribe("/user/queue/*");
            template.convertAndSendToUser("ada3", "/queue/a", "1");
            template.convertAndSendToUser("ada3", "/queue/b", "2");
            assertThat(ada.expect("MESSAGE", "destination:/user/queue/a").text())
                    .isEqualTo("1");
            assertThat(ada.expect("MESSAGE", "destination:/user/queue/b").text())
                    .isEqualTo("2");
        }
    }

    @Test
    void patternOfSomebodyElseDoesNotMeanThem() {
        try (StompPeer ada = user("ada4");
                StompPeer eve = user("eve4")) {
            ada.subscribe("/user/queue/mail");
            eve.subscribe("/queue/**");
            eve.subscribeAs("s2", "/queue/*-user*");
            template.convertAndSendToUser("ada4", "/queue/mail", "secret");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("secret");
            eve.send("DISCONNECT⏎receipt:bye⏎⏎␀");
            eve.expect("RECEIPT");
        }
    }

    @Test
    void clientCannotPretendThatItsMessageWasForAUser() {
        try (StompPeer ada = user("ada5");
                StompPeer eve = user("eve5")) {
            ada.subscribe("/topic/news");
            eve.send("SEND⏎destination:/topic/news⏎simpOrigDestination:/user/queue/bank⏎⏎pay␀");
            PeerFrame message = ada.expect("MESSAGE", "destination:/topic/news");
            assertThat(message.names()).doesNotContain("simpOrigDestination");
        }
    }

    @Test
    void messageForAUserWhoLeftWaitsForNobody() {
        SimpUserRegistry users = app.context().getBean(SimpUserRegistry.class);
        String session;
        try (StompPeer ada = user("ada6")) {
            ada.subscribe("/user/queue/left");
            session = Awaitility.await()
                    .until(
                            () -> users.findSubscriptions(
                                    subscription -> "/user/queue/left".equals(subscription.getDestination())),
                            found -> !found.isEmpty())
                    .iterator()
                    .next()
                    .getSession()
                    .getId();
            template.convertAndSend("/queue/left-user" + session, "direct");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("direct");
        }
        Awaitility.await().until(() -> users.getUser("ada6") == null);
        template.convertAndSendToUser("ada6", "/queue/left", "too late");
        try (StompPeer eve = user("eve6")) {
            eve.send("SUBSCRIBE⏎id:1⏎destination:/queue/left-user" + session + "⏎receipt:r⏎⏎␀");
            eve.expect("RECEIPT");
            eve.send("DISCONNECT⏎receipt:bye⏎⏎␀");
            eve.expect("RECEIPT", "receipt-id:bye");
        }
    }

    @Test
    void patternFromAnotherDoorDoesNotMeanThemEither() {
        try (App own = App.of(Chat.Java.class)
                        .with("hoofbeat.listeners.tcp.port=0")
                        .start();
                StompPeer ada = StompPeer.connect(own.url("/ws?ada8"));
                StompPeer eve = StompPeer.to("tcp://localhost:" + own.tcpPort())
                        .scratch("/topic/scratch")
                        .connect()) {
            ada.open("1.2");
            ada.subscribe("/user/queue/mail");
            eve.open("1.2");
            eve.subscribeAs("1", "/**");
            own.context().getBean(SimpMessagingTemplate.class).convertAndSendToUser("ada8", "/queue/mail", "secret");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("secret");
            eve.sync();
            String inside = UserDestinations.inside("/queue/mail-userXY", session -> true);
            eve.send("SUBSCRIBE⏎id:2⏎destination:" + inside.replace("XY", "*") + "⏎⏎␀");
            assertThat(eve.take(frame -> frame.command().equals("ERROR"), "ERROR")
                            .value("message"))
                    .contains("the sessions of others");
        }
    }

    @Test
    void userIsShownTheDoor() {
        Hoofbeat hoofbeat = app.context().getBean(Hoofbeat.class);
        try (StompPeer ada = user("ada7");
                StompPeer bob = user("bob7")) {
            assertThat(hoofbeat.endSessionsOf("ada7", "your account was closed"))
                    .isEqualTo(1);
            ada.expectError("message:your account was closed");
            bob.send("SEND⏎destination:/topic/a⏎receipt:alive⏎⏎␀");
            bob.expect("RECEIPT");
            assertThat(hoofbeat.endSession("nobody", "x")).isFalse();
        }
    }
}
