/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Plays the server: what comes from the client is compared octet by octet, what goes to it is written as it stands. */
final class ScriptedServer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final ServerSocket listener;
    private @Nullable Socket socket;

    ScriptedServer() throws IOException {
        listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(PATIENCE_MILLIS);
    }

    String url() {
        return "tcp://127.0.0.1:" + listener.getLocalPort();
    }

    /** Begins to connect a client with these options; {@link #connected} or {@link #expectFrame} plays the other side. */
    CompletableFuture<StompClient> dial(ClientOptions options) throws IOException {
        CompletableFuture<StompClient> client = StompClient.connectAsync(options);
        socket = listener.accept();
        socket.setSoTimeout(PATIENCE_MILLIS);
        return client;
    }

    /** A client that was accepted in that version, without heart-beats. */
    StompClient connected(String version) throws IOException {
        return connected(ClientOptions.builder(url()), "version:" + version + "\n");
    }

    StompClient connected(ClientOptions.Builder options, String headers) throws IOException {
        CompletableFuture<StompClient> client = dial(options.build());
        assertThat(expectFrame()).startsWith("CONNECT\n");
        send("CONNECTED\n" + headers + "\n\0");
        return client.join();
    }

    /** The next frame without its NUL; heart-beats before it are part of it. A body must not have a NUL. */
    String expectFrame() throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (int octet = in().read(); octet != 0; octet = in().read()) {
            if (octet < 0) {
                throw new IOException("the client closed after " + octets.toString(UTF_8));
            }
            octets.write(octet);
        }
        return octets.toString(UTF_8);
    }

    void expect(String text) throws IOException {
        byte[] expected = text.getBytes(UTF_8);
        String got = new String(in().readNBytes(expected.length), UTF_8);
        assertThat(got).isEqualTo(text);
    }

    /** That nothing comes for a while. */
    void expectSilence(int millis) throws IOException {
        socket().setSoTimeout(millis);
        try {
            int octet = in().read();
            throw new AssertionError(octet < 0 ? "closed" : "there came " + (char) octet);
        } catch (SocketTimeoutException e) {
            socket().setSoTimeout(PATIENCE_MILLIS);
        }
    }

    /** Reads nothing for a while. */
    void stopReadingFor(int millis) throws IOException {
        try {
            new java.util.concurrent.CountDownLatch(1).await(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** That the client closes, and sends nothing before. */
    void expectEnd() throws IOException {
        assertThat(in().read()).isEqualTo(-1);
    }

    int read() throws IOException {
        return in().read();
    }

    void send(String text) throws IOException {
        OutputStream out = socket().getOutputStream();
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    void hangUp() throws IOException {
        socket().close();
    }

    private InputStream in() throws IOException {
        return socket().getInputStream();
    }

    private Socket socket() {
        if (socket == null) {
            throw new IllegalStateException("nobody has connected");
        }
        return socket;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (socket != null) {
            socket.close();
        }
    }
}
