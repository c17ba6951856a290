/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import java.io.IOException;
import java.util.Map;

/** The RabbitMQ that is installed on this machine, as {@code tools/peers/rabbitmq.sh} starts it. */
final class RabbitPeer implements Peer {
    private static final String PORT = "61790";
    private static final String WS_PORT = "15790";

    @Override
    public String name() {
        return "RabbitMQ 3.10.8";
    }

    @Override
    public void start() throws IOException, InterruptedException {
        script("start");
    }

    private static void script(String action) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder("tools/peers/rabbitmq.sh", action, "--port", PORT);
        if (action.equals("start")) {
            script.command().addAll(java.util.List.of("--ws-port", WS_PORT));
        }
        int status = script.inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("rabbitmq.sh " + action + " ended with " + status);
        }
    }

    @Override
    public Map<String, String> properties() {
        return Map.of(
                "tcp", "127.0.0.1:" + PORT,
                "ws", "ws://127.0.0.1:" + WS_PORT + "/stomp",
                "login", "guest",
                "passcode", "guest",
                "host", "/");
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        script("stop");
    }
}
