/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.cli.Commands.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** user, acl, config, completion. */
class ToolCommandsTest {
    private final Path directory;

    ToolCommandsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void hashOfAPasscodeFromTheStandardInput() {
        Run hash = Commands.startWithInput("sesame\n", "user", "hash");
        assertThat(hash.code()).isZero();
        assertThat(PasswordHash.parse(hash.out().strip()).matches("sesame")).isTrue();
        Run line = Commands.startWithInput("sesame", "user", "hash", "ada", "--roles", "trader,admin");
        assertThat(line.out(true)).startsWith("ada:$argon2id$").endsWith(":admin,trader\n");
        assertThat(Commands.startWithInput("", "user", "hash").code()).isEqualTo(2);
        assertThat(Commands.startWithInput("\n", "user", "hash").code()).isEqualTo(2);
    }

    @Test
    void ruleThatDecidesIsNamed() throws IOException {
        String file = file("""
                users: [{name: ada, hash: "%s", roles: [admin]}]
                rules:
                  - {allow: [send, subscribe], roles: admin, destinations: "/queue/**"}
                  - {deny: subscribe, destinations: "/topic/secret.**"}
                """.formatted(PasswordHash.of("x").text()));
        Run allowed = Commands.start("acl", "check", "ada", "send", "/queue/a", "-c", file);
        assertThat(allowed.code()).isZero();
        assertThat(allowed.out())
                .isEqualTo("allowed: rule 1 says so: allow [send, subscribe] roles [admin] destinations [/queue/**]\n");
        Run denied = Commands.start("acl", "check", "ada", "subscribe", "/topic/secret.a", "-c", file);
        assertThat(denied.code()).isEqualTo(4);
        assertThat(denied.out()).startsWith("denied: rule 2 says so");
        Run unknown = Commands.start("acl", "check", "eve", "send", "/queue/a", "-c", file);
        assertThat(unknown.code()).isEqualTo(4);
        assertThat(unknown.out()).isEqualTo("denied: no rule speaks of it\n");
        assertThat(unknown.err()).contains("there is no user eve");
    }

    @Test
    void configurationIsCheckedAndPrinted() throws IOException {
        String file = file("broker: {prefetch: 17}");
        Run check = Commands.start("config", "check", "-c", file);
        assertThat(check.out(true)).isEqualTo(file + " is fine\n");
        Run print = Commands.start(
                Map.of("HOOFBEAT_CONFIG", file, "HOOFBEAT_BROKER_STRICT", "true"),
                "config",
                "print",
                "--listeners.tcp.port=7");
        assertThat(print.out(true).replaceAll(" +", " "))
                .contains(" prefetch: 17 # " + file + ":1:20\n")
                .contains(" strict: true # HOOFBEAT_BROKER_STRICT\n")
                .contains(" port: 7 # --listeners.tcp.port\n");
        Run wrong = Commands.start("config", "check", "-c", file("broker: {prefech: 17}"));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("did you mean \"prefetch\"?");
    }

    @Test
    void environmentAndDocumentationAreListed() throws IOException {
        assertThat(Commands.start("config", "env").out(true)).contains("#HOOFBEAT_LISTENERS_TCP_PORT=61613\n");
        assertThat(Commands.start("config", "doc").out(true))
                .isEqualTo(Files.readString(Path.of("..", "docs", "CONFIGURATION.md")));
    }

    @Test
    void exampleOfTheDistributionIsRight() {
        Run check = Commands.start("config", "check", "-c", "src/main/assembly/hoofbeat.yml");
        assertThat(check.out(true)).endsWith("is fine\n");
    }

    @Test
    void completionIsAScriptThatTheShellReads() throws Exception {
        String script = Commands.start("completion").out(true);
        assertThat(script).contains("_complete_hoofbeat", "--selector");
        Process bash =
                new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var in = bash.outputWriter()) {
            in.write(script);
        }
        assertThat(new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void versionAndHelp() {
        assertThat(Commands.start("--version").out(true)).matches("hoofbeat \\d+\\.\\d+\\.\\S+ \\(Java .*\\)\n");
        assertThat(Commands.start().out(true)).contains("Usage: hoofbeat");
        for (String command : new String[] {"up", "sub", "pub", "req", "user", "acl", "config", "completion"}) {
            assertThat(Commands.start(command, "--help").out(true)).contains("Usage: hoofbeat " + command);
        }
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("hoofbeat.yml"), yaml).toString();
    }
}
