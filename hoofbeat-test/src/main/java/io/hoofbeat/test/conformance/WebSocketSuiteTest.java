/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WEBSOCKET.md as far as it is about STOMP in messages, and its section 11 about the suite itself. */
@DisplayName("WS STOMP in WebSocket messages")
class WebSocketSuiteTest {

    /** Tests that are about one transport, or whose load is not worth four of them. */
    private static final Set<String> OVER_SOME = Set.of(
            "sx_auth_2_theCertificateHoldsUnlessThereIsALogin",
            "sx_lim_6_octetsOfTransactions",
            "p10_slowlorisIsOverAtTheDeadline",
            "p11_silentConnectionsAreOverAtTheDeadline",
            "p16_wrongPasswordsDoNotHinderOthers",
            "f12_aStormOfReconnects",
            "f20_fiveThousandSubscribersOfOneTopic");

    @Test
    void ws_test_2_everyRequirementRunsOverEveryTransport() {
        Set<String> overSome = new TreeSet<>();
        int tests = 0;
        for (Class<?> section : List.of(
                A01FramesTest.class,
                A02LineEndsTest.class,
                A03EscapingTest.class,
                A04PaddingAndRepetitionTest.class,
                A06BodiesTest.class,
                A08CharactersAndLimitsTest.class,
                A10OpeningTest.class,
                A11HeartBeatsTest.class,
                A12SendAndSubscribeTest.class,
                A15AcknowledgementTest.class,
                A16TransactionsTest.class,
                A17DisconnectReceiptMessageTest.class,
                A20ErrorsAndHeadersTest.class,
                C1ReadingFramesTest.class,
                C2LimitsAndTimeTest.class,
                C3OpeningTest.class,
                C5SubscriptionsTest.class,
                C5SlowConsumersTest.class,
                C6MessageTest.class,
                C7AckAndNackTest.class,
                C8TransactionsTest.class,
                C9ReceiptErrorClosingTest.class,
                PBeforeLoginTest.class,
                FFloodsTest.class)) {
            for (Method method : section.getDeclaredMethods()) {
                Requirement requirement = method.getAnnotation(Requirement.class);
                if (requirement != null) {
                    tests++;
                    if (!Arrays.asList(requirement.transports()).containsAll(List.of(Transport.values()))) {
                        overSome.add(method.getName());
                    }
                }
            }
        }
        assertThat(tests).isGreaterThan(250);
        assertThat(overSome).isEqualTo(new TreeSet<>(OVER_SOME));
    }

    @Requirement(
            versions = "1.2",
            transports = {Transport.WS_TEXT, Transport.WS_BINARY})
    @Tag("WS-IN-1")
    void ws_in_2_severalFramesInOneMessage(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send("⏎SEND⏎destination:{D1}⏎⏎1␀⏎⏎SEND⏎destination:{D1}⏎⏎2␀SEND⏎destination:{D1}⏎⏎3␀⏎")
                .sync();
        Scene.receive(watcher, "1", "2", "3");
    }

    @Requirement(
            versions = "1.2",
            transports = {Transport.WS_TEXT, Transport.WS_BINARY})
    void ws_in_3_oneFrameInManyMessages(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        byte[] frame = ("SEND\r\ndestination:" + scene.queue(0) + "\nfoo:a\\nb\n\n" + "é1234567".repeat(12_000) + "\0")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int size : new int[] {7, 8_192, 65_000}) {
            StompPeer client = scene.client();
            for (int at = 0; at < frame.length; at += size) {
                client.send(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + size)));
            }
            PeerFrame message = watcher.expect("MESSAGE");
            assertThat(message.value("foo")).isEqualTo("a\\nb");
            assertThat(message.text()).hasSize(8 * 12_000);
        }
    }

    @Requirement(
            versions = "1.2",
            transports = {Transport.WS_TEXT, Transport.WS_BINARY})
    @Tag("WS-OUT-3")
    void ws_out_1_eachMessageIsOneFrameTextOrBinaryByContent(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send("SEND⏎destination:{D1}⏎⏎é␀");
        assertThat(watcher.expect("MESSAGE").binary()).isFalse();
        client.send(
                A06BodiesTest.withBody("SEND\ndestination:" + scene.queue(0), new byte[] {(byte) 0xff, (byte) 0xfe}));
        assertThat(watcher.expect("MESSAGE").binary()).isTrue();
        client.send("SEND⏎destination:{D1}⏎content-type:application/octet-stream⏎⏎abc␀");
        assertThat(watcher.expect("MESSAGE").binary()).isTrue();
        assertThat(watcher.oddities()).isEmpty();
    }

    @Requirement(versions = "1.2", transports = Transport.WS_TEXT)
    void ws_test_4_http2IsNotAnnounced(Scene scene) throws IOException {
        URI uri = URI.create(scene.target.uri(Transport.WS_TEXT));
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
            String answer = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
            assertThat(answer)
                    .satisfiesAnyOf(
                            text -> assertThat(text).isEmpty(),
                            text -> assertThat(text).startsWith("HTTP/1.1 4"));
        }
    }
}
