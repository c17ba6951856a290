/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessagingTemplate;

/** The application's broker has a second door, for programs that speak STOMP over TCP: the same destinations, and rules for who comes in. */
class ListenersTest {

    private static App.Builder application() {
        return App.of(Chat.Java.class).with("hoofbeat.listeners.tcp.port=0").with("hoofbeat.queues=/queue/**");
    }

    private static StompPeer browser(App app, String user) {
        StompPeer peer =
                StompPeer.to(app.url("/ws?" + user)).scratch("/topic/scratch").connect();
        peer.open("1.2");
        return peer;
    }

    private static StompPeer.Builder program(App app) {
        return StompPeer.to("tcp://localhost:" + app.tcpPort()).scratch("/topic/scratch");
    }

    private static StompPeer connected(App app, String... headers) {
        StompPeer peer = program(app).connect();
        peer.open("1.2", headers);
        return peer;
    }

    // ---- the same destinations

    @Test
    void topicsAreTheSameForBoth() {
        try (App app = application().start();
                StompPeer ada = browser(app, "ada");
                StompPeer program = connected(app)) {
            ada.subscribe("/topic/news");
            program.subscribe("/topic/*");
            ada.send("SEND⏎destination:/topic/news⏎content-type:text/plain⏎mood:good⏎⏎from a browser␀");
            for (StompPeer each : List.of(ada, program)) {
                PeerFrame message = each.expect("MESSAGE", "destination:/topic/news", "mood:good");
                assertThat(message.text()).isEqualTo("from a browser");
            }
            program.send("SEND⏎destination:/topic/news⏎receipt:r⏎⏎from a program␀");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("from a program");
            program.take(frame -> frame.has("receipt-id"), "the RECEIPT");
            assertThat(program.expect("MESSAGE").text()).isEqualTo("from a program");
        }
    }

    @Test
    void whatControllersAndTemplatesSendReachesPrograms() {
        try (App app = application().start();
                StompPeer ada = browser(app, "ada");
                StompPeer program = connected(app)) {
            program.subscribe("/topic/echo");
            ada.send("SEND⏎destination:/app/echo⏎⏎hello␀");
            assertThat(program.expect("MESSAGE", "destination:/topic/echo").text())
                    .isEqualTo("echo hello");
            app.context().getBean(SimpMessagingTemplate.class).convertAndSend("/topic/echo", "from the template");
            assertThat(program.expect("MESSAGE").text()).isEqualTo("from the template");
        }
    }

    @Test
    void queueGivesEachMessageToOneOfThemAndTakesItBackFromWhoLeaves() {
        try (App app = application().start();
                StompPeer ada = browser(app, "ada");
                StompPeer program = connected(app)) {
            program.subscribe("/queue/jobs", "ack:client-individual");
            ada.subscribe("/queue/jobs", "ack:client-individual");
            try (StompPeer sender = connected(app)) {
                for (int i = 0; i < 10; i++) {
                    sender.send("SEND⏎destination:/queue/jobs⏎⏎" + i + "␀");
                }
                sender.sync();
            }
            Set<String> done = new TreeSet<>();
            for (int i = 0; i < 5; i++) {
                PeerFrame job = ada.expect("MESSAGE");
                ada.confirmed("ACK⏎id:" + job.value("ack") + "⏎", "");
                done.add(job.text());
                program.expect("MESSAGE");
            }
            program.reset();
            List<PeerFrame> back = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                back.add(ada.expect("MESSAGE", "redelivered:true"));
            }
            back.forEach(job -> done.add(job.text()));
            assertThat(done).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        }
    }

    // ---- what is the application's alone

    @Test
    void programsLearnThatControllersAndUsersAreNotForThem() {
        try (App app = application().start();
                StompPeer ada = browser(app, "ada")) {
            ada.subscribe("/user/queue/mail");
            for (String destination : List.of(
                    "/app/echo", "/user/ada/queue/mail", "/user/queue/mail", "/elsewhere", "/$session/x/queue/mail")) {
                try (StompPeer program = connected(app)) {
                    program.send("SEND⏎destination:" + destination + "⏎receipt:r⏎⏎x␀");
                    assertThat(program.expectError("receipt-id:r").value("message"))
                            .isEqualTo("not permitted to SEND at " + destination);
                }
                try (StompPeer program = connected(app)) {
                    program.send("SUBSCRIBE⏎id:1⏎destination:" + destination + "⏎receipt:r⏎⏎␀");
                    assertThat(program.expectError("receipt-id:r").value("message"))
                            .isEqualTo("not permitted to SUBSCRIBE at " + destination);
                }
            }
            ada.expectNothing();
        }
    }

    @Test
    void temporaryQueuesAreThere() {
        try (App app = application().start();
                StompPeer asks = connected(app);
                StompPeer answers = connected(app)) {
            answers.subscribe("/queue/questions");
            asks.subscribe("/temp-queue/answers");
            asks.send("SEND⏎destination:/queue/questions⏎reply-to:/temp-queue/answers⏎⏎who?␀");
            String to = answers.expect("MESSAGE").value("reply-to");
            answers.send("SEND⏎destination:" + to + "⏎⏎me␀");
            assertThat(asks.expect("MESSAGE").text()).isEqualTo("me");
        }
    }

    // ---- users and rules

    @Test
    void usersOfThePropertiesLogInThereAndNobodyElse() {
        try (App app = application()
                        .with("hoofbeat.users[0].name=feed")
                        .with("hoofbeat.users[0].hash="
                                + PasswordHash.of("sesame").text())
                        .start();
                StompPeer ada = browser(app, "ada")) {
            try (StompPeer nobody = program(app).connect()) {
                nobody.send("CONNECT⏎accept-version:1.2⏎host:localhost⏎⏎␀");
                nobody.expectError();
            }
            try (StompPeer wrong = program(app).connect()) {
                wrong.send("CONNECT⏎accept-version:1.2⏎host:localhost⏎login:feed⏎passcode:open⏎⏎␀");
                wrong.expectError();
            }
            ada.subscribe("/topic/news");
            try (StompPeer feed = connected(app, "login:feed", "passcode:sesame")) {
                feed.send("SEND⏎destination:/topic/news⏎⏎x␀");
                assertThat(ada.expect("MESSAGE").text()).isEqualTo("x");
            }
        }
    }

    @Test
    void rulesHoldForBothDoorsAndLeaveUsersTheirOwn() {
        try (App app = application()
                        .with("hoofbeat.users[0].name=feed")
                        .with("hoofbeat.users[0].hash="
                                + PasswordHash.of("sesame").text())
                        .with("hoofbeat.users[0].roles=publisher")
                        .with("hoofbeat.rules[0].allow=send")
                        .with("hoofbeat.rules[0].roles=publisher")
                        .with("hoofbeat.rules[0].destinations=/topic/prices/**,/topic/scratch")
                        .with("hoofbeat.rules[1].allow=subscribe")
                        .with("hoofbeat.rules[1].destinations=/topic/**")
                        .start();
                StompPeer ada = browser(app, "ada");
                StompPeer feed = connected(app, "login:feed", "passcode:sesame")) {
            ada.subscribe("/topic/prices/*");
            feed.send("SEND⏎destination:/topic/prices/a⏎receipt:r⏎⏎7␀");
            feed.expect("RECEIPT", "receipt-id:r");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("7");
            ada.subscribeAs("mine", "/user/queue/mine");
            ada.send("SEND⏎destination:/app/mine⏎⏎hi␀");
            assertThat(ada.expect("MESSAGE", "subscription:mine").text()).isEqualTo("only you: hi");
            feed.send("SEND⏎destination:/topic/news⏎receipt:r⏎⏎x␀");
            assertThat(feed.expectError("receipt-id:r").value("message"))
                    .isEqualTo("not permitted to SEND at /topic/news");
            ada.send("SEND⏎destination:/topic/prices/a⏎receipt:r⏎⏎8␀");
            assertThat(ada.expectError("receipt-id:r").value("message"))
                    .isEqualTo("not permitted to SEND at /topic/prices/a");
        }
    }

    // ---- the end

    @Test
    void whoIsConnectedLearnsThatTheApplicationStops() {
        App app = application().start();
        try (StompPeer program = connected(app)) {
            app.close();
            program.expectError("message:the server is shutting down");
            assertThat(program.readUntilEnd(Duration.ofSeconds(5))).isTrue();
        } finally {
            app.close();
        }
    }
}
