/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import java.util.Map;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** Apache Artemis in this JVM, without persistence; one acceptor speaks STOMP and STOMP in WebSocket. */
final class ArtemisPeer implements Peer {
    private static final int PORT = 61791;

    private final EmbeddedActiveMQ server = new EmbeddedActiveMQ();

    @Override
    public String name() {
        return "Artemis 2.55.0";
    }

    @Override
    public void start() throws Exception {
        server.setConfiguration(new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration(
                        "stomp",
                        "tcp://127.0.0.1:" + PORT + "?protocols=STOMP;anycastPrefix=/queue/;multicastPrefix=/topic/"));
        server.start();
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("tcp", "127.0.0.1:" + PORT, "ws", "ws://127.0.0.1:" + PORT + "/stomp");
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
