/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sessions with the server that are logged in at once, and what they share: how they log in, and what went wrong. */
final class Clients implements Link.Events {

    /** Takes what arrives on open sessions. */
    interface Receiver {
        void message(Link link, FrameScanner frame);

        void receipt(Link link, FrameScanner frame);
    }

    private static final int MOST_FAULTS = 5;

    private final Loop loop;
    private final Target target;
    private final Receiver receiver;
    private final String connect;
    private final List<Link> links = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private int connected;
    private int closed;
    private boolean closing;
    private long lastConnectedNanos;
    private String serverHeartBeat = "";

    Clients(Loop loop, Target target, String heartBeat, Receiver receiver) {
        this.loop = loop;
        this.target = target;
        this.receiver = receiver;
        Target.Login login = target.login();
        String credentials =
                login.user().isEmpty() ? "" : "login:" + login.user() + "\npasscode:" + login.password() + "\n";
        connect = "CONNECT\naccept-version:1.2\nhost:" + login.host() + "\n" + credentials + "heart-beat:" + heartBeat
                + "\n\n\0";
    }

    /** Begins to connect; the links are numbered on. */
    void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            links.add(loop.connect(links.size(), target, this));
        }
    }

    /** Connects and waits until all are logged in. */
    void connectAll(int count, long limitNanos) throws IOException {
        connect(count);
        if (!loop.until(() -> connected + closed >= links.size(), System.nanoTime() + limitNanos) || closed > 0) {
            throw new IOException("only " + connected + " of " + links.size() + " connected; " + faults);
        }
    }

    List<Link> links() {
        return links;
    }

    int connected() {
        return connected;
    }

    int closed() {
        return closed;
    }

    long lastConnectedNanos() {
        return lastConnectedNanos;
    }

    /** As the last CONNECTED had it. */
    String serverHeartBeat() {
        return serverHeartBeat;
    }

    /** What went wrong, the first few of it. */
    List<String> faults() {
        return faults;
    }

    void fault(String text) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(text);
        }
    }

    @Override
    public void opened(Link link) {
        link.send(connect);
    }

    @Override
    public void frame(Link link, FrameScanner frame) {
        switch (frame.command()) {
            case 'M' -> receiver.message(link, frame);
            case 'R' -> receiver.receipt(link, frame);
            case 'C' -> {
                connected++;
                lastConnectedNanos = System.nanoTime();
                String beat = frame.header("heart-beat");
                serverHeartBeat = beat == null ? "" : beat;
            }
            default -> fault(frame.describe());
        }
    }

    @Override
    public void closed(Link link, String why) {
        if (!closing) {
            closed++;
            fault("connection " + link.index + ": " + why);
        }
    }

    /** From here on it is no fault when a connection ends. */
    void expectClose() {
        closing = true;
    }

    void disconnect() {
        expectClose();
        links.stream().filter(Link::isOpen).forEach(link -> link.send("DISCONNECT\n\n\0"));
    }
}
