/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The messages of a scenario: sends them as its window or its rate has it, acknowledges what it asks for, and counts what arrives.
 * Used by the loop's thread.
 *
 * <p>With a rate the load is open: a message carries the time at which it was due, not the time when there was time to send it,
 * so that a server that hangs is charged for all that would have been sent meanwhile.
 */
final class Flow implements Loop.Work, Clients.Receiver {

    /** More than that is not piled up for a socket that does not take it. */
    private static final int MOST_PENDING = 128 * 1024;

    /** When nothing has arrived for so long, what is under way counts as lost, lest the window stays shut. */
    private static final long GIVE_UP_NANOS = 2_000_000_000L;

    private static final byte[] ACK_START = "ACK\nid:".getBytes(US_ASCII);

    /** A connection that sends. */
    private static final class Publisher {
        final Link link;
        final SendTemplate[] templates;
        final long[] numbers;
        final long[] sentAt;
        int next;
        long sent;

        /** In deliveries, or in receipts where these are waited for. */
        long settled;

        long receipts;

        Publisher(Link link, SendTemplate[] templates, int window) {
            this.link = link;
            this.templates = templates;
            numbers = new long[templates.length];
            sentAt = new long[Math.max(1, window)];
        }
    }

    private final Scenario scenario;
    private final Loop loop;
    private final Tally tally;
    private final Probes probes;
    private final List<Publisher> publishers = new ArrayList<>();
    private final Histogram latency = new Histogram(3);
    private final byte[] ack = new byte[256];
    private final int[] unacknowledged;
    private final byte[][] lastAck;
    private final int[] lastAckLength;
    private final long origin = System.nanoTime();

    private boolean running;
    private boolean timing;
    private long started;
    private long due;
    private int turn;
    private long sent;
    private long delivered;
    private long receipts;
    private long progressAt;
    private long progress;
    private int givenUp;

    Flow(Scenario scenario, Loop loop) {
        this.scenario = scenario;
        this.loop = loop;
        tally = new Tally(
                scenario.subscribers(),
                scenario.publishers() * scenario.topics(),
                scenario.kind() == Scenario.Kind.QUEUE);
        probes = new Probes(scenario);
        unacknowledged = new int[scenario.subscribers()];
        lastAck = new byte[scenario.subscribers()][0];
        lastAckLength = new int[scenario.subscribers()];
        System.arraycopy(ACK_START, 0, ack, 0, ACK_START.length);
    }

    /** Adds a connection that sends, and where it sends to. */
    void publisher(Link link, List<String> destinations) {
        String headers = scenario.durable() ? "persistent:true\n" : "";
        SendTemplate[] templates = new SendTemplate[destinations.size()];
        for (int i = 0; i < templates.length; i++) {
            int stream = publishers.size() * scenario.topics() + i;
            templates[i] = new SendTemplate(
                    link.wire(), destinations.get(i), headers, stream, scenario.size(), scenario.durable());
        }
        publishers.add(new Publisher(link, templates, scenario.window()));
    }

    // ---- sending

    void start() {
        running = true;
        started = System.nanoTime();
        progressAt = started;
        due = started;
    }

    /** Sends no more. */
    void stop() {
        running = false;
    }

    @Override
    public long due(long now) {
        if (!running) {
            return Long.MAX_VALUE;
        }
        return scenario.rate() > 0 ? open(now) : closed(now);
    }

    private long open(long now) {
        while (due - now <= 0) {
            send(publishers.get(turn), due);
            turn = turn + 1 == publishers.size() ? 0 : turn + 1;
            due = started + (long) (sent * (1e9 / scenario.rate()));
        }
        return due - now;
    }

    private long closed(long now) {
        int fan = scenario.durable() ? 1 : scenario.receiversOfEach();
        long most = (long) scenario.window() * fan;
        giveUp(now, fan);
        for (Publisher publisher : publishers) {
            int room = publisher.link.pending();
            while (publisher.sent * fan - publisher.settled + fan <= most && room < MOST_PENDING) {
                send(publisher, now);
                room += publisher.templates[0].length();
            }
        }
        return Long.MAX_VALUE;
    }

    private void send(Publisher publisher, long time) {
        int at = publisher.next;
        publisher.next = at + 1 == publisher.templates.length ? 0 : at + 1;
        SendTemplate template = publisher.templates[at];
        ByteBuffer out = publisher.link.room(template.length());
        template.write(publisher.numbers[at]++, time - origin, out);
        publisher.sentAt[(int) (publisher.sent % publisher.sentAt.length)] = time;
        publisher.sent++;
        sent++;
    }

    private void giveUp(long now, int fan) {
        long done = delivered + receipts;
        if (done != progress) {
            progress = done;
            progressAt = now;
        } else if (now - progressAt > GIVE_UP_NANOS) {
            progressAt = now;
            givenUp++;
            for (Publisher publisher : publishers) {
                publisher.settled = publisher.sent * fan;
            }
        }
    }

    // ---- receiving

    @Override
    public void message(Link link, FrameScanner frame) {
        byte[] in = frame.octets();
        int at = frame.bodyStart();
        if (in[at] == Probes.MARK) {
            probes.arrived(link.index, frame);
            return;
        }
        int stream = (int) Stamp.read(in, at, Stamp.STREAM_DIGITS);
        long number = Stamp.read(in, at + Stamp.STREAM_DIGITS, Stamp.NUMBER_DIGITS);
        delivered++;
        if (frame.bodyLength() != scenario.size() || link.index >= scenario.subscribers()) {
            tally.received(-1, stream, number);
            return;
        }
        tally.received(link.index, stream, number);
        if (!scenario.durable()) {
            int publisher = stream / scenario.topics();
            if (publisher < publishers.size()) {
                publishers.get(publisher).settled++;
            }
            if (timing) {
                long time = Stamp.read(in, at + Stamp.STREAM_DIGITS + Stamp.NUMBER_DIGITS, Stamp.TIME_DIGITS);
                latency.recordValue(Math.max(0, loop.readAt() - origin - time));
            }
        }
        if (frame.ackLength() > 0) {
            acknowledge(link, in, frame.ackStart(), frame.ackLength());
        }
    }

    private void acknowledge(Link link, byte[] in, int start, int length) {
        int receiver = link.index;
        if (++unacknowledged[receiver] >= scenario.ackEvery()) {
            ack(link, in, start, length);
            return;
        }
        if (lastAck[receiver].length < length) {
            lastAck[receiver] = new byte[length + 16];
        }
        System.arraycopy(in, start, lastAck[receiver], 0, length);
        lastAckLength[receiver] = length;
    }

    private void ack(Link link, byte[] in, int start, int length) {
        unacknowledged[link.index] = 0;
        int end = ACK_START.length + length;
        System.arraycopy(in, start, ack, ACK_START.length, length);
        ack[end] = '\n';
        ack[end + 1] = '\n';
        ack[end + 2] = 0;
        link.send(ack, end + 3);
    }

    /** Acknowledges what was not worth an ACK of its own so far. */
    void acknowledgeRest(Link link) {
        if (unacknowledged[link.index] > 0) {
            ack(link, lastAck[link.index], 0, lastAckLength[link.index]);
        }
    }

    @Override
    public void receipt(Link link, FrameScanner frame) {
        receipts++;
        int index = link.index - scenario.subscribers();
        if (!scenario.durable() || index < 0) {
            return;
        }
        Publisher publisher = publishers.get(index);
        if (timing) {
            long time = publisher.sentAt[(int) (publisher.receipts % publisher.sentAt.length)];
            latency.recordValue(Math.max(0, loop.readAt() - time));
        }
        publisher.receipts++;
        publisher.settled++;
    }

    // ---- counting

    /** Whether latencies count from now on. */
    void time(boolean now) {
        timing = now;
    }

    Histogram latency() {
        return latency;
    }

    long sent() {
        return sent;
    }

    /** Messages that arrived; each at each receiver counts. */
    long delivered() {
        return delivered;
    }

    long receipts() {
        return receipts;
    }

    /** How often nothing arrived though much was under way. */
    int givenUp() {
        return givenUp;
    }

    Probes probes() {
        return probes;
    }

    Tally tally() {
        return tally;
    }

    /** What should have arrived by now. */
    long expected() {
        return sent * scenario.receiversOfEach();
    }

    /** What did not arrive. */
    long lost() {
        if (delivered == expected() && tally.duplicates() == 0 && tally.foreign() == 0) {
            return 0;
        }
        long lost = 0;
        for (int p = 0; p < publishers.size(); p++) {
            for (int t = 0; t < scenario.topics(); t++) {
                int stream = p * scenario.topics() + t;
                lost += lost(stream, publishers.get(p).numbers[t]);
            }
        }
        return lost;
    }

    private long lost(int stream, long count) {
        int only = stream / scenario.topics();
        return switch (scenario.kind()) {
            case TOPIC -> {
                long lost = 0;
                for (int receiver = 0; receiver < scenario.subscribers(); receiver++) {
                    lost += tally.lost(receiver, stream, count);
                }
                yield lost;
            }
            case PAIRS, WILDCARDS -> tally.lost(only, stream, count);
            case QUEUE, HOLD -> tally.lost(0, stream, count);
        };
    }
}
