/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run with connections that are only there: all connect at once, each subscribes once, heart-beats go both ways; after a while
 * none may be lost, and a message must reach them all.
 */
final class HoldRun implements Clients.Receiver {
    private static final int HEART_BEAT_MILLIS = 10_000;
    private static final int BODY = 64;

    /** So many connect before anything is counted: classes and compiled code are no connection's memory. */
    private static final int PRELUDE = 200;

    private final Scenario scenario;
    private final Settings settings;
    private final Loop loop;
    private final Progress progress;
    private final Clients clients;
    private final Heartbeats heartbeats =
            new Heartbeats(HEART_BEAT_MILLIS * 900_000L, 2 * HEART_BEAT_MILLIS * 1_000_000L);
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final String topic;
    private int receipts;
    private int delivered;
    private boolean ownBeatsWanted;

    HoldRun(Scenario scenario, Settings settings, Loop loop, Progress progress) {
        this.scenario = scenario;
        this.settings = settings;
        this.loop = loop;
        this.progress = progress;
        clients = new Clients(loop, settings.target(), HEART_BEAT_MILLIS + "," + HEART_BEAT_MILLIS, this);
        topic = settings.target().topicPrefix() + "hold" + Long.toString(System.nanoTime(), 36);
    }

    @Override
    public void message(Link link, FrameScanner frame) {
        delivered++;
    }

    @Override
    public void receipt(Link link, FrameScanner frame) {
        subscribed(link);
    }

    private void subscribed(Link link) {
        receipts++;
        link.idle();
        heartbeats.add(link);
    }

    Result run() throws IOException {
        prelude();
        ServerProcess server = settings.server();
        long heapBefore = server == null ? 0 : server.heapBytes();
        long residentBefore = server == null ? 0 : server.residentBytes();
        long cpuBefore = server == null ? 0 : server.cpu().total();
        connect();
        subscribe();
        if (server != null) {
            double spent = server.cpu().total() - cpuBefore;
            figures.put("connect-server-micros-per-connection", spent / scenario.subscribers());
        }
        settle();
        hold();
        broadcast();
        if (server != null) {
            double count = scenario.subscribers();
            long resident = server.residentBytes();
            figures.put("server-resident-bytes", (double) resident);
            figures.put("resident-bytes-per-connection", (resident - residentBefore) / count);
            long heap = server.heapBytes();
            if (heap >= 0) {
                figures.put("server-heap-bytes", (double) heap);
                figures.put("heap-bytes-per-connection", (heap - heapBefore) / count);
            }
        }
        clients.disconnect();
        faults.addAll(0, clients.faults());
        return new Result(scenario, settings.target().transport().toString(), figures, faults);
    }

    private void prelude() throws IOException {
        progress.show(() -> scenario.title() + ": a few before");
        try (Loop other = new Loop(progress)) {
            Clients few = new Clients(other, settings.target(), HEART_BEAT_MILLIS + "," + HEART_BEAT_MILLIS, this);
            few.connectAll(PRELUDE, Settings.LIMIT_NANOS);
            few.links().forEach(this::subscribe);
            other.until(() -> false, System.nanoTime() + 2 * Settings.SECOND);
            few.disconnect();
            other.until(() -> false, System.nanoTime() + Settings.SECOND);
        }
        receipts = 0;
        heartbeats.clear();
    }

    private void connect() throws IOException {
        int count = scenario.subscribers();
        progress.show(() -> scenario.title() + ": connected " + clients.connected());
        long start = System.nanoTime();
        clients.connect(count);
        loop.until(() -> clients.connected() + clients.closed() >= count, start + 2 * Settings.LIMIT_NANOS);
        figures.put("connected", (double) clients.connected());
        figures.put("connect-seconds", (clients.lastConnectedNanos() - start) / 1e9);
        if (clients.connected() < count) {
            faults.add("only " + clients.connected() + " connected");
        }
        ownBeatsWanted = !clients.serverHeartBeat().startsWith("0,");
    }

    private void subscribe(Link link) {
        link.send("SUBSCRIBE\nid:0\ndestination:" + topic + (settings.receipts() ? "\nreceipt:0\n\n\0" : "\n\n\0"));
        if (!settings.receipts()) {
            subscribed(link);
        }
    }

    private void subscribe() throws IOException {
        clients.links().stream().filter(Link::isOpen).forEach(this::subscribe);
        long limit = System.nanoTime() + Settings.LIMIT_NANOS;
        progress.show(() -> scenario.title() + ": subscribed " + receipts);
        loop.until(() -> receipts + clients.closed() >= scenario.subscribers(), limit, heartbeats, false);
        if (receipts < scenario.subscribers()) {
            faults.add("only " + receipts + " subscribed");
        }
    }

    private void settle() throws IOException {
        progress.show(() -> scenario.title() + ": settling");
        turn(settings.warmUpSeconds());
    }

    private void turn(int seconds) throws IOException {
        loop.until(() -> false, System.nanoTime() + seconds * Settings.SECOND, heartbeats, false);
    }

    private void hold() throws IOException {
        ServerProcess server = settings.server();
        long before = server == null ? 0 : server.cpu().total();
        long start = System.nanoTime();
        progress.show(() -> scenario.title() + ": held for " + (System.nanoTime() - start) / Settings.SECOND + " s, "
                + clients.closed() + " lost");
        turn(settings.holdSeconds());
        double seconds = (System.nanoTime() - start) / 1e9;
        if (server != null) {
            double open = scenario.subscribers() - clients.closed();
            figures.put("server-micros-per-connection-second", (server.cpu().total() - before) / open / seconds);
        }
        figures.put("seconds", seconds);
        figures.put("lost", (double) clients.closed());
        figures.put("heart-beats-sent", (double) heartbeats.sent());
        if (ownBeatsWanted && heartbeats.late() > 0) {
            faults.add("the server was silent for two intervals: " + heartbeats.late());
        }
    }

    /** A last message tells whether all subscriptions are still alive. */
    private void broadcast() throws IOException {
        Link sender = clients.links().stream().filter(Link::isOpen).findFirst().orElse(null);
        if (sender == null) {
            faults.add("no connection is left");
            return;
        }
        sender.send("SEND\ndestination:" + topic + "\n\n" + "x".repeat(BODY) + "\0");
        long open = clients.links().stream().filter(Link::isOpen).count();
        loop.until(() -> delivered >= open, System.nanoTime() + Settings.LIMIT_NANOS / 4, heartbeats, false);
        figures.put("reached", (double) delivered);
        if (delivered < scenario.subscribers()) {
            faults.add("the last message reached only " + delivered);
        }
    }
}
