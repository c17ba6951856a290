/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.config.ConfigurationException;
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
