/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Pages of another origin: the JDK's own server, which sets no rules for them. */
final class PageServer implements AutoCloseable {
    private final HttpServer server;
    private final String directory;

    private PageServer(String directory) throws IOException {
        this.directory = directory;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
    }

    static PageServer start(String directory) throws IOException {
        PageServer pages = new PageServer(directory);
        pages.server.start();
        return pages;
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange;
                InputStream in = PageServer.class.getClassLoader().getResourceAsStream(directory + path)) {
            if (in == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().add("Content-Type", path.endsWith(".js") ? "text/javascript" : "text/html");
            exchange.sendResponseHeaders(200, 0);
            in.transferTo(exchange.getResponseBody());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
