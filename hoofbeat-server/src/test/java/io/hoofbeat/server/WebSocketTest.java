/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** STOMP in WebSocket. */
class WebSocketTest {
    private StompServer server;

    @BeforeEach
    void start() {
        server = StompServer.builder().webSocket(0, "/stomp").start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void messageReachesTheSubscriber() throws Exception {
        try (WebSocketPeer peer = WebSocketPeer.open(server.port("ws"))) {
            assertThat(peer.connect()).startsWith("CONNECTED\n");
            peer.send("SUBSCRIBE\nid:1\ndestination:/topic/a\n\n^@");
            peer.send("SEND\ndestination:/topic/a\n\nhello^@");
            assertThat(peer.frame()).startsWith("MESSAGE\n").endsWith("\n\nhello");
            peer.send("DISCONNECT\nreceipt:r\n\n^@");
            assertThat(peer.frame()).startsWith("RECEIPT\nreceipt-id:r\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1000);
        }
    }
}
