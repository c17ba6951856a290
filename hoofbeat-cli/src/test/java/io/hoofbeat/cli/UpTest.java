/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.cli.Commands.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class UpTest {
    private static final String[] ANY_PORTS = {"up", "--listeners.tcp.port=0", "--listeners.ws.port=0"};

    @Test
    void linesThatItPrintsWorkAsTheyStand() {
        Run up = Commands.start(ANY_PORTS);
        awaitBanner(up);
        assertThat(up.out()).containsPattern("up in \\d+ ms");
        List<String> lines = up.out()
                .lines()
                .filter(line -> line.startsWith("    hoofbeat "))
                .map(line -> line.strip().substring("hoofbeat ".length()))
                .toList();
        assertThat(lines).hasSize(2);
        Run sub = Commands.start(words(lines.get(0)));
        await().until(() -> sub.err().contains("subscribed"));
        assertThat(Commands.start(words(lines.get(1))).code()).isZero();
        await().until(() -> sub.out().equals("Hello, world\n"));

        Matcher webSocket = Pattern.compile("ws://\\S+").matcher(up.out());
        assertThat(webSocket.find()).isTrue();
        assertThat(Commands.start("pub", "/topic/hello", "again", "--url", webSocket.group())
                        .code())
                .isZero();
        await().until(() -> sub.out().endsWith("again\n"));

        up.interrupt();
        assertThat(up.code()).isZero();
        assertThat(up.out()).contains("stopping; telling 1 clients").endsWith("stopped\n");
        assertThat(sub.code()).isIn(4, 6);
        assertThat(sub.err()).contains("ended: the server says: ");
    }

    private static String[] words(String line) {
        Matcher matcher = Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
        return matcher.results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .toArray(String[]::new);
    }

    @Test
    void rulesOfTheExampleHold(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("hoofbeat.yml"), """
                users:
                  - {name: ada, hash: "%s"}
                rules:
                  - {allow: subscribe, destinations: "/topic/public/**"}
                  - {allow: [send, subscribe], destinations: ["/queue/user.{user}.**", "/temp-queue/**", "/reply-queue/**"]}
                """.formatted(
                        PasswordHash.of("lovelace").text()));
        String[] words = Arrays.copyOf(ANY_PORTS, 4);
        words[3] = "--config=" + file;
        Run up = Commands.start(words);
        awaitBanner(up);
        assertThat(up.out()).contains("a login is needed; rules say who may do what");
        String url = up.out().replaceAll("(?s).*(tcp://[0-9.:]+).*", "$1");
        assertThat(Commands.start("pub", "/queue/user.ada.a", "x", "-u", url).code())
                .isEqualTo(4);
        Map<String, String> ada = Map.of("HOOFBEAT_URL", url, "HOOFBEAT_LOGIN", "ada", "HOOFBEAT_PASSCODE", "lovelace");
        assertThat(Commands.start(ada, "pub", "/queue/user.ada.a", "x").code()).isZero();
        Run forbidden = Commands.start(ada, "pub", "/topic/public/a", "x");
        assertThat(forbidden.code()).isEqualTo(4);
        assertThat(forbidden.err()).contains("/topic/public/a").doesNotContain("--login");

        Run sub = Commands.start(ada, "sub", "/queue/user.ada.ask", "-n1", "--format", "json");
        await().until(() -> sub.err().contains("subscribed"));
        Run req = Commands.start(ada, "req", "/queue/user.ada.ask", "question");
        assertThat(sub.code()).isZero();
        String replyTo = sub.out().replaceAll("(?s).*\"reply-to\":\"([^\"]*)\".*", "$1");
        assertThat(Commands.start(ada, "pub", replyTo, "answer", "-H", "correlation-id:1")
                        .code())
                .isZero();
        assertThat(req.out(true)).isEqualTo("answer\n");
        up.interrupt();
        assertThat(up.code()).isZero();
    }

    @Test
    void thereAreNoColoursWhereNobodyWantsThem() {
        assertThat(banner(Commands.start(ANY_PORTS))).doesNotContain("\u001b[");
        assertThat(banner(Commands.startOnTerminal(Map.of("NO_COLOR", "1"), ANY_PORTS)))
                .doesNotContain("\u001b[1m");
        assertThat(banner(Commands.startOnTerminal(Map.of("TERM", "dumb"), ANY_PORTS)))
                .doesNotContain("\u001b");
        assertThat(banner(Commands.startOnTerminal(Map.of("TERM", "xterm"), ANY_PORTS)))
                .contains("\u001b[1mHoofbeat");
    }

    @Test
    void statusOnATerminalTellsWhatGoesOn() {
        Run up = Commands.startOnTerminal(Map.of(), ANY_PORTS);
        await().until(() -> up.out().contains("0 clients, 0 subscriptions"));
        up.interrupt();
        assertThat(up.code()).isZero();
    }

    @Test
    void portInUseIsToldWithTheWayOut() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            Run up = Commands.start("up", "--listeners.tcp.port=" + port, "--listeners.ws.port=0");
            assertThat(up.code()).isEqualTo(1);
            assertThat(up.err())
                    .isEqualTo("error: port " + port + " of 127.0.0.1 is in use, perhaps by another Hoofbeat;"
                            + " --listeners.tcp.port=PORT takes another, --listeners.tcp.port=0 any that is free\n");
        }
    }

    @Test
    void wrongConfigurationIsCode2WithAllThatIsWrong(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("hoofbeat.yml"), "listeners: {tcp: {prot: 1}}\nbroker: {prefetch: x}\n");
        Run up = Commands.start("up", "--config", file.toString());
        assertThat(up.code()).isEqualTo(2);
        assertThat(up.err())
                .isEqualTo("error: " + file + ":1:19: unknown key \"prot\" in listeners.tcp; did you mean \"port\"?\n"
                        + "error: " + file + ":2:20: broker.prefetch: \"x\" is not a whole number\n");
    }

    @Test
    void unknownFlagIsCode2WithASuggestion() {
        Run up = Commands.start("up", "--listeners.tcp.prot=1");
        assertThat(up.code()).isEqualTo(2);
        assertThat(up.err())
                .contains("Unknown option: '--listeners.tcp.prot=1'")
                .contains("Did you mean --listeners.tcp.port?");
    }

    private static String banner(Run up) {
        awaitBanner(up);
        up.interrupt();
        assertThat(up.code()).isZero();
        return up.out();
    }

    private static void awaitBanner(Run up) {
        await().until(() -> up.out().contains("Ctrl-C") || !up.isRunning());
        assertThat(up.isRunning()).as(Arrays.toString(up.octets()) + up.err()).isTrue();
    }
}
