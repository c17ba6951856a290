/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.reliability.Inbox.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** A client that sends what it is told, right or wrong, and reads only when it is asked to. One thread, or one for each direction. */
final class Peer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final Inbox inbox = new Inbox();
    private final byte[] buffer = new byte[64 * 1024];

    private Peer(Socket socket) {
        this.socket = socket;
    }

    static Peer connect(int port) throws IOException {
        return connect("127.0.0.1", port, 0);
    }

    /**
     * Connects.
     *
     * @param from the address to come from
     * @param receiveBuffer octets the kernel takes while nobody reads; 0: what is usual
     */
    static Peer connect(String from, int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new Peer(socket);
    }

    /** The same with CONNECT and CONNECTED. */
    static Peer open(int port, String... headers) throws IOException {
        return connect(port).login(headers);
    }

    /** CONNECT in version 1.2 unless the headers say something else, and CONNECTED. */
    Peer login(String... headers) throws IOException {
        send(connectFrame(headers));
        expect("CONNECTED");
        return this;
    }

    static String connectFrame(String... headers) {
        StringBuilder frame = new StringBuilder("CONNECT\n");
        for (String header : headers) {
            frame.append(header).append('\n');
        }
        return frame.append("accept-version:1.2\nhost:h\n\n\0").toString();
    }

    Peer send(String octets) throws IOException {
        return send(octets.getBytes(ISO_8859_1));
    }

    Peer send(byte[] octets) throws IOException {
        socket.getOutputStream().write(octets);
        return this;
    }

    /** Sends the same again and again until the server has enough of it. @return how many octets it took */
    long sendUntilClosed(String octets, long most) {
        byte[] piece = octets.getBytes(ISO_8859_1);
        long sent = 0;
        try {
            while (sent < most) {
                send(piece);
                sent += piece.length;
            }
        } catch (IOException closed) {
            return sent;
        }
        return sent;
    }

    /** What is left of it is the server's: FIN, and the other direction stays open. */
    Peer endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** The next frame; null at the end, or at a reset. */
    Reply next() throws IOException {
        Reply reply = inbox.next();
        while (reply == null) {
            int count;
            try {
                count = socket.getInputStream().read(buffer);
            } catch (SocketTimeoutException e) {
                throw new AssertionError("nothing came for " + TIMEOUT_MILLIS + " ms", e);
            } catch (IOException reset) {
                return null;
            }
            if (count < 0) {
                return null;
            }
            inbox.add(ByteBuffer.wrap(buffer, 0, count));
            reply = inbox.next();
        }
        return reply;
    }

    Reply expect(String command) throws IOException {
        Reply reply = next();
        assertThat(reply).as("instead of %s", command).isNotNull();
        assertThat(reply.command()).as("%s", reply).isEqualTo(command);
        return reply;
    }

    /** Everything to the end; the last of it if there is an ERROR, null else. */
    Reply readToError() throws IOException {
        Reply last = null;
        for (Reply reply = next(); reply != null; reply = next()) {
            last = reply;
        }
        return last != null && last.is("ERROR") ? last : null;
    }

    /** An ERROR comes, whatever comes before it, and then the end. */
    Reply expectError() throws IOException {
        Reply error = readToError();
        assertThat(error).as("ERROR, then the end").isNotNull();
        return error;
    }

    /** All that was sent so far has been handled. */
    Peer sync() throws IOException {
        send("SEND\ndestination:/topic/nobody\nreceipt:sync\n\n\0");
        awaitReceipt("sync");
        return this;
    }

    void awaitReceipt(String id) throws IOException {
        Reply reply = next();
        while (reply != null && !(reply.is("RECEIPT") && id.equals(reply.header("receipt-id")))) {
            assertThat(reply.command()).as("%s", reply).isNotEqualTo("ERROR");
            reply = next();
        }
        assertThat(reply).as("RECEIPT of %s", id).isNotNull();
    }

    Peer subscribe(String id, String destination, String... headers) throws IOException {
        StringBuilder frame = new StringBuilder("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\n");
        for (String header : headers) {
            frame.append(header).append('\n');
        }
        send(frame.append("receipt:sub-").append(id).append("\n\n\0").toString());
        awaitReceipt("sub-" + id);
        return this;
    }

    /** Does something for each of so many peers, one after the other. */
    static void each(int count, int port, Attack attack) throws IOException {
        for (int i = 0; i < count; i++) {
            try (Peer peer = connect(port)) {
                attack.on(peer);
            }
        }
    }

    interface Attack {
        void on(Peer peer) throws IOException;
    }

    static String frames(int count, Function<Integer, String> frame) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(frame.apply(i));
        }
        return all.toString();
    }

    /** Goes without a word, whoever is just sending or reading. */
    void drop() {
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone then.
        }
    }
}
