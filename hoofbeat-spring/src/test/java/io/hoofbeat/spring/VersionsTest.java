/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each session is read and written in the version that it speaks, where Spring has one codec for all. */
class VersionsTest {
    private static App app;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class).with("hoofbeat.queues=/queue/**").start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void headersAreWrittenAsEachVersionHasThem() {
        try (StompPeer old = app.connected("1.0");
                StompPeer middle = app.connected("1.1");
                StompPeer today = app.connected("1.2")) {
            for (StompPeer each : new StompPeer[] {old, middle, today}) {
                each.subscribe("/topic/h");
            }
            today.send("SEND⏎destination:/topic/h⏎h:a\\cb\\nc\\rd\\\\e⏎⏎␀");
            assertThat(today.expect("MESSAGE").value("h")).isEqualTo("a\\cb\\nc\\rd\\\\e");
            assertThat(middle.expect("MESSAGE").value("h"))
                    .startsWith("a\\cb\\nc")
                    .endsWith("d\\\\e");
            assertThat(old.expect("MESSAGE").value("h")).isEqualTo("a:b c d\\e");
            old.send("SEND⏎destination:/topic/h⏎h:a:b\\n⏎⏎␀");
            assertThat(today.expect("MESSAGE").value("h")).isEqualTo("a\\cb\\\\n");
        }
    }

    @Test
    void acknowledgementsAreThoseOfEachVersion() {
        for (String version : new String[] {"1.0", "1.1", "1.2"}) {
            try (StompPeer peer = app.connected(version)) {
                peer.subscribe("/queue/" + version, "ack:client");
                peer.send("SEND⏎destination:/queue/" + version + "⏎⏎job␀");
                PeerFrame job = peer.expect("MESSAGE");
                assertThat(job.has("ack")).isEqualTo(version.equals("1.2"));
                String id = version.equals("1.2")
                        ? "id:" + job.value("ack")
                        : "message-id:" + job.value("message-id") + (version.equals("1.1") ? "⏎subscription:s1" : "");
                peer.confirmed("ACK⏎" + id + "⏎", "");
                assertThat(app.context()
                                .getBean(Hoofbeat.class)
                                .broker()
                                .inventory()
                                .queuedMessages())
                        .isZero();
            }
        }
    }

    @Test
    void octetsThatAreNoTextComeAsTheyAre() {
        byte[] body = {1, 0, (byte) 0xff, 'x'};
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/octets");
            app.context()
                    .getBean(Hoofbeat.class)
                    .broker()
                    .publish("/topic/octets", io.hoofbeat.protocol.Headers.EMPTY, body);
            PeerFrame frame = peer.expect("MESSAGE");
            assertThat(frame.body()).isEqualTo(body);
            assertThat(frame.binary()).isTrue();
            assertThat(frame.has("content-type")).isFalse();
        }
    }
}
