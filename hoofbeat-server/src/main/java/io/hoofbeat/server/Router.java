/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.TreeMap;

/** Which route serves which path of an HTTP listener. Immutable once the listener is there. */
final class Router {

    /** What answers requests at a path, or below it. */
    interface Route {
        /** Answers, now or later, or takes the connection over. A body has not been read. Event loop. */
        void serve(HttpExchange exchange);
    }

    private static final Route NOTHING =
            exchange -> exchange.answer(Answer.of(HttpResponseStatus.NOT_FOUND, "nothing here"));

    private final Map<String, Route> exact = new TreeMap<>();

    /** By the path without a slash at the end. */
    private final Map<String, Route> below = new TreeMap<>();

    /** What is served at that very path. */
    Router at(String path, Route route) {
        put(exact, path, route);
        return this;
    }

    /** What is served at that path and at all below it for which there is nothing better. */
    Router below(String path, Route route) {
        put(below, withoutSlash(path), route);
        return this;
    }

    private static void put(Map<String, Route> routes, String path, Route route) {
        if (routes.put(path, route) != null) {
            throw new IllegalArgumentException("two things are to be served at " + path);
        }
    }

    static String withoutSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    Route route(String path) {
        Route found = exact.get(path);
        if (found != null) {
            return found;
        }
        for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            found = below.get(path.substring(0, end));
            if (found != null) {
                return found;
            }
        }
        return NOTHING;
    }
}
