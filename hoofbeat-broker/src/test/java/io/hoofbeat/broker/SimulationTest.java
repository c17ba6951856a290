/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random sessions against {@link ModelBroker}: sends, subscriptions in every ack mode, acknowledgements, refusals, transactions,
 * lost connections. One thread, so that a failure is replayed by its seed.
 */
class SimulationTest {
    private static final int STEPS = 600;
    private static final String[] DESTINATIONS = {"/queue/a", "/queue/b", "/topic/a", "/topic/b.c"};
    private static final String[] ACKS = {"auto", "client", "client-individual"};

    /** A message that a subscriber has and did not settle. */
    private record Held(String destination, String body, String tag) {}

    /** A subscription: what it asked for, and what it has. */
    private record Wish(String name, String id, String destination, String ack, List<Held> held) {}

    /** What a transaction will do. */
    private record Step(boolean send, String destination, String body) {}

    private static final class Player {
        final int number;
        MemoryPeer peer;
        final Map<String, Wish> wishes = new LinkedHashMap<>();
        final List<Step> transaction = new ArrayList<>();
        boolean inTransaction;

        Player(int number, MemoryPeer peer) {
            this.number = number;
            this.peer = peer;
        }
    }

    static List<Long> seeds() {
        String replay = System.getProperty("hoofbeat.simulation.seed");
        if (replay != null) {
            return List.of(Long.parseLong(replay));
        }
        return new Random(20261121L).longs(200).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomSessionsDoWhatTheModelAllows(long seed) {
        try (Broker broker = Broker.create(BrokerOptions.builder()
                .policy(DestinationPolicy.builder("/queue/**", Kind.QUEUE)
                        .maxDeliveries(0)
                        .redeliveryDelay(Duration.ZERO)
                        .build())
                .build())) {
            new Run(broker, new Random(seed)).run();
        }
    }

    /** One game. */
    private static final class Run {
        private final Broker broker;
        private final Random random;
        private final ModelBroker model = new ModelBroker();
        private final List<Player> players = new ArrayList<>();
        private int bodies;
        private int names;

        Run(Broker broker, Random random) {
            this.broker = broker;
            this.random = random;
            for (int i = 0; i < 4; i++) {
                players.add(new Player(i, connect()));
            }
        }

        private MemoryPeer connect() {
            return MemoryPeer.connected(broker, Version.V1_2);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step(players.get(random.nextInt(players.size())));
                receiveAll();
            }
            model.checkTopicsEmpty();
            drainAll();
        }

        private void step(Player player) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> send(player);
                case 4, 5 -> subscribe(player);
                case 6 -> unsubscribe(player);
                case 7, 8 -> settle(player, "ACK");
                case 9 -> settle(player, "NACK");
                case 10 -> transaction(player);
                default -> {
                    if (random.nextInt(4) == 0) {
                        cut(player);
                    }
                }
            }
        }

        private void send(Player player) {
            String destination = DESTINATIONS[random.nextInt(DESTINATIONS.length)];
            String body = "m" + bodies++;
            boolean inside = player.inTransaction && random.nextBoolean();
            player.peer.send(
                    "SEND\ndestination:" + destination + (inside ? "\ntransaction:t" : "") + "\n\n" + body + "^@");
            if (inside) {
                player.transaction.add(new Step(true, destination, body));
            } else {
                model.send(destination, body);
            }
        }

        private void subscribe(Player player) {
            if (player.wishes.size() >= 3) {
                return;
            }
            String id = "s" + names++;
            String destination = DESTINATIONS[random.nextInt(DESTINATIONS.length)];
            String ack = ACKS[random.nextInt(ACKS.length)];
            Wish wish = new Wish(player.number + id, id, destination, ack, new ArrayList<>());
            player.wishes.put(id, wish);
            model.subscribe(wish.name, destination);
            player.peer.send("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\nack:" + ack
                    + "\nprefetch-count:" + (1 + random.nextInt(5)) + "\n\n^@");
        }

        private void unsubscribe(Player player) {
            Wish wish = any(player);
            if (wish == null || player.inTransaction) {
                return;
            }
            receiveAll();
            player.wishes.remove(wish.id);
            model.unsubscribe(wish.name);
            player.peer.send("UNSUBSCRIBE\nid:" + wish.id + "\n\n^@");
        }

        private @Nullable Wish any(Player player) {
            List<Wish> all = List.copyOf(player.wishes.values());
            return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        }

        private void settle(Player player, String command) {
            Wish wish = any(player);
            if (wish == null || wish.held.isEmpty()) {
                return;
            }
            int index = random.nextInt(wish.held.size());
            Held named = wish.held.get(index);
            List<Held> covered =
                    wish.ack.equals("client") ? wish.held.subList(0, index + 1) : wish.held.subList(index, index + 1);
            boolean inside = player.inTransaction && command.equals("ACK") && random.nextBoolean();
            for (Held held : covered) {
                if (inside) {
                    player.transaction.add(new Step(false, held.destination, held.body));
                } else if (command.equals("ACK")) {
                    model.acknowledged(held.destination, held.body);
                } else {
                    model.refused(held.destination, held.body);
                }
            }
            covered.clear();
            player.peer.send(command + "\nid:" + named.tag + (inside ? "\ntransaction:t" : "") + "\n\n^@");
        }

        /** Begins one, or ends it: by COMMIT, or by losing the connection (an ABORT leaves acknowledged messages with the client). */
        private void transaction(Player player) {
            if (!player.inTransaction) {
                player.inTransaction = true;
                player.peer.send("BEGIN\ntransaction:t\n\n^@");
            } else if (random.nextInt(3) == 0) {
                cut(player);
            } else {
                for (Step step : player.transaction) {
                    if (step.send) {
                        model.send(step.destination, step.body);
                    } else {
                        model.acknowledged(step.destination, step.body);
                    }
                }
                player.transaction.clear();
                player.inTransaction = false;
                player.peer.send("COMMIT\ntransaction:t\n\n^@");
            }
        }

        private void cut(Player player) {
            receiveAll();
            for (Wish wish : player.wishes.values()) {
                model.unsubscribe(wish.name);
                model.forgetTopicsOf(wish.name);
            }
            player.wishes.clear();
            player.transaction.clear();
            player.inTransaction = false;
            player.peer.cut();
            player.peer = connect();
        }

        private void receiveAll() {
            boolean more = true;
            while (more) {
                more = false;
                for (Player player : players) {
                    for (Frame frame : player.peer.received()) {
                        more = true;
                        receive(player, frame);
                    }
                }
            }
        }

        private void receive(Player player, Frame frame) {
            assertThat(frame.command()).as(frame.text()).isEqualTo(Command.MESSAGE);
            Wish wish = Objects.requireNonNull(
                    player.wishes.get(frame.headers().get("subscription")), "a subscription that exists");
            String destination = Objects.requireNonNull(frame.headers().get("destination"));
            boolean auto = wish.ack.equals("auto");
            model.delivered(
                    wish.name, destination, frame.text(), frame.headers().contains("redelivered"), auto);
            if (!auto && destination.startsWith("/queue/")) {
                wish.held.add(new Held(
                        destination,
                        frame.text(),
                        Objects.requireNonNull(frame.headers().get("ack"))));
            }
        }

        /** At the end one who takes everything gets what waits, in order. */
        private void drainAll() {
            for (Player player : players) {
                cut(player);
            }
            for (String queue : model.queueNames()) {
                List<String> waiting = model.waiting(queue);
                MemoryPeer last = connect();
                last.send("SUBSCRIBE\nid:last\ndestination:" + queue + "\n\n^@");
                assertThat(last.received()).extracting(Frame::text).containsExactlyElementsOf(waiting);
            }
        }
    }
}
