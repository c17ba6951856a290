/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A SockJS session over XHR, as a browser would hold it: one connection that receives, and one that sends when there is
 * something to send.
 */
final class SockJsLink extends Link {
    private static final byte[] NOTHING = {};
    private static final int MOST_REST = 1 << 20;

    private final Loop loop;
    private final Events events;
    private final HttpLine receiving;
    private final HttpLine sending;
    private final String session;
    private boolean open;
    private boolean closed;
    private boolean underWay;
    private final StringBuilder waiting = new StringBuilder();
    /** A line that has not come whole. */
    private byte[] lineRest = NOTHING;
    /** Octets of a STOMP frame that has not come whole. */
    private byte[] stompRest = NOTHING;

    private long lastReadNanos;

    SockJsLink(int index, Loop loop, Target target, Events events) {
        super(index, target);
        this.loop = loop;
        this.events = events;
        session = target.path() + "/000/"
                + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        receiving = new HttpLine(loop, target.address(), new Receiver());
        sending = new HttpLine(loop, target.address(), new Sender());
    }

    @Override
    void connect() {
        receive();
    }

    private void receive() {
        receiving.post(
                session + (target.transport() == Target.Transport.XHR_POLLING ? "/xhr" : "/xhr_streaming"), NOTHING);
    }

    @Override
    boolean isOpen() {
        return open && !closed;
    }

    @Override
    long lastReadNanos() {
        return lastReadNanos;
    }

    @Override
    void send(byte[] frame, int length) {
        waiting.append(waiting.isEmpty() ? '[' : ',');
        quote(new String(frame, 0, length, UTF_8), waiting);
        sendWaiting();
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '"', '\\' -> out.append('\\').append(c);
                case 0 -> out.append("\\u0000");
                default -> out.append(c);
            }
        }
        out.append('"');
    }

    private void sendWaiting() {
        if (!underWay && !waiting.isEmpty() && !closed) {
            underWay = true;
            sending.post(session + "/xhr_send", waiting.append(']').toString().getBytes(UTF_8));
            waiting.setLength(0);
            waiting.trimToSize();
        }
    }

    @Override
    void idle() {}

    /** Where frames come from. */
    private final class Receiver implements HttpLine.Asker {
        @Override
        public void body(byte[] octets, int from, int to) {
            lastReadNanos = loop.readAt();
            byte[] all = octets;
            int at = from;
            int end = to;
            if (lineRest.length > 0) {
                all = Arrays.copyOf(lineRest, lineRest.length + to - from);
                System.arraycopy(octets, from, all, lineRest.length, to - from);
                at = 0;
                end = all.length;
            }
            for (int i = at; i < end; i++) {
                if (all[i] == '\n') {
                    line(new String(all, at, i - at, UTF_8));
                    at = i + 1;
                }
            }
            lineRest = at == end ? NOTHING : Arrays.copyOfRange(all, at, end);
            if (lineRest.length > MOST_REST) {
                end("a line of more than " + MOST_REST + " octets");
            }
        }

        @Override
        public void answered(int status) {
            if (status != 200) {
                end("answer " + status);
            } else if (!closed) {
                receive();
            }
        }

        @Override
        public void closed(String why) {
            end(why);
        }
    }

    private void line(String line) {
        if (line.equals("o")) {
            open = true;
            events.opened(this);
        } else if (line.startsWith("a[")) {
            byte[] octets = text(line);
            byte[] all = Arrays.copyOf(stompRest, stompRest.length + octets.length);
            System.arraycopy(octets, 0, all, stompRest.length, octets.length);
            int used = loop.scanner().scan(all, 0, all.length, this, events);
            stompRest = used == all.length ? NOTHING : Arrays.copyOfRange(all, used, all.length);
        } else if (line.startsWith("c[")) {
            end("closed by the server: " + line);
        }
    }

    /** The strings of the array, one behind the other. */
    private static byte[] text(String line) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (int i = 2; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                inside = !inside;
            } else if (c == '\\') {
                i++;
                switch (line.charAt(i)) {
                    case 'n' -> text.append('\n');
                    case 'r' -> text.append('\r');
                    case 't' -> text.append('\t');
                    case 'b' -> text.append('\b');
                    case 'f' -> text.append('\f');
                    case 'u' -> {
                        text.append((char) Integer.parseInt(line.substring(i + 1, i + 5), 16));
                        i += 4;
                    }
                    default -> text.append(line.charAt(i));
                }
            } else if (inside) {
                text.append(c);
            }
        }
        return text.toString().getBytes(UTF_8);
    }

    /** Where frames go. */
    private final class Sender implements HttpLine.Asker {
        private final ByteArrayOutputStream why = new ByteArrayOutputStream();

        @Override
        public void body(byte[] octets, int from, int to) {
            why.write(octets, from, to - from);
        }

        @Override
        public void answered(int status) {
            underWay = false;
            if (status == 204) {
                sendWaiting();
            } else {
                end("answer " + status + " to xhr_send: " + why.toString(UTF_8));
            }
        }

        @Override
        public void closed(String why) {
            if (underWay) {
                end("while sending: " + why);
            }
        }
    }

    private void end(String why) {
        if (!closed) {
            close();
            events.closed(this, why);
        }
    }

    @Override
    public void close() {
        closed = true;
        receiving.close();
        sending.close();
    }
}
