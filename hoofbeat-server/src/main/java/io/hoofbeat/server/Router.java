/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Which route serves which path of an HTTP listener. Immutable. */
final class Router {

    /** What answers requests at a path. */
    interface Route {
        /** Answers, or takes the connection over. Event loop. */
        void serve(HttpEntrance entrance, ChannelHandlerContext context, HttpRequest request);
    }

    private static final Route NOTHING =
            (entrance, context, request) -> entrance.answer(context, HttpResponseStatus.NOT_FOUND, "nothing here");

    private final Map<String, Route> exact;

    Router(Map<String, Route> exact) {
        this.exact = Map.copyOf(exact);
    }

    Route route(HttpRequest request) {
        return exact.getOrDefault(path(request.uri()), NOTHING);
    }

    /** Without the query, and without scheme and host, which proxies' clients may send. */
    static String path(String uri) {
        int start = 0;
        if (!uri.startsWith("/")) {
            int host = uri.indexOf("://");
            start = host < 0 ? 0 : Math.max(0, uri.indexOf('/', host + 3));
        }
        int query = uri.indexOf('?', start);
        return uri.substring(start, query < 0 ? uri.length() : query);
    }
}
