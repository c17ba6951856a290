/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.Inbox.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Thousands of clients on one thread, spread over the addresses 127.0.0.1 to 127.0.0.20 unless they are told one. What arrives is
 * counted and handed to a listener, on the swarm's thread.
 */
final class Swarm implements AutoCloseable {
    private static final int MOST_CONNECTING = 200;

    /** One of them. What is not volatile belongs to the swarm's thread. */
    static final class Member {
        final int number;
        final byte[] greeting;
        final Queue<ByteBuffer> toWrite = new ArrayDeque<>();
        final Inbox inbox = new Inbox();
        SocketChannel channel;
        volatile boolean connected;
        volatile long connectedNanos;
        volatile long closedNanos;
        final AtomicInteger frames = new AtomicInteger();

        /** How far the listener says it has come. */
        final AtomicInteger progress = new AtomicInteger();

        volatile Reply last;

        Member(int number, byte[] greeting) {
            this.number = number;
            this.greeting = greeting;
        }

        boolean isClosed() {
            return closedNanos != 0;
        }

        boolean got(String command) {
            Reply reply = last;
            return reply != null && reply.is(command);
        }

        /** From the connection to its end. */
        double seconds() {
            return (closedNanos - connectedNanos) / 1e9;
        }
    }

    private final int port;
    private final String from;
    private final int receiveBuffer;
    private final BiConsumer<Member, Reply> listener;
    private final Selector selector;
    private final Thread thread;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Member> members = new ArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Member> toConnect = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private final Object progressed = new Object();
    private int connecting;
    private volatile boolean isStopped;
    private volatile boolean isFrozen;

    Swarm(int port) throws IOException {
        this(port, null, 0, (member, reply) -> {});
    }

    Swarm(int port, String from, int receiveBuffer, BiConsumer<Member, Reply> listener) throws IOException {
        this.port = port;
        this.from = from;
        this.receiveBuffer = receiveBuffer;
        this.listener = listener;
        this.selector = Selector.open();
        this.thread = new Thread(this::run, "swarm");
        thread.start();
    }

    /** So many more, each of which sends that when it is connected. */
    List<Member> add(int count, String greeting) {
        List<Member> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(new Member(members.size() + i, greeting.getBytes(ISO_8859_1)));
        }
        members.addAll(added);
        execute(() -> toConnect.addAll(added));
        return added;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    void send(Member member, String octets) {
        byte[] bytes = octets.getBytes(ISO_8859_1);
        execute(() -> write(member, bytes));
    }

    /** All of them send that, again and again. */
    void sendEvery(Duration interval, String octets) {
        byte[] bytes = octets.getBytes(ISO_8859_1);
        clock.scheduleAtFixedRate(
                () -> execute(() -> members.forEach(member -> write(member, bytes))),
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    long count(Predicate<Member> which) {
        return members.stream().filter(which).count();
    }

    void awaitAll(Duration atMost, String what, Predicate<Member> which) {
        await(what)
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the swarm's thread has ended", () -> !thread.isAlive())
                .until(() -> count(which), n -> n == members.size());
    }

    /** Every member has come that far. */
    void awaitProgress(Duration atMost, int progress) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (progressed) {
            for (Member member : members) {
                while (member.progress.get() < progress) {
                    long left = deadline - System.nanoTime();
                    assertThat(left > 0 && !member.isClosed() && thread.isAlive())
                            .as(
                                    "member %d is at %d of %d, last %s",
                                    member.number, member.progress.get(), progress, member.last)
                            .isTrue();
                    TimeUnit.NANOSECONDS.timedWait(progressed, Math.min(left, 1_000_000_000L));
                }
            }
        }
    }

    /** "2.0-2.4 s": how long those lived that are closed. */
    String lifetimes() {
        double least = members.stream()
                .filter(Member::isClosed)
                .mapToDouble(Member::seconds)
                .min()
                .orElse(0);
        return "%.1f-%.1f s".formatted(least, longest());
    }

    double longest() {
        return members.stream()
                .filter(Member::isClosed)
                .mapToDouble(Member::seconds)
                .max()
                .orElse(0);
    }

    private void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    // ---- the swarm's thread

    private void run() {
        try {
            while (!isStopped) {
                selector.select(this::ready, 100);
                synchronized (progressed) {
                    progressed.notifyAll();
                }
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                while (connecting < MOST_CONNECTING && !toConnect.isEmpty()) {
                    connect(toConnect.remove());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect(Member member) throws IOException {
        member.channel = SocketChannel.open();
        if (receiveBuffer > 0) {
            member.channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        }
        member.channel.configureBlocking(false);
        String address = from == null ? "127.0.0." + (1 + member.number % 20) : from;
        member.channel.bind(new InetSocketAddress(address, 0));
        member.channel.register(selector, SelectionKey.OP_CONNECT, member);
        connecting++;
        member.channel.connect(new InetSocketAddress("127.0.0.1", port));
    }

    private void ready(SelectionKey key) {
        Member member = (Member) key.attachment();
        try {
            if (key.isConnectable()) {
                connecting--;
                member.channel.finishConnect();
                member.connectedNanos = System.nanoTime();
                member.connected = true;
                key.interestOps(SelectionKey.OP_READ);
                write(member, member.greeting);
            }
            if (key.isValid() && key.isWritable()) {
                flush(member);
            }
            if (key.isValid() && key.isReadable()) {
                read(member);
            }
        } catch (IOException | CancelledKeyException e) {
            end(member);
        }
    }

    private void read(Member member) throws IOException {
        if (isFrozen) {
            member.channel.keyFor(selector).interestOps(0);
            return;
        }
        buffer.clear();
        int count = member.channel.read(buffer);
        if (count < 0) {
            end(member);
            return;
        }
        member.inbox.add(buffer.flip());
        for (Reply reply = member.inbox.next(); reply != null; reply = member.inbox.next()) {
            listener.accept(member, reply);
            member.last = reply;
            member.frames.incrementAndGet();
        }
    }

    private void write(Member member, byte[] octets) {
        if (member.connected && !member.isClosed() && octets.length > 0) {
            member.toWrite.add(ByteBuffer.wrap(octets));
            try {
                flush(member);
            } catch (IOException e) {
                end(member);
            }
        }
    }

    private void flush(Member member) throws IOException {
        while (!member.toWrite.isEmpty()) {
            member.channel.write(member.toWrite.peek());
            if (member.toWrite.peek().hasRemaining()) {
                break;
            }
            member.toWrite.remove();
        }
        boolean more = !member.toWrite.isEmpty();
        SelectionKey key = member.channel.keyFor(selector);
        key.interestOps(SelectionKey.OP_READ | (more ? SelectionKey.OP_WRITE : 0));
    }

    private void end(Member member) {
        if (!member.isClosed()) {
            member.closedNanos = System.nanoTime();
            try {
                member.channel.close();
            } catch (IOException e) {
                // It is gone then.
            }
        }
    }

    /** From now on nobody reads. */
    void freeze() {
        isFrozen = true;
    }

    /** All go, without a word. */
    void drop() {
        execute(() -> members.stream().filter(member -> member.connected).forEach(this::end));
        awaitAll(Duration.ofSeconds(60), "all dropped", Member::isClosed);
    }

    @Override
    public void close() throws IOException {
        isStopped = true;
        clock.shutdownNow();
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        members.stream().filter(member -> member.channel != null).forEach(this::end);
        selector.close();
    }
}
