/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A receipt tells that the frame was handled, whoever handled it, and an ERROR with its id that it could not be. */
class ReceiptsTest {
    private static App app;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class).start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void messageReachesATopic() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/a");
            peer.send("SEND⏎destination:/topic/a⏎receipt:r1⏎transactionless:yes⏎⏎hello␀");
            peer.take(f -> f.command().equals("RECEIPT"), "RECEIPT");
            assertThat(peer.expect("MESSAGE", "destination:/topic/a", "subscription:s1")
                            .text())
                    .isEqualTo("hello");
        }
    }
}
