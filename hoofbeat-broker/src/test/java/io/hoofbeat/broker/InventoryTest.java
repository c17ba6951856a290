/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationState.Kind;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What people see who look into a broker. */
class InventoryTest {
    private final Broker broker = Broker.create(BrokerOptions.builder().build());
    private final Inventory inventory = broker.inventory();
    private final MemoryPeer peer = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    private void publish(String destination, int count) {
        IntStream.range(0, count).forEach(i -> broker.publish(destination, Headers.EMPTY, new byte[100]));
        peer.run();
    }

    @Test
    void destinationsTellWhatIsInThem() {
        broker.handle("/app/echo", exchange -> {});
        peer.send("SUBSCRIBE\nid:t\ndestination:/topic/a\n\n^@");
        peer.send("SUBSCRIBE\nid:p\ndestination:/topic/*\n\n^@");
        peer.send("SUBSCRIBE\nid:q\ndestination:/queue/a\nack:client\nprefetch-count:2\n\n^@");
        peer.send("SUBSCRIBE\nid:r\ndestination:/temp-queue/r\n\n^@");
        peer.send("SEND\ndestination:/app/echo\n\n^@");
        publish("/queue/a", 5);
        Listing<DestinationState> all = inventory.destinations(name -> true, 100);
        assertThat(all.total()).isEqualTo(4);
        assertThat(all.items().get(0)).isEqualTo(new DestinationState("/app/echo", Kind.APPLICATION, 0, 0, 0, 0));
        DestinationState queue = all.items().get(1);
        assertThat(queue.kind()).isEqualTo(Kind.QUEUE);
        assertThat(queue.subscribers()).isEqualTo(1);
        assertThat(queue.messages()).isEqualTo(5);
        assertThat(queue.waiting()).isEqualTo(3);
        assertThat(queue.bytes()).isEqualTo(inventory.queuedBytes()).isGreaterThanOrEqualTo(500);
        assertThat(all.items().get(2).kind().text()).isEqualTo("temporary-queue");
        assertThat(all.items().get(3)).isEqualTo(new DestinationState("/topic/a", Kind.TOPIC, 2, 0, 0, 0));
        peer.send("UNSUBSCRIBE\nid:p\n\n^@");
        assertThat(inventory.destinations("/topic/a"::equals, 1).items().get(0).subscribers())
                .isEqualTo(1);
        assertThat(inventory.queuedMessages()).isEqualTo(5);
        assertThat(inventory.destinationCount()).isEqualTo(4);
    }

    @Test
    void listsAreNoLongerThanAskedForAndTellHowMuchThereIs() {
        IntStream.range(0, 50).forEach(i -> publish("/queue/" + (char) ('a' + i % 26) + i, 1));
        Listing<DestinationState> three = inventory.destinations(name -> name.startsWith("/queue/b"), 1);
        assertThat(three.items()).extracting(DestinationState::name).containsExactly("/queue/b1");
        assertThat(three.total()).isEqualTo(2);
        assertThat(inventory.destinations(name -> true, -1))
                .isEqualTo(new Listing<DestinationState>(java.util.List.of(), 50));
    }

    @Test
    void sessionsTellWhoTheyAreAndWhatTheyAreOwed() {
        MemoryPeer other = MemoryPeer.connected(broker, Version.V1_1);
        other.send("SUBSCRIBE\nid:t\ndestination:/topic/a\n\n^@");
        other.read(false);
        publish("/topic/a", 3);
        Listing<SessionState> sessions = inventory.sessions(session -> true, 100);
        assertThat(sessions.items())
                .extracting(SessionState::id)
                .containsExactly(peer.session().id(), other.session().id());
        SessionState state = sessions.items().get(1);
        assertThat(state.version()).isEqualTo(Version.V1_1);
        assertThat(state.identity()).isEqualTo(other.session().identity());
        assertThat(state.connection()).isSameAs(other.session().connection());
        assertThat(state.subscriptions()).isEqualTo(1);
        assertThat(state.age()).isGreaterThanOrEqualTo(java.time.Duration.ZERO);
        assertThat(state.outboxBytes()).isGreaterThanOrEqualTo(300);
        assertThat(inventory.outboxBytes()).isEqualTo(state.outboxBytes());
        long before = state.writtenBytes();
        other.read(true);
        SessionState after = inventory
                .sessions(session -> session == other.session(), 1)
                .items()
                .get(0);
        assertThat(after.outboxBytes()).isZero();
        assertThat(after.writtenBytes()).isEqualTo(before + state.outboxBytes());
    }

    @Test
    void connectionThatIsNoSessionIsNotListed() {
        MemoryPeer early = new MemoryPeer(broker);
        assertThat(early.session().isOpen()).isTrue();
        assertThat(inventory.sessions(session -> true, 100).total()).isEqualTo(1);
        peer.send("DISCONNECT\n\n^@");
        assertThat(inventory.sessions(session -> true, 100).total()).isZero();
        assertThat(inventory.sessionCount()).isZero();
    }

    @Test
    void subscriptionsTellWhatTheyWantAndHave() {
        peer.send(
                "SUBSCRIBE\nid:q\ndestination:/queue/a\nack:client-individual\nselector:n > 1\nprefetch-count:2\n\n^@");
        peer.send("SUBSCRIBE\nid:t\ndestination:/topic/**\n\n^@");
        broker.publish("/queue/a", Headers.of("n", "2"), new byte[1]);
        peer.run();
        String session = peer.session().id();
        assertThat(inventory.subscriptions(each -> true, name -> true, 10).items())
                .containsExactlyInAnyOrder(
                        new SubscriptionState(
                                session, peer.session().connection(), "q", "/queue/a", "client-individual", "n > 1", 1),
                        new SubscriptionState(session, peer.session().connection(), "t", "/topic/**", "auto", null, 0));
        assertThat(inventory.subscriptions(each -> true, "/queue/a"::equals, 10).total())
                .isEqualTo(1);
        assertThat(inventory.subscriptions(each -> false, name -> true, 10).total())
                .isZero();
        assertThat(inventory.subscriptionCount()).isEqualTo(2);
    }

    @Test
    void messagesAreCountedWhenTheyComeAndForEachWhoGetsThem() {
        peer.send("SUBSCRIBE\nid:1\ndestination:/topic/a\n\n^@");
        peer.send("SUBSCRIBE\nid:2\ndestination:/topic/a\n\n^@");
        publish("/topic/a", 3);
        peer.send("SEND\ndestination:/topic/nobody\n\n^@");
        assertThat(inventory.publishedMessages()).isEqualTo(4);
        assertThat(inventory.deliveredMessages()).isEqualTo(6);
        assertThat(inventory.outboxBytes()).isZero();
    }
}
