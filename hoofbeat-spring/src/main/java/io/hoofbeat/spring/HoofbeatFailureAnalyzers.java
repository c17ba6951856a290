/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.config.ConfigurationException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Why an application does not start because of us, and what to do. */
final class HoofbeatFailureAnalyzers {

    private HoofbeatFailureAnalyzers() {}

    /** A property is wrong. */
    static final class Properties extends AbstractFailureAnalyzer<ConfigurationException> {
        @Override
        protected FailureAnalysis analyze(Throwable root, ConfigurationException cause) {
            return new FailureAnalysis(
                    "The properties below \"hoofbeat\" cannot be used:\n\n    "
                            + String.join("\n    ", cause.problems()),
                    "Correct them. All properties, with their bounds and defaults, are in Hoofbeat's docs/CONFIGURATION.md; "
                            + "in application.yml they stand below \"hoofbeat:\".",
                    cause);
        }
    }

    /** A listener of ours finds no place. */
    static final class Listener extends AbstractFailureAnalyzer<UncheckedIOException> {
        @Override
        protected @Nullable FailureAnalysis analyze(Throwable root, UncheckedIOException cause) {
            Throwable why = cause.getCause();
            String message = why == null ? "" : String.valueOf(why.getMessage());
            return !message.startsWith("cannot listen: ")
                    ? null
                    : new FailureAnalysis(
                            "Hoofbeat " + message + ".",
                            "Stop what listens there, or choose another port below \"hoofbeat.listeners\"; 0 takes any that is free.",
                            cause);
        }
    }

    /** The application's own executor is behind a channel. */
    static final class Channel extends AbstractFailureAnalyzer<UnsuitableChannelException> {
        @Override
        protected FailureAnalysis analyze(Throwable root, UnsuitableChannelException cause) {
            return new FailureAnalysis(
                    "Hoofbeat cannot keep the order of frames on " + cause.channel() + ": " + cause.getMessage() + ".",
                    "Give the channel its executor by configureClientInboundChannel or configureClientOutboundChannel of a "
                            + "WebSocketMessageBrokerConfigurer, so that it is the bean " + cause.channel()
                            + "Executor; or keep Spring's simple broker by hoofbeat.enabled=false.",
                    cause);
        }
    }
}
