/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.browser;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window. One thread at a time; whoever made it closes it. */
public final class Chromium implements AutoCloseable {
    private static final File BROWSER = new File("/usr/bin/chromium");
    private static final File DRIVER = new File("/usr/bin/chromedriver");

    private final ChromeDriver driver;

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

    /** Skips the test, or fails it where all are required, if there is none, or if one of these files that pages need is missing. */
    public static Chromium start(File... needed) {
        if (!BROWSER.canExecute() || !DRIVER.canExecute() || !Stream.of(needed).allMatch(File::exists)) {
            String what = "no Chromium, or no packages of Node.js: tools/install-test-tools.sh installs them";
            if ("true".equals(System.getenv("CI"))) {
                fail(what);
            }
            assumeTrue(false, what);
        }
        return new Chromium();
    }

    public void open(String url) {
        driver.get(url);
    }

    public void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** The driver itself, for elements to click and to type into. */
    public ChromeDriver driver() {
        return driver;
    }

    /** What a script that returns a promise comes to. */
    public @Nullable Object await(String script, Object... arguments) {
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
    public List<?> list(String script, Object... arguments) {
        if (await(script, arguments) instanceof List<?> list) {
            return list;
        }
        throw new AssertionError("not an array");
    }

    /** What the page and the browser said since the last call. */
    public List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
