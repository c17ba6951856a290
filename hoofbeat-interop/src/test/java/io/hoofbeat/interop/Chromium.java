/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window. One thread at a time; whoever made it closes it. */
final class Chromium implements AutoCloseable {
    private static final File BROWSER = new File("/usr/bin/chromium");
    private static final File DRIVER = new File("/usr/bin/chromedriver");
    private static final File PACKAGES = new File("../hoofbeat-test/src/test/clients/node/node_modules/sockjs-client");

    final ChromeDriver driver;

    private Chromium() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(BROWSER);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-background-timer-throttling",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1280,800");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options);
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(90));
    }

    /** Skips the test, or fails it where all are required, if there is none, or none of the packages that pages use. */
    static Chromium start() {
        if (!BROWSER.canExecute() || !DRIVER.canExecute() || !PACKAGES.isDirectory()) {
            String what = "no Chromium, or no packages of Node.js: tools/install-test-tools.sh installs them";
            if ("true".equals(System.getenv("CI"))) {
                fail(what);
            }
            assumeTrue(false, what);
        }
        return new Chromium();
    }

    void open(String url) {
        driver.get(url);
    }

    void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** What a script that returns a promise comes to. */
    @Nullable Object await(String script, Object... arguments) {
        Object result = driver.executeAsyncScript(
                "const [...a] = arguments, done = a.pop();"
                        + "Promise.resolve().then(() => (async (...a) => {" + script + "})(...a))"
                        + ".then(value => done({ value }), problem => done({ problem: String(problem?.stack ?? problem) }));",
                arguments);
        if (!(result instanceof Map<?, ?> outcome)) {
            throw new AssertionError("no outcome, but " + result);
        }
        if (outcome.get("problem") != null) {
            throw new AssertionError(outcome.get("problem") + "\nconsole: " + console());
        }
        return outcome.get("value");
    }

    /** The same for a script whose promise is one of an array. */
    List<?> list(String script, Object... arguments) {
        if (await(script, arguments) instanceof List<?> list) {
            return list;
        }
        throw new AssertionError("not an array");
    }

    /** What the page and the browser said since the last call. */
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
