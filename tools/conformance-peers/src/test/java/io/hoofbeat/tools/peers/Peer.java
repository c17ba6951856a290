/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import java.util.Map;

/** A broker that can be started, and how the suite speaks to it. */
interface Peer {

    /** As in the table's head. */
    String name();

    /** Starts it. */
    void start() throws Exception;

    /** What follows {@code hoofbeat.conformance.} in the suite's system properties; empty for our own server. */
    Map<String, String> properties();

    /** Ends it. */
    void stop() throws Exception;

    static Peer of(String name) {
        return switch (name) {
            case "hoofbeat" -> new OwnPeer();
            case "rabbitmq" -> new RabbitPeer();
            case "artemis" -> new ArtemisPeer();
            case "classic" -> new ClassicPeer();
            default -> throw new IllegalArgumentException("hoofbeat, rabbitmq, artemis or classic, not " + name);
        };
    }

    /** Our own server, which the suite starts by itself. */
    final class OwnPeer implements Peer {
        @Override
        public String name() {
            return "Hoofbeat";
        }

        @Override
        public void start() {}

        @Override
        public Map<String, String> properties() {
            return Map.of();
        }

        @Override
        public void stop() {}
    }
}
