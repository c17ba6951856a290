/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is let pass for applications that were written for Spring's simple broker, and what an adapter of Spring's asks for. */
class LenientTest {
    private final List<String> ignored = new ArrayList<>();
    private final Broker broker = Broker.create(BrokerOptions.builder()
            .lenient(true)
            .listener(new BrokerListener() {
                @Override
                public void protocolViolated(ConnectionInfo connection, String text) {
                    ignored.add(text);
                }
            })
            .build());
    private final MemoryPeer peer = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void sameSubscribeAgainIsIgnoredAndAnotherIsNot() {
        peer.send("SUBSCRIBE\nid:a\ndestination:/topic/x\n\n^@SUBSCRIBE\nid:a\ndestination:/topic/x\nreceipt:1\n\n^@");
        peer.expect("RECEIPT");
        broker.publish("/topic/x", "once");
        peer.run();
        assertThat(peer.expect("MESSAGE").text()).isEqualTo("once");
        peer.expectNothing();
        assertThat(ignored).containsExactly("SUBSCRIBE again with the same id and destination, ignored");
        peer.send("SUBSCRIBE\nid:a\ndestination:/topic/y\n\n^@");
        peer.expect("ERROR");
    }

    @Test
    void unknownAckIsIgnored() {
        peer.send("ACK\nid:undefined\nreceipt:1\n\n^@");
        peer.expect("RECEIPT");
        peer.send("NACK\nid:1-99\nreceipt:2\n\n^@");
        peer.expect("RECEIPT");
        assertThat(ignored).hasSize(2).allMatch(text -> text.contains("unknown id"));
    }

    @Test
    void whatLooksLikeAPatternCanBeSentTo() {
        peer.send("SUBSCRIBE\nid:a\ndestination:/topic/*\n\n^@SEND\ndestination:/topic/*\n\nhello^@");
        assertThat(peer.expect("MESSAGE").headers().get("destination")).isEqualTo("/topic/*");
    }

    @Test
    void receiptThatIsPromisedOutsideComesBeforeThatOfDisconnect() {
        Receipt promise = peer.session().promise("mine");
        peer.send("DISCONNECT\nreceipt:bye\n\n^@");
        peer.expectNothing();
        promise.confirm();
        peer.run();
        assertThat(peer.expect("RECEIPT").headers().get("receipt-id")).isEqualTo("mine");
        assertThat(peer.expect("RECEIPT").headers().get("receipt-id")).isEqualTo("bye");
    }

    @Test
    void messageAsAFrameHasTheSameHeadersAsItsWireForm() {
        peer.send("SUBSCRIBE\nid:a\nack:client\ndestination:/queue/x\n\n^@"
                + "SEND\ndestination:/queue/x\nfoo:bar\nack:forged\n\nhello^@");
        Frame wire = peer.expect("MESSAGE");
        List<Frame> frames = new ArrayList<>();
        broker.publish("/queue/x", Headers.of("foo", "bar", "ack", "forged"), "hello".getBytes(UTF_8));
        peer.session().outbox().drain(new Sink() {
            @Override
            public boolean hasRoom() {
                return true;
            }

            @Override
            public void frame(Frame frame) {
                throw new AssertionError(frame);
            }

            @Override
            public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
                frames.add(subscription.frame(message, delivery));
            }

            @Override
            public void beat() {
                throw new AssertionError("beat");
            }
        });
        Frame frame = frames.get(0);
        assertThat(frame.text()).isEqualTo(wire.text());
        for (int i = 0; i < wire.headers().size(); i++) {
            String name = wire.headers().name(i);
            if (name.equals("ack") || name.equals("message-id")) {
                assertThat(frame.headers().get(name)).matches("1-\\d+");
            } else if (!name.equals("content-length")) {
                assertThat(frame.headers().get(name)).isEqualTo(wire.headers().get(name));
            }
        }
        assertThat(frame.headers().all("ack")).hasSize(1);
    }
}
