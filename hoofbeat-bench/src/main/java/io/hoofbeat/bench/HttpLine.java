/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 connection that is kept: one POST after the other, each answered before the next. Used by the loop's thread. */
final class HttpLine implements Loop.Ready {

    /** Who asks. */
    interface Asker {

        /** A part of an answer's body: the octets from one place to another, only for the time of the call. */
        void body(byte[] octets, int from, int to);

        /** The answer is complete. */
        void answered(int status);

        /** The connection is over. */
        void closed(String why);
    }

    private enum State {
        HEAD,
        /** Of a body whose length is known, or of a chunk. */
        OCTETS,
        CHUNK_SIZE,
        /** Behind a chunk, or behind the last one. */
        CHUNK_END,
    }

    private static final byte[] NOTHING = {};

    private final Loop loop;
    private final InetSocketAddress address;
    private final Asker asker;
    private @Nullable SocketChannel channel; // null until something is asked, and behind the end
    private @Nullable SelectionKey key;
    private byte[] out = NOTHING;
    private int written;
    private byte[] rest = NOTHING;
    private State state = State.HEAD;
    private int status;
    private boolean chunked;
    private boolean last;
    private boolean ends;
    private long left;

    HttpLine(Loop loop, InetSocketAddress address, Asker asker) {
        this.loop = loop;
        this.address = address;
        this.asker = asker;
    }

    /** Asks; connects first if there is no connection. */
    void post(String path, byte[] body) {
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + address.getHostString() + ":" + address.getPort()
                        + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(US_ASCII);
        out = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, out, head.length, body.length);
        written = 0;
        try {
            if (channel == null) {
                open();
            } else {
                loop.dirty(this);
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private void open() throws IOException {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = opened.register(loop.selector(), SelectionKey.OP_CONNECT, this);
        if (opened.connect(address)) {
            loop.dirty(this);
        }
    }

    @Override
    public void flush() {
        if (channel == null || !channel.isConnected()) {
            return;
        }
        try {
            written += channel.write(ByteBuffer.wrap(out, written, out.length - written));
            boolean whole = written == out.length;
            if (whole) {
                out = NOTHING;
                written = 0;
            }
            if (key != null && key.isValid()) {
                key.interestOps(whole ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        } catch (IOException e) {
            end("write: " + e.getMessage());
        }
    }

    @Override
    public void ready() {
        try {
            if (channel != null && key != null && key.isValid() && key.isConnectable() && channel.finishConnect()) {
                flush();
            }
            if (key != null && key.isValid() && key.isWritable()) {
                flush();
            }
            if (key != null && key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private void read() throws IOException {
        Inbound inbound = loop.inbound();
        SocketChannel from = channel;
        int end = from == null ? -1 : inbound.read(from, rest);
        if (end < 0) {
            end("closed by the server");
            return;
        }
        byte[] octets = inbound.octets();
        int at = 0;
        while (at < end && channel != null) {
            int next = step(octets, at, end);
            if (next < 0) {
                break;
            }
            at = next;
        }
        rest = at == end || channel == null ? NOTHING : Arrays.copyOfRange(octets, at, end);
    }

    /** Where to go on; negative if more has to come first. */
    private int step(byte[] octets, int at, int end) {
        switch (state) {
            case HEAD -> {
                int blank = find(octets, at, end, "\r\n\r\n");
                if (blank >= 0) {
                    head(new String(octets, at, blank - at, US_ASCII).toLowerCase(Locale.ROOT));
                    return blank + 4;
                }
            }
            case OCTETS -> {
                int to = (int) Math.min(end, at + left);
                left -= to - at;
                boolean whole = left == 0;
                asker.body(octets, at, to);
                if (whole && chunked) {
                    state = State.CHUNK_END;
                } else if (whole) {
                    answered();
                }
                return to;
            }
            case CHUNK_SIZE -> {
                int line = find(octets, at, end, "\r\n");
                if (line >= 0) {
                    left = Long.parseLong(new String(octets, at, line - at, US_ASCII).trim(), 16);
                    last = left == 0;
                    state = last ? State.CHUNK_END : State.OCTETS;
                    return line + 2;
                }
            }
            case CHUNK_END -> {
                int line = find(octets, at, end, "\r\n");
                if (line >= 0) {
                    state = State.CHUNK_SIZE;
                    if (last) {
                        answered();
                    }
                    return line + 2;
                }
            }
        }
        return -1;
    }

    private void head(String head) {
        status = Integer.parseInt(head.substring(9, 12));
        chunked = head.contains("\r\ntransfer-encoding: chunked");
        ends = head.contains("\r\nconnection: close");
        int length = head.indexOf("\r\ncontent-length: ");
        left = length < 0
                ? 0
                : Long.parseLong(head.substring(length + 18).lines().findFirst().orElse("0"));
        if (chunked) {
            state = State.CHUNK_SIZE;
        } else if (left > 0) {
            state = State.OCTETS;
        } else {
            answered();
        }
    }

    private void answered() {
        state = State.HEAD;
        if (ends) {
            close();
        }
        asker.answered(status);
    }

    private static int find(byte[] octets, int from, int to, String what) {
        outer:
        for (int at = from; at <= to - what.length(); at++) {
            for (int i = 0; i < what.length(); i++) {
                if (octets[at + i] != what.charAt(i)) {
                    continue outer;
                }
            }
            return at;
        }
        return -1;
    }

    private void end(String why) {
        close();
        asker.closed(why);
    }

    @Override
    public void close() {
        if (key != null) {
            key.cancel();
        }
        SocketChannel closing = channel;
        channel = null;
        state = State.HEAD;
        rest = NOTHING;
        try {
            if (closing != null) {
                closing.close();
            }
        } catch (IOException e) {
            loop.note("close: " + e.getMessage());
        }
    }
}
