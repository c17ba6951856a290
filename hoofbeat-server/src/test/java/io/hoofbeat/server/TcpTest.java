/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** STOMP on TCP as it is. */
class TcpTest {
    private StompServer server;

    @BeforeEach
    void start() {
        server = StompServer.builder().tcp(0).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawPeer peer() throws Exception {
        return new RawPeer(server.port("tcp"));
    }

    @Test
    void messageReachesTheSubscriber() throws Exception {
        try (RawPeer subscriber = peer();
                RawPeer sender = peer()) {
            assertThat(subscriber.connect()).startsWith("CONNECTED\n").contains("\nversion:1.2\n");
            subscriber.write("SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:r\n\n^@");
            assertThat(subscriber.frame()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
            sender.connect();
            sender.write("SEND\ndestination:/topic/a\n\nhello^@");
            assertThat(subscriber.frame()).startsWith("MESSAGE\n").endsWith("\n\nhello");
        }
    }

    @Test
    void largeMessageReachesTheSubscriber() throws Exception {
        String body = "0123456789abcdef".repeat(256 * 1024);
        try (RawPeer subscriber = peer();
                RawPeer sender = peer()) {
            subscriber.connect();
            subscriber.write("SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:r\n\n^@");
            subscriber.frame();
            sender.connect();
            sender.write("SEND\ndestination:/topic/a\n\n" + body + "^@SEND\ndestination:/topic/a\n\nsmall^@");
            String first = subscriber.frame();
            assertThat(first.substring(first.indexOf("\n\n") + 2).equals(body)).isTrue();
            assertThat(subscriber.frame()).endsWith("\n\nsmall");
        }
    }
}
