/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.peer;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.stomp.Destination;
import io.vertx.ext.stomp.StompServer;
import io.vertx.ext.stomp.StompServerHandler;
import io.vertx.ext.stomp.StompServerOptions;

/** vertx-stomp; what begins with {@code /queue/} is a queue. */
final class VertxPeer {
    private VertxPeer() {}

    /** Arguments: the TCP port and the WebSocket port, path /stomp. */
    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        StompServerOptions options = new StompServerOptions()
                .setHost("127.0.0.1")
                .setPort(Integer.parseInt(arguments[0]))
                .setWebsocketBridge(true)
                .setWebsocketPath("/stomp");
        StompServerHandler handler = StompServerHandler.create(vertx)
                .destinationFactory((owner, name) ->
                        name.startsWith("/queue/") ? Destination.queue(owner, name) : Destination.topic(owner, name));
        StompServer server = StompServer.create(vertx, options).handler(handler);
        server.listen()
                .compose(listening -> vertx.createHttpServer(new HttpServerOptions()
                                .setHost("127.0.0.1")
                                .setWebSocketSubProtocols(java.util.List.of("v10.stomp", "v11.stomp", "v12.stomp")))
                        .webSocketHandshakeHandler(server.webSocketHandshakeHandler())
                        .webSocketHandler(server.webSocketHandler())
                        .listen(Integer.parseInt(arguments[1])))
                .onFailure(failure -> {
                    throw new IllegalStateException(failure);
                });
    }
}
