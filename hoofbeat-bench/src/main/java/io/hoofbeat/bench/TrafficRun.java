/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run of a scenario with messages: connect, subscribe, warm up, measure, drain, and look whether everything arrived. */
final class TrafficRun {
    private static final long QUIET_NANOS = 5 * Settings.SECOND;

    private final Scenario scenario;
    private final Settings settings;
    private final Loop loop;
    private final Progress progress;
    private final Flow flow;
    private final Clients clients;
    private final String nonce = Long.toString(System.nanoTime(), 36);
    private final Map<String, Double> figures = new LinkedHashMap<>();

    TrafficRun(Scenario scenario, Settings settings, Loop loop, Progress progress) {
        this.scenario = scenario;
        this.settings = settings;
        this.loop = loop;
        this.progress = progress;
        flow = new Flow(scenario, loop);
        clients = new Clients(loop, settings.target(), "0,0", flow);
    }

    Result run() throws IOException {
        progress.show(() -> scenario.title() + ": connecting, " + clients.connected());
        clients.connectAll(scenario.subscribers() + scenario.publishers(), Settings.LIMIT_NANOS);
        subscribe();
        for (int i = 0; i < scenario.publishers(); i++) {
            flow.publisher(clients.links().get(scenario.subscribers() + i), destinations(i));
        }
        flow.start();
        progress.show(() -> scenario.title() + ": warming up, " + flow.delivered() + " delivered");
        turn(settings.warmUpSeconds());
        measure();
        drain();
        List<String> faults = verify();
        clients.disconnect();
        return new Result(scenario, settings.target().transport().toString(), figures, faults);
    }

    // ---- subscribing

    private void subscribe() throws IOException {
        int count = 0;
        for (int i = 0; i < scenario.subscribers(); i++) {
            List<String> wanted = subscriptions(i);
            for (int s = 0; s < wanted.size(); s++) {
                clients.links()
                        .get(i)
                        .send("SUBSCRIBE\nid:" + s + "\ndestination:" + wanted.get(s) + "\nack:" + scenario.ack()
                                + receipt(s) + "\n\n\0");
                count++;
            }
        }
        if (!settings.receipts()) {
            probe();
            return;
        }
        int all = count;
        progress.show(() -> scenario.title() + ": subscribing, " + flow.receipts() + " of " + all);
        if (!loop.until(() -> flow.receipts() == all, System.nanoTime() + Settings.LIMIT_NANOS)) {
            throw new IOException("only " + flow.receipts() + " of " + all + " subscribed; " + clients.faults());
        }
    }

    /** Nobody says when the subscriptions are there, so they show it. A queue gives each message to one, and is given a second. */
    private void probe() throws IOException {
        long now = System.nanoTime();
        if (scenario.kind() == Scenario.Kind.QUEUE) {
            loop.until(() -> false, now + Settings.SECOND);
            return;
        }
        Probes probes = flow.probes();
        for (int i = 0; i < scenario.publishers(); i++) {
            probes.publisher(clients.links().get(scenario.subscribers() + i), destinations(i));
        }
        progress.show(() -> scenario.title() + ": subscribing, " + probes.describe());
        if (!loop.until(probes::areComplete, now + Settings.LIMIT_NANOS, probes, false)) {
            throw new IOException("subscribed: only " + probes.describe() + "; " + clients.faults());
        }
    }

    private String receipt(int subscription) {
        return settings.receipts() ? "\nreceipt:" + subscription : "";
    }

    private List<String> subscriptions(int subscriber) {
        return destinations(settings.target().topicPrefix(), subscriber, "*");
    }

    /** Where a publisher sends to. */
    private List<String> destinations(int publisher) {
        return destinations(settings.target().publishPrefix(), publisher, "price");
    }

    private List<String> destinations(String prefix, int client, String last) {
        String start = prefix + "bench" + nonce;
        return switch (scenario.kind()) {
            case TOPIC, HOLD -> List.of(start);
            case PAIRS -> List.of(start + "." + client);
            case WILDCARDS -> topics(start, client, last);
            case QUEUE -> List.of(settings.target().queuePrefix() + "bench" + nonce);
        };
    }

    private List<String> topics(String start, int publisher, String last) {
        List<String> topics = new ArrayList<>();
        for (int t = 0; t < scenario.topics(); t++) {
            int number = publisher * scenario.topics() + t;
            topics.add(start + "." + number + "." + last);
        }
        return topics;
    }

    // ---- measuring

    private boolean turn(int seconds) throws IOException {
        boolean spin = settings.spin() || scenario.isLatency();
        long end = System.nanoTime() + seconds * Settings.SECOND;
        return loop.until(() -> clients.closed() > 0, end, flow, spin);
    }

    private void measure() throws IOException {
        ServerProcess server = settings.server();
        ServerProcess.Cpu serverBefore = cpu(server);
        ServerProcess.Cpu ownBefore = ServerProcess.self().cpu();
        long before = System.nanoTime();
        long sent = flow.sent();
        long delivered = flow.delivered();
        flow.time(scenario.isTimed());
        long start = before;
        progress.show(() -> String.format(
                "%s: %,d messages/s",
                scenario.title(),
                (flow.delivered() - delivered) * Settings.SECOND / Math.max(1, System.nanoTime() - start)));
        turn(settings.seconds());
        flow.time(false);
        double seconds = (System.nanoTime() - before) / 1e9;
        ServerProcess.Cpu own = ServerProcess.self().cpu().since(ownBefore);
        ServerProcess.Cpu spent = cpu(server).since(serverBefore);
        double count = flow.delivered() - delivered;
        if (server != null) {
            figures.put(Result.COST, spent.total() / count);
            figures.put("server-user-micros-per-message", spent.user() / count);
            figures.put("server-system-micros-per-message", spent.system() / count);
            figures.put("server-load", spent.total() / seconds / 1e6);
        }
        figures.put("tool-micros-per-message", own.total() / count);
        figures.put("tool-load", own.total() / seconds / 1e6);
        figures.put("sent-per-second", (flow.sent() - sent) / seconds);
        figures.put("delivered-per-second", count / seconds);
        figures.put("delivered", count);
        figures.put("seconds", seconds);
        if (scenario.isTimed()) {
            latency();
        }
        if (server != null) {
            figures.put("server-resident-bytes", (double) server.residentBytes());
        }
    }

    private static ServerProcess.Cpu cpu(@Nullable ServerProcess server) {
        return server == null ? new ServerProcess.Cpu(0, 0) : server.cpu();
    }

    private void latency() {
        Histogram all = flow.latency();
        figures.put("latency-p50-micros", all.getValueAtPercentile(50) / 1e3);
        figures.put("latency-p90-micros", all.getValueAtPercentile(90) / 1e3);
        figures.put("latency-p99-micros", all.getValueAtPercentile(99) / 1e3);
        figures.put("latency-p99.9-micros", all.getValueAtPercentile(99.9) / 1e3);
        figures.put("latency-max-micros", all.getMaxValue() / 1e3);
    }

    // ---- what arrived

    /** Waits until everything has arrived, or nothing comes any more. */
    private void drain() throws IOException {
        progress.show(() -> scenario.title() + ": draining, " + (flow.expected() - flow.delivered()) + " under way");
        flow.stop();
        long limit = System.nanoTime() + Settings.LIMIT_NANOS;
        long before = -1;
        while (before != flow.delivered() && System.nanoTime() < limit && clients.closed() == 0) {
            before = flow.delivered();
            if (loop.until(() -> flow.delivered() >= flow.expected(), System.nanoTime() + QUIET_NANOS)) {
                break;
            }
        }
        for (int i = 0; i < scenario.subscribers(); i++) {
            flow.acknowledgeRest(clients.links().get(i));
        }
        // What would come twice has come by then.
        loop.until(() -> flow.delivered() > flow.expected(), System.nanoTime() + Settings.SECOND / 5);
    }

    private List<String> verify() {
        Tally tally = flow.tally();
        List<String> faults = new ArrayList<>(clients.faults());
        fault(faults, "lost", flow.lost());
        fault(faults, "duplicates", tally.duplicates());
        fault(faults, "disordered", tally.disordered());
        fault(faults, "foreign", tally.foreign());
        fault(faults, "stand-stills", flow.givenUp());
        return faults;
    }

    private void fault(List<String> faults, String name, long count) {
        figures.put(name, (double) count);
        if (count > 0) {
            faults.add(name + ": " + count);
        }
    }
}
