/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the whole suite in this JVM, against the server that the system properties name, and writes a line for each test. */
final class SuiteRun implements TestExecutionListener {
    private final PrintStream out;

    private SuiteRun(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        // Floods are no requirements, and a broker that is busy with one fails what runs beside it.
        LauncherDiscoveryRequest suite = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectPackage("io.hoofbeat.test.conformance"))
                .filters(ClassNameFilter.excludeClassNamePatterns(".*(BeforeLogin|Floods|SlowConsumers)Test"))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter(
                        "junit.jupiter.execution.parallel.config.executor-service", "worker_thread_pool")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "10")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.max-pool-size", "10")
                .build();
        try (PrintStream out = new PrintStream(arguments[0], UTF_8)) {
            LauncherFactory.create().execute(suite, new SuiteRun(out));
        }
        System.exit(0); // servers and threads of tests may still be there
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest() || !(test.getSource().orElse(null) instanceof MethodSource method)) {
            return;
        }
        String tags = test.getTags().stream().map(TestTag::getName).collect(Collectors.joining(","));
        String why = result.getThrowable()
                .map(failure -> String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " "))
                .orElse("");
        synchronized (out) {
            out.println(String.join(
                    "\t",
                    method.getMethodName(),
                    tags,
                    test.getDisplayName(),
                    result.getStatus().name(),
                    why.substring(0, Math.min(300, why.length()))));
        }
    }
}
