/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What users try, or do by mistake. The numbers are those of the list of faults and floods. */
@DisplayName("F Floods and abuse")
class FFloodsTest {

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", setup = Setup.SLOW, notForSockJs = "its connections are free for other requests")
    void f1_aTopicConsumerThatStopsReadingEndsAndOthersGoOn(Scene scene) {
        String topic = "/topic/disconnect/" + scene.name();
        StompPeer frozen = scene.add(scene.builder().receiveBuffer(4_096).connect());
        frozen.open(scene.version);
        frozen.subscribe(topic);
        Crowd.fill(scene, frozen);
        Crowd crowd = new Crowd(scene, topic, 3);
        crowd.publish(500);
        crowd.expectAllInOrderWithin(1_500);
        Sockets.awaitReleased(frozen.remotePort(), frozen.localPort(), Duration.ofSeconds(15));
    }

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    void f2_aQueueConsumerThatStopsReadingGetsNoMoreThanItsPrefetch(Scene scene) {
        StompPeer frozen = scene.add(scene.builder().receiveBuffer(4_096).connect());
        frozen.open(scene.version);
        frozen.subscribe(scene.queue(), "ack:client", "prefetch-count:100");
        StompPeer publisher = scene.client();
        for (int i = 0; i < 300; i++) {
            publisher.send("SEND⏎destination:{Q1}⏎⏎" + i + "␀");
        }
        publisher.sync();
        StompPeer other = scene.watcher(scene.queue());
        for (int i = 100; i < 300; i++) {
            other.expect("MESSAGE⏎⏎" + i);
        }
        other.expectNothing();
        scene.kill(frozen);
        for (int i = 0; i < 100; i++) {
            other.expect("MESSAGE⏎redelivered:true⏎⏎" + i);
        }
    }

    @Requirement(versions = "1.2", setup = Setup.IMPATIENT)
    void f3_aConsumerThatNeverAcknowledges(Scene scene) {
        StompPeer hoarder = scene.watcher(scene.queue(), "ack:client", "prefetch-count:1000000");
        StompPeer publisher = scene.client();
        for (int i = 0; i < 1_200; i++) {
            publisher.send("SEND⏎destination:{Q1}⏎⏎" + i + "␀");
        }
        publisher.sync();
        StompPeer other = scene.watcher(scene.queue());
        for (int i = 1_000; i < 1_200; i++) { // the server's cap is 1,000
            other.expect("MESSAGE⏎⏎" + i);
        }
        assertThat(hoarder.readUntilEnd(Duration.ofSeconds(6)))
                .as("ended by the ack time-out")
                .isTrue();
        for (int i = 0; i < 1_000; i++) {
            other.expect("MESSAGE⏎redelivered:true⏎⏎" + i);
        }
    }

    @Requirement(versions = "1.2")
    void f4_subscriptionsOfOneSessionAreBounded(Scene scene) {
        StompPeer client = scene.client();
        for (int i = 0; i < 2_000 && !client.hasEnded(); i++) {
            client.trySend(("SUBSCRIBE\nid:" + i + "\ndestination:" + scene.topic() + i + "\n\n\0")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        client.expectError();
    }

    @Requirement(versions = "1.2", inside = true)
    void f5_destinationsAreBounded(Scene scene) {
        LocalServer own = LocalServer.start(Setup.FEW);
        try {
            StompPeer client = scene.add(scene.builder(own).connect());
            client.open(scene.version);
            client.send(sends("/queue/many/", 2_000)).expectError();
        } finally {
            own.stop();
        }
    }

    @Requirement(versions = "1.2", inside = true)
    void f5_idleDestinationsAreForgotten(Scene scene) {
        LocalServer own = LocalServer.start(Setup.FEW);
        try {
            StompPeer client = scene.add(scene.builder(own).connect());
            client.open(scene.version);
            for (int round = 0; round < 3; round++) {
                client.send(sends("/topic/idle/" + round + "-", 300)).sync();
                client.readFor(Duration.ofMillis(2_500));
            }
            client.sync();
        } finally {
            own.stop();
        }
    }

    private static String sends(String destination, int count) {
        StringBuilder sends = new StringBuilder();
        for (int i = 0; i < count; i++) {
            sends.append("SEND⏎destination:").append(destination).append(i).append("⏎⏎x␀");
        }
        return sends.toString();
    }

    @Requirement(versions = "1.2", setup = Setup.IMPATIENT)
    void f6_aTransactionThatIsNeverCommittedEnds(Scene scene) {
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎⏎␀SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀")
                .sync();
        assertThat(client.readUntilEnd(Duration.ofSeconds(6)))
                .as("ended by the time-out of transactions")
                .isTrue();
        scene.expectLeft(scene.queue(0));
    }

    @Requirement(versions = "1.2")
    void f8_deepPatternsAreRefused(Scene scene) {
        scene.refused("SUBSCRIBE⏎id:1⏎destination:/topic" + "/*".repeat(64) + "⏎⏎␀");
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2")
    void f8_overlappingPatternsAreMatchedInLinearTime(Scene scene) {
        StompPeer client = scene.client();
        String base = "/topic/" + scene.name();
        StringBuilder subscribes = new StringBuilder();
        for (int i = 0; i < 900; i++) {
            subscribes
                    .append("SUBSCRIBE⏎id:")
                    .append(i)
                    .append("⏎destination:")
                    .append(base)
                    .append("/**/a".repeat(1 + i % 10))
                    .append("/**⏎⏎␀");
        }
        client.send(subscribes.toString()).sync();
        StompPeer publisher = scene.client();
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            publisher.send("SEND⏎destination:" + base + "/a".repeat(20) + "/b" + i + "/c".repeat(8) + "⏎⏎x␀");
        }
        publisher.sync();
        assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(4_000 + Jitter.millis());
    }

    @Requirement(versions = "1.2")
    void f9_heartBeatsAreClamped(Scene scene) {
        String head = "CONNECT⏎accept-version:1.2⏎host:{host}⏎{credentials}heart-beat:";
        for (String fine : List.of("1,1", "0,0", "2147483647,1")) {
            scene.fresh().send(head + fine + "⏎⏎␀").expect("CONNECTED");
        }
        for (String bad : List.of("-1,5", "a,b", "1,2,3")) {
            scene.fresh().send(head + bad + "⏎⏎␀").expectError();
        }
    }

    @Requirement(versions = "1.2", setup = Setup.HEART_BEAT_0_500)
    void f10_whoPromisesHeartBeatsAndSendsNone(Scene scene) {
        StompPeer peer = scene.fresh();
        long before = System.nanoTime();
        peer.open(scene.version, "heart-beat:100,0");
        Beats.expectEnd(peer, before, 1_500, System.nanoTime(), 2_100);
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(
            versions = "1.2",
            transports = {Transport.TCP, Transport.WS_TEXT},
            setup = Setup.LOGIN,
            inside = true)
    void f12_aStormOfReconnects(Scene scene) {
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        long start = System.nanoTime();
        for (int c = 0; c < 8; c++) {
            clients.add(Aside.run(() -> {
                List<StompPeer> mine = new ArrayList<>();
                for (int i = 0; i < 250; i++) {
                    StompPeer peer =
                            scene.builder().timeout(Duration.ofSeconds(30)).connect();
                    peer.open(scene.version);
                    mine.add(peer);
                }
                mine.forEach(StompPeer::close);
            }));
        }
        clients.forEach(CompletableFuture::join);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    @Requirement(versions = "1.2", setup = Setup.FEW)
    void f13_connectionsOfOneAddressAreBounded(Scene scene) throws UnknownHostException {
        InetAddress crowded = InetAddress.getByName(
                "127.0.0." + (20 + Math.floorMod(scene.transport.toString().hashCode(), 200)));
        List<StompPeer> inside = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            StompPeer peer =
                    scene.add(scene.builder(scene.target).localAddress(crowded).connect());
            peer.open(scene.version);
            inside.add(peer);
        }
        scene.add(scene.builder().localAddress(crowded).connect())
                .send("CONNECT⏎accept-version:1.2⏎host:h⏎⏎␀")
                .expectError();
        inside.get(49).sync();
        scene.add(scene.builder()
                        .localAddress(InetAddress.getByName("127.0.0.9"))
                        .connect())
                .open(scene.version);
        scene.kill(inside.get(0));
        scene.add(scene.builder().localAddress(crowded).connect()).open(scene.version);
    }

    @Requirement(versions = "1.2", setup = Setup.IMPATIENT)
    void f16_aPoisonousMessageIsBuried(Scene scene) {
        StompPeer consumer = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "poison", "food");
        int poisoned = 0;
        boolean fed = false;
        for (int i = 0; i < 7; i++) {
            PeerFrame message = consumer.expect("MESSAGE");
            if (message.text().equals("poison")) {
                poisoned++;
                consumer.send(scene.nack(message));
            } else {
                fed = true;
                consumer.send(scene.ack(message));
            }
        }
        assertThat(poisoned).isEqualTo(6);
        assertThat(fed).isTrue();
        consumer.expectNothing();
    }

    @Requirement(versions = "1.2")
    void f18_selectorsAreBounded(Scene scene) {
        String subscribe = "SUBSCRIBE⏎id:1⏎destination:{T1}⏎selector:";
        scene.refused(subscribe + "a = '" + "x".repeat(5_000) + "'⏎⏎␀");
        scene.refused(subscribe + "(".repeat(10_000) + "a" + ")".repeat(6_000) + "⏎⏎␀");
        scene.refused(subscribe + "(".repeat(1_500) + "a = 1" + ")".repeat(1_500) + "⏎⏎␀");
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2")
    void f18_likeIsLinear(Scene scene) {
        StompPeer client = scene.watcher(scene.topic(), "selector:a LIKE '" + "%a".repeat(50) + "%b'");
        StompPeer publisher = scene.client();
        String value = "a".repeat(8_000);
        long start = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            publisher.send("SEND⏎destination:{T1}⏎a:" + value + "⏎⏎x␀");
        }
        publisher.sync();
        assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(4_000 + Jitter.millis());
        client.expectNothing();
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", transports = Transport.TCP, setup = Setup.ALONE, inside = true)
    void f20_fiveThousandSubscribersOfOneTopic(Scene scene) {
        List<StompPeer> peers = new ArrayList<>();
        for (int p = 0; p < 50; p++) {
            StompPeer peer = scene.client();
            StringBuilder subscribes = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                subscribes.append("SUBSCRIBE⏎id:").append(i).append("⏎destination:{T1}⏎⏎␀");
            }
            peers.add(peer.send(subscribes.toString()).sync());
        }
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (StompPeer peer : peers) {
            readers.add(Aside.run(() -> {
                for (int i = 0; i < 100 * 50; i++) {
                    peer.expect("MESSAGE");
                }
            }));
        }
        StompPeer publisher =
                scene.add(scene.builder().timeout(Duration.ofSeconds(30)).connect());
        publisher.open(scene.version);
        for (int i = 0; i < 50; i++) {
            publisher.send("SEND⏎destination:{T1}⏎⏎" + i + " " + "x".repeat(200) + "␀");
        }
        publisher.sync();
        readers.forEach(CompletableFuture::join);
    }
}
