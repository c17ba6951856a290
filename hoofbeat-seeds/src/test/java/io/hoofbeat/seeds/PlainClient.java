/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of WebSocket, without STOMP: the JDK's. */
final class PlainClient implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;

    private PlainClient() {}

    static PlainClient connect(int port, String path) {
        PlainClient client = new PlainClient();
        client.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + path), client)
                .join();
        return client;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            heard.add("“" + text + "”");
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        heard.add("closed by " + code);
        return null;
    }

    void say(String what) {
        socket().sendText(what, true).join();
    }

    /** Closes with that code, and tells what comes of it. */
    String endBy(int code) {
        socket().sendClose(code, "").join();
        return next();
    }

    String next() {
        String next = poll(10_000);
        return next == null ? "nothing" : next;
    }

    /** What it hears within that time; null if that is nothing. */
    @Nullable String poll(int millis) {
        try {
            return heard.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What it hears next that is not that. */
    String nextBut(String known) {
        String next = next();
        while (next.equals(known)) {
            next = next();
        }
        return next;
    }

    private WebSocket socket() {
        if (socket == null) {
            throw new AssertionError("it is not connected");
        }
        return socket;
    }

    @Override
    public void close() {
        socket().abort();
    }
}
