/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the socket to CONNECTED, or not. */
class ConnectTest {
    private final ScriptedServer server;

    ConnectTest() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    @Tag("C11-CONN-3")
    @Tag("C11-CONN-4")
    @Tag("C11-CONN-5")
    void c11_conn_2_firstFrameHasVersionsAndHost() throws IOException {
        server.dial(options().build());
        server.expect("CONNECT\naccept-version:1.0,1.1,1.2\nhost:127.0.0.1\nheart-beat:10000,10000\n\n\0");
    }

    @Test
    void c11_conn_5_whatWasSetIsSentAndNothingElse() throws IOException {
        server.dial(options()
                .login("u")
                .passcode("a:b\\c")
                .host("/v")
                .heartBeat(HeartBeat.NONE)
                .versions(EnumSet.of(Version.V1_2, Version.V1_1))
                .headers(Headers.of("client-id", "x"))
                .stompCommand(true)
                .build());
        server.expect("STOMP\naccept-version:1.1,1.2\nhost:/v\nlogin:u\npasscode:a:b\\c\nclient-id:x\n\n\0");
    }

    @Test
    void c10_conn_1_nothingFollowsConnectBeforeConnected() throws IOException {
        CompletableFuture<StompClient> client =
                server.dial(options().heartBeat(new HeartBeat(100, 100)).build());
        server.expectFrame();
        server.expectSilence(1_000);
        server.send("CONNECTED\nversion:1.2\nheart-beat:100,100\n\n\0");
        assertThat(client.join().version()).isEqualTo(Version.V1_2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0b"})
    void c11_conn_6_whatConnectCannotCarryIsRefusedBeforeAnythingIsSent(String passcode) {
        assertThatThrownBy(() -> options().passcode(passcode).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("passcode")
                .hasMessageNotContaining(passcode);
        assertThatThrownBy(() -> options().headers(Headers.of("a:b", "c")).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void c11_conn_7_errorInsteadOfConnectedIsInTheFailure() throws IOException {
        CompletableFuture<StompClient> client = server.dial(options().build());
        server.expectFrame();
        server.send("ERROR\nmessage:no\n\nbecause\0");
        Throwable failure = catchThrowable(client::join).getCause();
        assertThat(failure)
                .isInstanceOf(ConnectFailedException.class)
                .hasMessage("cannot connect to " + server.url() + ": no: because")
                .hasCauseInstanceOf(ServerErrorException.class)
                .matches(refusal -> ((ConnectFailedException) refusal).isRefused());
        server.expectEnd();
    }

    @Test
    void c11_conn_7_closeInsteadOfConnectedFails() throws IOException {
        CompletableFuture<StompClient> client = server.dial(options().build());
        server.expectFrame();
        server.hangUp();
        assertThat(catchThrowable(client::join).getCause())
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("before CONNECTED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "CONNECTED\nversion:1.2\nheart-beat:soon\n\n\0",
                "RECEIPT\nreceipt-id:1\n\n\0"
            })
    void whatIsNoAnswerToConnectFails(String answer) throws IOException {
        CompletableFuture<StompClient> client =
                server.dial(options().connectTimeout(Duration.ofSeconds(1)).build());
        server.expectFrame();
        server.send(answer);
        assertThat(catchThrowable(client::join).getCause()).isInstanceOf(ConnectFailedException.class);
        server.expectEnd();
    }

    @Test
    void silentServerFailsWithinTheTime() throws IOException {
        CompletableFuture<StompClient> client =
                server.dial(options().connectTimeout(Duration.ofMillis(300)).build());
        assertThat(catchThrowable(client::join).getCause())
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("no CONNECTED within 300 ms");
    }

    @Test
    void portWhereNobodyListensIsToldSo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThatThrownBy(() -> StompClient.connect("tcp://127.0.0.1:" + free))
                .isInstanceOf(ConnectFailedException.class)
                .hasMessage("cannot connect to tcp://127.0.0.1:" + free + ": nobody listens on 127.0.0.1:" + free);
    }

    @Test
    void c11_ver_1_withoutVersionItIs10() throws IOException {
        assertThat(server.connected(options(), "").version()).isEqualTo(Version.V1_0);
    }

    @ParameterizedTest
    @CsvSource({"1.3", "2.0", "x"})
    void c11_ver_1_versionThatWasNotOfferedFails(String version) throws IOException {
        CompletableFuture<StompClient> client = server.dial(options().build());
        server.expectFrame();
        server.send("CONNECTED\nversion:" + version + "\n\n\0");
        assertThat(catchThrowable(client::join).getCause())
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("the server speaks STOMP " + version + " only");
        server.expectEnd();
    }

    @Test
    void c11_esc_3_connectedIsNotUnescaped() throws IOException {
        StompClient client = server.connected(options(), "version:1.2\nsession:a\\cb\n");
        assertThat(client.connectedHeaders().get("session")).isEqualTo("a\\cb");
    }

    @Test
    @Tag("C12-EOL-2")
    void c12_eol_2_serverMayEndLinesWithCarriageReturns() throws IOException {
        CompletableFuture<StompClient> client = server.dial(options().build());
        server.expectFrame();
        server.send("CONNECTED\r\nversion:1.2\r\nsession:x\r\n\r\n\0");
        assertThat(client.join().connectedHeaders().get("session")).isEqualTo("x");
    }

    private ClientOptions.Builder options() {
        return ClientOptions.builder(server.url());
    }
}
