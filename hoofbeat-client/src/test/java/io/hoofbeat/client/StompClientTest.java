/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hoofbeat.protocol.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a connected client does on the wire. */
@Timeout(60)
class StompClientTest {
    private final ScriptedServer server;
    private final BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();

    StompClientTest() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    @Tag("C11-TYPE-1")
    void c10_body_1_bodyHasItsLengthInOctets() throws IOException {
        StompClient client = server.connected("1.2");
        client.send("/queue/a", "é");
        server.expect("SEND\ndestination:/queue/a\ncontent-type:text/plain\ncontent-length:2\n\né\0");
    }

    @Test
    void c10_body_1_lengthCanBeSwitchedOffExceptForNul() throws IOException {
        StompClient client =
                server.connected(ClientOptions.builder(server.url()).contentLength(false), "version:1.2\n");
        client.send("/queue/a", Headers.EMPTY, new byte[] {'x'});
        server.expect("SEND\ndestination:/queue/a\n\nx\0");
        client.send("/queue/a", Headers.EMPTY, new byte[] {'x', 0});
        server.expect("SEND\ndestination:/queue/a\ncontent-length:2\n\nx\0\0");
    }

    @Test
    void c11_type_1_otherEncodingIsNamed() throws IOException {
        StompClient client = server.connected("1.2");
        client.send("/queue/a", "x", StandardCharsets.ISO_8859_1);
        assertThat(server.expectFrame()).contains("\ncontent-type:text/plain;charset=ISO-8859-1\n");
    }

    @Test
    void c11_utf_1_headsAreUtf8() throws IOException {
        StompClient client = server.connected("1.2");
        client.send("/queue/é😀", Headers.EMPTY, new byte[0]);
        server.expect("SEND\ndestination:/queue/é😀\n\n\0");
    }

    @ParameterizedTest
    @CsvSource({"1.2, a\\cb\\\\\\nc\\r", "1.1, 'a\\cb\\\\\\nc\r'"})
    void c11_esc_1_headersAreEscapedAsTheVersionAsks(String version, String escaped) throws IOException {
        StompClient client = server.connected(version);
        client.send("/queue/a", Headers.of("k", "a:b\\\nc\r"), new byte[0]);
        server.expect("SEND\ndestination:/queue/a\nk:" + escaped + "\n\n\0");
    }

    @Test
    void c11_esc_1_undefinedEscapeOfTheServerEndsTheConnection() throws IOException {
        StompClient client = server.connected("1.2");
        server.send("MESSAGE\nsubscription:1\nmessage-id:1\ndestination:/a\nfoo:a\\tb\n\n\0");
        assertThat(catchThrowable(() -> client.ended().join()).getCause())
                .isInstanceOf(ConnectionEndedException.class)
                .hasMessageContaining("broke the protocol");
        server.expectEnd();
    }

    @Test
    void c10_esc_2_whatVersion10CannotCarryIsRefused() throws IOException {
        StompClient client = server.connected(ClientOptions.builder(server.url()), "");
        assertThatThrownBy(() -> client.send("/a", Headers.of("a:b", "c"), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.send("/a", Headers.of("a", "b\nc"), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        client.send("/a", Headers.of("v", "a\\b:c"), new byte[0]);
        server.expect("SEND\ndestination:/a\nv:a\\b:c\n\n\0");
    }

    @Test
    @Tag("C11-PAD-1")
    @Tag("C11-REP-1")
    void messageComesAsItWasSent() throws Exception {
        StompClient client = server.connected("1.2");
        client.subscribe("/topic/a", received::add);
        server.expect("SUBSCRIBE\nid:1\ndestination:/topic/a\nack:auto\n\n\0");
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\ndestination:/topic/a\nfoo: 1 \nfoo:2\n\nbody\0");
        ReceivedMessage message = next();
        assertThat(message.text()).isEqualTo("body");
        assertThat(message.destination()).isEqualTo("/topic/a");
        assertThat(message.header("foo")).isEqualTo(" 1 ");
        assertThat(message.headers().all("foo")).containsExactly(" 1 ", "2");
    }

    @Test
    void c10_pad_2_valuesOf10AreTrimmed() throws Exception {
        StompClient client = server.connected(ClientOptions.builder(server.url()), "");
        client.subscribe("/a", received::add);
        server.expectFrame();
        server.send("MESSAGE\ndestination: /a\nmessage-id: 1\n\nx\0");
        assertThat(next().destination()).isEqualTo("/a");
    }

    @Test
    @Tag("C11-UNS-1")
    void c11_sub_1_idsAreNeverUsedAgain() throws IOException {
        StompClient client = server.connected("1.2");
        client.subscribe("/a", received::add).unsubscribe();
        client.subscribe("/a", received::add);
        server.expect("SUBSCRIBE\nid:1\ndestination:/a\nack:auto\n\n\0UNSUBSCRIBE\nid:1\n\n\0"
                + "SUBSCRIBE\nid:2\ndestination:/a\nack:auto\n\n\0");
    }

    @Test
    void c10_sub_2_messageForNobodyIsRefusedIfItIsToBeAcknowledged() throws IOException {
        server.connected("1.2");
        server.send("MESSAGE\nsubscription:gone\nmessage-id:1\nack:1\ndestination:/a\n\n\0");
        server.expect("NACK\nid:1\n\n\0");
        server.send("MESSAGE\nsubscription:gone\nmessage-id:2\ndestination:/a\n\n\0");
        server.expectSilence(200);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0, 'message-id:7\nsubscription:1\n'",
        "1.1, 'message-id:7\nsubscription:1\n'",
        "1.2, 'id:9\n'",
    })
    void c10_ack_1_messageIsNamedAsTheVersionAsks(String version, String headers) throws IOException {
        StompClient client = server.connected(version);
        client.subscribe("/queue/a", AckMode.CLIENT_INDIVIDUAL, Headers.EMPTY, received::add);
        server.expect("SUBSCRIBE\nid:1\ndestination:/queue/a\nack:client-individual\n\n\0");
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\nack:9\ndestination:/queue/a\n\n\0");
        server.expect("ACK\n" + headers + "\n\0");
    }

    @Test
    void c11_ack_2_handlerThatThrowsRefuses() throws IOException {
        CompletableFuture<Throwable> reported = new CompletableFuture<>();
        StompClient client = server.connected(
                ClientOptions.builder(server.url()).onHandlerFailure((message, failure) -> reported.complete(failure)),
                "version:1.2\n");
        client.subscribe("/queue/a", AckMode.CLIENT, Headers.EMPTY, message -> {
            throw new IOException("no");
        });
        server.expectFrame();
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\nack:9\ndestination:/queue/a\n\n\0");
        server.expect("NACK\nid:9\n\n\0");
        assertThat(reported.join()).hasMessage("no");
    }

    @Test
    void messageCanBeSettledLaterAndOnlyOnce() throws Exception {
        StompClient client = server.connected("1.2");
        client.subscribe("/queue/a", AckMode.CLIENT_INDIVIDUAL, Headers.EMPTY, message -> {
            message.settleLater();
            received.add(message);
        });
        server.expectFrame();
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\nack:9\ndestination:/queue/a\n\n\0");
        ReceivedMessage message = next();
        server.expectSilence(200);
        message.nack();
        message.ack();
        client.send("/b", Headers.EMPTY, new byte[0]);
        server.expect("NACK\nid:9\n\n\0SEND\n");
    }

    @Test
    void neverAcknowledgesInAuto() throws Exception {
        StompClient client = server.connected("1.2");
        client.subscribe("/queue/a", received::add);
        server.expectFrame();
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\nack:9\ndestination:/queue/a\n\n\0");
        next().ack();
        server.expectSilence(200);
    }

    @Test
    void c11_ack_3_ackAfterTheEndFailsLocally() throws Exception {
        StompClient client = server.connected("1.2");
        client.subscribe("/queue/a", AckMode.CLIENT_INDIVIDUAL, Headers.EMPTY, message -> {
            message.settleLater();
            received.add(message);
        });
        server.expectFrame();
        server.send("MESSAGE\nsubscription:1\nmessage-id:7\nack:9\ndestination:/queue/a\n\n\0");
        ReceivedMessage message = next();
        server.hangUp();
        assertThatThrownBy(() -> client.ended().join()).hasCauseInstanceOf(ConnectionEndedException.class);
        assertThatThrownBy(message::ack).isInstanceOf(ConnectionEndedException.class);
    }

    @Test
    void c10_rcpt_1_receiptsFindTheirFrames() throws Exception {
        StompClient client = server.connected("1.2");
        CompletableFuture<Void> receipt = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        server.expect("SEND\nreceipt:r1\ndestination:/a\n\n\0");
        server.send("RECEIPT\nreceipt-id:unknown\n\n\0");
        server.send("RECEIPT\nreceipt-id:r1\n\n\0");
        receipt.get(10, TimeUnit.SECONDS);
    }

    @Test
    void c12_rcpt_2_receiptConfirmsItsOwnFrameOnly() throws Exception {
        StompClient client = server.connected("1.2");
        CompletableFuture<Void> first = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        CompletableFuture<Void> second = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        server.expectFrame();
        server.expectFrame();
        server.send("RECEIPT\nreceipt-id:r2\n\n\0");
        second.get(10, TimeUnit.SECONDS);
        server.hangUp();
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectionEndedException.class);
    }

    @Test
    void receiptThatDoesNotComeFails() throws Exception {
        StompClient client = server.connected(
                ClientOptions.builder(server.url()).receiptTimeout(Duration.ofMillis(200)), "version:1.2\n");
        CompletableFuture<Void> receipt = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        assertThatThrownBy(() -> receipt.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(NoAnswerException.class);
    }

    @Test
    void c10_err_1_errorEndsTheSessionEvenIfTheServerForgetsToClose() throws Exception {
        StompClient client = server.connected("1.2");
        CompletableFuture<Void> first = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        CompletableFuture<Void> second = client.sendWithReceipt("/a", Headers.EMPTY, new byte[0]);
        server.expectFrame();
        server.expectFrame();
        server.send("ERROR\nreceipt-id:r1\nmessage:no\n\n\0");
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ServerErrorException.class)
                .hasMessageContaining("no");
        assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConnectionEndedException.class)
                .hasMessageContaining("ended");
        server.expectEnd();
        assertThatThrownBy(() -> client.send("/a", "x")).isInstanceOf(ConnectionEndedException.class);
    }

    @Test
    void c11_disc_1_disconnectWaitsForItsReceipt() throws Exception {
        StompClient client = server.connected("1.2");
        client.send("/a", Headers.EMPTY, new byte[0]);
        CompletableFuture<Boolean> gone = client.disconnect();
        server.expect("SEND\ndestination:/a\n\n\0DISCONNECT\nreceipt:goodbye\n\n\0");
        server.expectSilence(500);
        assertThat(gone).isNotDone();
        server.send("RECEIPT\nreceipt-id:goodbye\n\n\0");
        assertThat(gone.get(10, TimeUnit.SECONDS)).isTrue();
        server.expectEnd();
        client.ended().get(10, TimeUnit.SECONDS);
    }

    @Test
    void c11_disc_2_nothingFollowsDisconnectNotEvenHeartBeats() throws Exception {
        StompClient client = server.connected(
                ClientOptions.builder(server.url()).heartBeat(new io.hoofbeat.protocol.HeartBeat(100, 0)),
                "version:1.2\nheart-beat:0,100\n");
        client.disconnect();
        assertThat(server.expectFrame()).contains("DISCONNECT");
        server.expectSilence(500);
        assertThatThrownBy(() -> client.send("/a", "x")).isInstanceOf(ConnectionEndedException.class);
    }

    @Test
    void c12_disc_3_endOfStreamInsteadOfTheReceiptConfirmsNothing() throws Exception {
        StompClient client = server.connected("1.2");
        CompletableFuture<Boolean> gone = client.disconnect();
        server.expectFrame();
        server.hangUp();
        assertThat(gone.get(10, TimeUnit.SECONDS)).isFalse();
        client.ended().get(10, TimeUnit.SECONDS);
    }

    @Test
    void c11_disc_1_serverThatDoesNotAnswerIsLeftAfterTheTime() throws Exception {
        StompClient client = server.connected(
                ClientOptions.builder(server.url()).closeTimeout(Duration.ofMillis(200)), "version:1.2\n");
        CompletableFuture<Boolean> gone = client.disconnect();
        server.expectFrame();
        assertThat(gone.get(10, TimeUnit.SECONDS)).isFalse();
        server.expectEnd();
    }

    @Test
    void c11_lim_1_announcedLengthBeyondTheLimitEndsTheConnectionAtOnce() throws Exception {
        StompClient client = server.connected("1.2");
        server.send("MESSAGE\nsubscription:1\nmessage-id:1\ndestination:/a\ncontent-length:2147483647\n\n");
        assertThat(catchThrowable(() -> client.ended().get(10, TimeUnit.SECONDS)))
                .hasCauseInstanceOf(ConnectionEndedException.class);
        server.expectEnd();
    }

    @Test
    void replyFindsItsRequest() throws Exception {
        StompClient client = server.connected("1.2");
        CompletableFuture<ReceivedMessage> first = client.request("/app/a", "1", Duration.ofSeconds(10));
        CompletableFuture<ReceivedMessage> second = client.request("/app/a", "2", Duration.ofSeconds(10));
        String subscribe = server.expectFrame();
        String replyTo = subscribe.replaceAll("(?s).*\ndestination:([^\n]*)\n.*", "$1");
        assertThat(replyTo).startsWith("/temp-queue/");
        assertThat(server.expectFrame()).contains("reply-to:" + replyTo + "\n", "correlation-id:1\n");
        assertThat(server.expectFrame()).contains("correlation-id:2\n");
        server.send(reply(replyTo, "correlation-id:2\n", "two") + reply(replyTo, "correlation-id:1\n", "one"));
        assertThat(first.get(10, TimeUnit.SECONDS).text()).isEqualTo("one");
        assertThat(second.get(10, TimeUnit.SECONDS).text()).isEqualTo("two");
    }

    @Test
    void replyWithoutCorrelationIsThatOfTheOnlyRequest() throws Exception {
        StompClient client =
                server.connected(ClientOptions.builder(server.url()), "version:1.2\nserver:RabbitMQ/4.0\n");
        CompletableFuture<ReceivedMessage> answer = client.request("/app/a", "1", Duration.ofSeconds(10));
        String send = server.expectFrame();
        assertThat(send).startsWith("SEND\n");
        String replyTo = send.replaceAll("(?s).*\nreply-to:([^\n]*)\n.*", "$1");
        server.send(reply(replyTo, "", "one"));
        assertThat(answer.get(10, TimeUnit.SECONDS).text()).isEqualTo("one");
    }

    private static String reply(String replyTo, String headers, String body) {
        return "MESSAGE\nsubscription:" + replyTo + "\nmessage-id:1\ndestination:/x\n" + headers + "\n" + body + "\0";
    }

    @Test
    void requestWithoutReplyFailsWhenTheTimeIsOver() throws Exception {
        StompClient client = server.connected("1.2");
        assertThatThrownBy(() ->
                        client.request("/app/a", "1", Duration.ofMillis(100)).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(NoAnswerException.class)
                .hasMessageContaining("no reply from /app/a within 100 ms");
    }

    @Test
    void slowHandlerHoldsTheServerAndLosesNothing() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        StompClient client =
                server.connected(ClientOptions.builder(server.url()).maxUnhandledBytes(10_000), "version:1.2\n");
        client.subscribe("/a", message -> {
            gate.await();
            count.incrementAndGet();
        });
        server.expectFrame();
        String message = "MESSAGE\nsubscription:1\nmessage-id:1\ndestination:/a\n\n" + "x".repeat(10_000) + "\0";
        int total = 3_000;
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < total; i++) {
                    server.send(message);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(sending.copy()
                        .completeOnTimeout(null, 300, TimeUnit.MILLISECONDS)
                        .get())
                .isNull();
        assertThat(sending)
                .as("30 MB do not fit into the buffers of a client that is held")
                .isNotDone();
        gate.countDown();
        sending.get(30, TimeUnit.SECONDS);
        org.junit.jupiter.api.Assertions.assertTimeout(Duration.ofSeconds(30), () -> {
            while (count.get() < total) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    void senderWaitsForAServerThatTakesNothingButNotForEver() throws Exception {
        StompClient client = server.connected(
                ClientOptions.builder(server.url()).maxUnsentBytes(100_000).sendTimeout(Duration.ofMillis(300)),
                "version:1.2\n");
        byte[] body = new byte[64 * 1024];
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        client.send("/a", Headers.EMPTY, body);
                    }
                })
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("has taken nothing");
    }

    private ReceivedMessage next() throws InterruptedException {
        ReceivedMessage message = received.poll(10, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return java.util.Objects.requireNonNull(message);
    }
}
