/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes HTTP on to a server, but keeps connections that ask for an upgrade without an answer, as old proxies do. */
final class SwallowingProxy implements AutoCloseable {
    private static final int MOST = 16 * 1024;

    private final ServerSocket listening;
    private final int server;
    private final AtomicInteger swallowed = new AtomicInteger();
    private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();

    private SwallowingProxy(int server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    static SwallowingProxy before(int server) throws IOException {
        return new SwallowingProxy(server);
    }

    int port() {
        return listening.getLocalPort();
    }

    int swallowed() {
        return swallowed.get();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One of the two sides has closed: that is how each of these threads ends.
                    }
                },
                "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            open.add(client);
            start(() -> pass(client));
        }
    }

    private void pass(Socket client) throws IOException {
        byte[] head = new byte[MOST];
        int length = client.getInputStream().read(head);
        if (length <= 0) {
            return;
        }
        if (new String(head, 0, length, US_ASCII)
                .toLowerCase(java.util.Locale.ROOT)
                .contains("upgrade: websocket")) {
            swallowed.incrementAndGet();
            return;
        }
        Socket onward = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(onward);
        onward.getOutputStream().write(head, 0, length);
        start(() -> copy(onward, client));
        copy(client, onward);
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            byte[] octets = new byte[MOST];
            InputStream in = from.getInputStream();
            for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
                to.getOutputStream().write(octets, 0, length);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Closeable one : open) {
            one.close();
        }
    }
}
