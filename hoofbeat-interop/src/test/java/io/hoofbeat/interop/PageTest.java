/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hoofbeat.server.StompServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The live page in Chromium: each of the script's checks is a test. */
class PageTest {
    private static final File SCRIPTS = new File("../hoofbeat-test/src/test/clients/node");

    @TestFactory
    Stream<DynamicTest> everySceneWorksOverEveryTransport() throws IOException, InterruptedException {
        requireBrowser();
        List<String> lines;
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .resources("/", PageTest.class.getClassLoader(), "io/hoofbeat/cli/page")
                .start()) {
            lines = run("http://127.0.0.1:" + server.port("ws") + "/");
        }
        assertThat(lines).last().asString().endsWith("passed, 0 failed, 0 n/a");
        return lines.stream()
                .filter(line -> line.startsWith("ok ") || line.startsWith("FAILED"))
                .map(line ->
                        DynamicTest.dynamicTest(line, () -> assertThat(line).startsWith("ok ")));
    }

    private static void requireBrowser() {
        if (!new File("/usr/bin/chromium").canExecute()
                || !new File(SCRIPTS, "node_modules/playwright-core").exists()) {
            String what = "no Chromium, or no Node.js packages: tools/install-test-tools.sh installs them";
            if ("true".equals(System.getenv("CI"))) {
                fail(what);
            }
            assumeTrue(false, what);
        }
    }

    private static List<String> run(String url) throws IOException, InterruptedException {
        Process script = new ProcessBuilder("node", "page.mjs", "--url", url)
                .directory(SCRIPTS)
                .redirectErrorStream(true)
                .start();
        script.getOutputStream().close();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(script.getInputStream(), UTF_8))) {
            List<String> lines = out.lines().peek(System.out::println).toList();
            script.waitFor();
            return lines;
        }
    }
}
