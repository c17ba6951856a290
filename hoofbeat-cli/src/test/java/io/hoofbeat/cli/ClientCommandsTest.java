/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.broker.security.User;
import io.hoofbeat.broker.security.Users;
import io.hoofbeat.cli.Commands.Run;
import io.hoofbeat.server.StompServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** sub, pub and req against a server. */
@Timeout(120)
class ClientCommandsTest {
    private final Path directory;
    private final StompServer server =
            StompServer.builder().tcp(0).webSocket(0, "/stomp").start();

    ClientCommandsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String tcp() {
        return "tcp://127.0.0.1:" + server.port("tcp");
    }

    private String webSocket() {
        return "ws://127.0.0.1:" + server.port("ws") + "/stomp";
    }

    @Test
    void subShowsWhatPubSendsOverTcpAndWebSocket() {
        Run sub = subscribed("sub", "/topic/hello", "--count", "2", "--url", webSocket());
        Run pub = Commands.start("pub", "/topic/hello", "Grüße", "--url", tcp());
        assertThat(pub.code()).isZero();
        assertThat(pub.out()).isEmpty();
        assertThat(pub.err()).isEqualTo("sent a message to /topic/hello\n");
        assertThat(Commands.start("pub", "/topic/hello", "two", "--url", webSocket(), "-q")
                        .code())
                .isZero();
        assertThat(sub.code()).isZero();
        assertThat(sub.out()).isEqualTo("Grüße\ntwo\n");
    }

    @Test
    void urlComesFromTheEnvironmentIfNobodyNamesIt() {
        Run sub = subscribed("sub", "/topic/hello", "-n1", "--url", tcp());
        assertThat(Commands.start(Map.of("HOOFBEAT_URL", tcp()), "pub", "/topic/hello", "x")
                        .code())
                .isZero();
        assertThat(sub.code()).isZero();
    }

    @Test
    void jsonHasHeadersAndTextOrOctets() {
        Run sub = subscribed("sub", "/topic/a", "--format", "json", "-n2", "--url", tcp());
        Commands.start("pub", "/topic/a", "say \"hi\"", "-H", "k: a:b", "-H", "k:second", "--url", tcp())
                .code();
        byte[] octets = {(byte) 0xff, 0, 'x'};
        Commands.startWithInput(octets, "pub", "/topic/a", "-", "--url", tcp()).code();
        assertThat(sub.code()).isZero();
        List<String> lines = sub.out().lines().toList();
        assertThat(lines.get(0))
                .startsWith("{\"destination\":\"/topic/a\",\"headers\":{")
                .contains("\"k\":\"a:b\"")
                .contains("\"content-type\":\"text/plain\"")
                .endsWith("},\"body\":\"say \\\"hi\\\"\"}");
        assertThat(lines.get(1))
                .endsWith("\"bodyBase64\":\"" + Base64.getEncoder().encodeToString(octets) + "\"}");
    }

    @Test
    void textGoesToAFileAsItIsAndToATerminalHarmless() throws Exception {
        byte[] octets = {'a', 27, '[', '2', 'J', (byte) 0xff};
        Run toFile = subscribed("sub", "/topic/a", "-n1", "--url", tcp());
        Run toTerminal = Commands.startOnTerminal(Map.of("NO_COLOR", "1"), "sub", "/topic/a", "-n1", "--url", tcp());
        await().until(() -> toTerminal.err().contains("subscribed"));
        Commands.startWithInput(octets, "pub", "/topic/a", "--url", tcp()).code();
        assertThat(toFile.code()).isZero();
        assertThat(toFile.octets()).containsExactly('a', 27, '[', '2', 'J', (byte) 0xff, '\n');
        assertThat(toTerminal.code()).isZero();
        assertThat(toTerminal.out()).isEqualTo("a\\x1b[2J\ufffd\n");
    }

    @Test
    void headersAreShownOnRequest() {
        Run sub = subscribed("sub", "/topic/a", "--headers", "-n1", "--url", tcp());
        Commands.start("pub", "/topic/a", "x", "-H", "k:v", "--url", tcp()).code();
        assertThat(sub.code()).isZero();
        assertThat(sub.out()).contains("\nk: v\n").endsWith("\n\nx\n");
    }

    @Test
    void fileIsSentOctetByOctet() throws IOException {
        Path file = Files.write(directory.resolve("body"), new byte[] {1, 2, 0, 3});
        Run sub = subscribed("sub", "/topic/a", "-n1", "--url", tcp());
        assertThat(Commands.start("pub", "/topic/a", "--file", file.toString(), "--url", tcp())
                        .code())
                .isZero();
        assertThat(sub.code()).isZero();
        assertThat(sub.octets()).containsExactly(1, 2, 0, 3, '\n');
        Run missing = Commands.start("pub", "/topic/a", "--file", "nowhere", "--url", tcp());
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).isEqualTo("error: there is no file nowhere\n");
    }

    @Test
    void everyLineIsAMessage() {
        Run sub = subscribed("sub", "/queue/lines", "-n", "3000", "--url", tcp());
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            input.append("line ").append(i).append('\n');
        }
        Run pub = Commands.startWithInput(input.toString(), "pub", "/queue/lines", "--lines", "--url", tcp());
        assertThat(pub.code()).isZero();
        assertThat(pub.err()).isEqualTo("sent 3000 messages to /queue/lines\n");
        assertThat(sub.code()).isZero();
        assertThat(sub.out()).isEqualTo(input.toString());
    }

    @Test
    void messageIsSentAsOftenAsWished() {
        Run sub = subscribed("sub", "/topic/a", "-n3", "--url", tcp());
        assertThat(Commands.start("pub", "/topic/a", "x", "-n3", "--no-receipt", "--url", tcp())
                        .code())
                .isZero();
        assertThat(sub.code()).isZero();
        assertThat(sub.out()).isEqualTo("x\nx\nx\n");
    }

    @Test
    void countTakesNoMessageThatIsNotShown() {
        Commands.startWithInput("1\n2\n3\n", "pub", "/queue/a", "--lines", "--url", tcp())
                .code();
        assertThat(Commands.start("sub", "/queue/a", "-n1", "--url", tcp()).out(true))
                .isEqualTo("1\n");
        assertThat(Commands.start("sub", "/queue/a", "-n2", "--url", tcp()).out(true))
                .isEqualTo("2\n3\n");
    }

    @Test
    void selectorIsObeyed() {
        Run sub = subscribed("sub", "/topic/a", "-n1", "--selector", "colour = 'red'", "--url", tcp());
        Commands.start("pub", "/topic/a", "1", "-H", "colour:blue", "--url", tcp())
                .code();
        Commands.start("pub", "/topic/a", "2", "-H", "colour:red", "--url", tcp())
                .code();
        assertThat(sub.code()).isZero();
        assertThat(sub.out()).isEqualTo("2\n");
    }

    @Test
    void tooFewMessagesInTimeIsCode5() {
        Run sub = Commands.start("sub", "/topic/a", "-n1", "--timeout", "300ms", "--url", tcp());
        assertThat(sub.code()).isEqualTo(5);
        assertThat(sub.err()).endsWith("error: there came 0 of 1 messages within 300ms\n");
        assertThat(Commands.start("sub", "/topic/a", "--timeout", "300ms", "--url", tcp())
                        .code())
                .isZero();
    }

    @Test
    void replyIsShown() {
        server.broker().handle("/app/greeting", exchange -> exchange.reply("Hello, " + exchange.text()));
        Run req = Commands.start("req", "/app/greeting", "Ada", "--url", webSocket());
        assertThat(req.code()).isZero();
        assertThat(req.out()).isEqualTo("Hello, Ada\n");
    }

    @Test
    void noReplyInTimeIsCode5() {
        Run req = Commands.start("req", "/topic/nobody", "Ada", "--timeout", "300ms", "--url", tcp());
        assertThat(req.code()).isEqualTo(5);
        assertThat(req.err()).isEqualTo("error: no reply from /topic/nobody within 300 ms\n");
    }

    @Test
    void nobodyListeningIsCode3AndSaysWhatToDo() {
        Run pub = Commands.start("pub", "/a", "x", "--url", "tcp://127.0.0.1:1");
        assertThat(pub.code()).isEqualTo(3);
        assertThat(pub.err())
                .isEqualTo("error: cannot connect to tcp://127.0.0.1:1: nobody listens on 127.0.0.1:1;"
                        + " `hoofbeat up` starts a server, --url names another\n");
    }

    @Test
    void wrongPathIsToldSo() {
        Run pub = Commands.start("pub", "/a", "x", "--url", "ws://127.0.0.1:" + server.port("ws") + "/wrong");
        assertThat(pub.code()).isEqualTo(3);
        assertThat(pub.err()).contains("the server answered HTTP 404").doesNotContain("\tat ");
    }

    @Test
    void wrongPasscodeIsCode4AndIsNotShown() {
        try (StompServer closed = StompServer.builder()
                .tcp(0)
                .broker(BrokerOptions.builder()
                        .authenticator(Users.of(List.of(new User("ada", PasswordHash.of("lovelace"), Set.of())), false))
                        .build())
                .start()) {
            String url = "tcp://127.0.0.1:" + closed.port("tcp");
            Run wrong = Commands.start("pub", "/a", "x", "--login", "ada", "--passcode", "sesame", "--url", url);
            assertThat(wrong.code()).isEqualTo(4);
            assertThat(wrong.err())
                    .contains("warning: others on this machine can see a passcode on the command line")
                    .contains("error: cannot connect to " + url + ": Access refused")
                    .doesNotContain("sesame");
            Map<String, String> environment = Map.of("HOOFBEAT_LOGIN", "ada", "HOOFBEAT_PASSCODE", "lovelace");
            Run right = Commands.start(environment, "pub", "/a", "x", "--url", url);
            assertThat(right.code()).isZero();
            assertThat(right.err()).doesNotContain("warning");
            Run asked =
                    Commands.startWithInput("lovelace\nbody", "pub", "/a", "--login", "ada", "--passcode", "-u" + url);
            assertThat(asked.code()).isZero();
        }
    }

    @Test
    void errorOfTheServerIsCode4() {
        Run sub = Commands.start("sub", "/topic/a", "--selector", "(", "--url", tcp());
        assertThat(sub.code()).isEqualTo(4);
        assertThat(sub.err()).contains("error: ").doesNotContain("\tat ");
    }

    @Test
    void lostConnectionEndsSub() {
        Run sub = subscribed("sub", "/topic/a", "--url", tcp());
        server.close();
        assertThat(sub.code()).isIn(4, 6);
        assertThat(sub.err()).contains("error: connection to " + tcp() + " ended: ");
    }

    @Test
    void closedPipeEndsSubQuietly() throws Exception {
        Process sub = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hoofbeat.class.getName(),
                        "sub",
                        "/topic/a",
                        "--url",
                        tcp())
                .start();
        assertThat(sub.errorReader().readLine()).startsWith("subscribed");
        sub.getInputStream().close();
        await().until(() -> {
            Commands.start("pub", "/topic/a", "x".repeat(100_000), "-q", "--url", tcp())
                    .code();
            return !sub.isAlive();
        });
        assertThat(sub.waitFor()).isZero();
        assertThat(sub.errorReader().readLine()).isNull();
    }

    @Test
    void wrongUsageIsCode2AndOneSentence() {
        Run none = Commands.start("sub");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err())
                .isEqualTo("error: Missing required parameter: 'DESTINATION'\n`hoofbeat sub --help` tells more.\n");
        Run typo = Commands.start("sbu", "/a");
        assertThat(typo.code()).isEqualTo(2);
        assertThat(typo.err()).contains("Did you mean sub?");
        Run header = Commands.start("pub", "/a", "x", "-H", "novalue");
        assertThat(header.code()).isEqualTo(2);
        assertThat(header.err()).isEqualTo("error: a header is written name:value, not \"novalue\"\n");
        Run url = Commands.start("pub", "/a", "x", "--url", "http://localhost");
        assertThat(url.code()).isEqualTo(2);
        assertThat(url.err()).contains("did you mean ws?");
        Run time = Commands.start("req", "/a", "x", "--timeout", "5", "--url", tcp());
        assertThat(time.code()).isEqualTo(2);
        assertThat(time.err()).contains("\"5\" needs a unit, as in 5s or 5ms");
    }

    private static Run subscribed(String... args) {
        Run sub = Commands.start(args);
        await().until(() -> sub.err().contains("subscribed") || !sub.isRunning());
        return sub;
    }
}
