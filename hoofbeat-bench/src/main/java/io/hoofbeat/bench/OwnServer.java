/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.Transport;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Our server with its defaults, in a process of its own, for the tool to drive. */
final class OwnServer {
    private OwnServer() {}

    /** Arguments: the TCP port, the WebSocket port (path /stomp), and how sockets are waited for, {@code auto} by default. */
    public static void main(String[] arguments) throws InterruptedException {
        Transport transport = Transport.valueOf(arguments.length > 2 ? arguments[2].toUpperCase(Locale.ROOT) : "AUTO");
        StompServer server = StompServer.builder()
                .transport(transport)
                .tcp(Integer.parseInt(arguments[0]))
                .webSocket(Integer.parseInt(arguments[1]), "/stomp")
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
        new CountDownLatch(1).await();
    }
}
