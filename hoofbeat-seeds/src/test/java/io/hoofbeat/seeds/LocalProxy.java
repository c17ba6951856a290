/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A proxy for HTTP, and for WebSocket by CONNECT, that leads to one server, whatever address is asked for: a listing that says
 * {@code localhost:8080} comes to a server on a port that was free.
 */
final class LocalProxy implements AutoCloseable {
    private static final int LONGEST_HEAD = 16 * 1024;

    private final ServerSocket listening;
    private final int server;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    private LocalProxy(int server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static LocalProxy to(int server) throws IOException {
        LocalProxy proxy = new LocalProxy(server);
        proxy.background(proxy::accept);
        return proxy;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Copies octets; its end, or a closed socket, is the end. */
    private interface Work {
        void run() throws IOException;
    }

    private void background(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of the two sides has closed: that is how each of these threads ends.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket client = listening.accept();
            open.add(client);
            background(() -> connect(client));
        }
    }

    private void connect(Socket client) throws IOException {
        byte[] head = head(client.getInputStream());
        Socket onward = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(onward);
        if (new String(head, US_ASCII).startsWith("CONNECT ")) {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
        } else {
            onward.getOutputStream().write(head); // a server takes the whole address in the first line as well
        }
        background(() -> pump(onward, client));
        pump(client, onward);
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(US_ASCII).endsWith("\r\n\r\n") && head.size() < LONGEST_HEAD) {
            int octet = in.read();
            if (octet < 0) {
                break;
            }
            head.write(octet);
        }
        return head.toByteArray();
    }

    private static void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
