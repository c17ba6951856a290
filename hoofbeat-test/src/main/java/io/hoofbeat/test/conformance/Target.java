/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The server that is tested.
 *
 * <p>Without system properties it is our own, in this JVM, one for each {@link Setup}. With {@code hoofbeat.conformance.tcp}
 * ({@code host:port}), {@code .tls} ({@code host:port}), {@code .ws} ({@code ws://host:port/path}) or {@code .sockjs}
 * ({@code http://host:port/path}) it is the one that they name; {@code .login}, {@code .passcode}, {@code .host},
 * {@code .queue-prefix} and {@code .topic-prefix} say how to talk to it, {@code .settle} for how many milliseconds to watch that
 * nothing happens, {@code .timeout} how many to wait for what has to come.
 */
interface Target {

    /** Where it listens: {@code tcp://}, {@code tls://} or {@code ws://}. */
    String uri(Transport transport);

    /** Whether it is ours, with all that we chose where the specification is silent. */
    boolean isOurs();

    /** Who may log in; empty if nobody has to. */
    String login();

    String passcode();

    /** What {@code host} in CONNECT should be. */
    String host();

    String queuePrefix();

    String topicPrefix();

    /** How long to watch that nothing happens, in milliseconds, after a RECEIPT has said that all is done. */
    int settleMillis();

    /** How long to wait for what has to come, in milliseconds. */
    int timeoutMillis();

    /** The server for a test; null if there is none that is set up like this. */
    static @Nullable Target of(Setup setup, boolean inside) {
        if (!Foreign.IS_TESTED) {
            return LocalServer.of(setup);
        }
        return !inside && setup.suits(Foreign.SERVER) ? Foreign.SERVER : null;
    }

    /** Whether the server that is tested has that transport. */
    static boolean offers(Transport transport) {
        return !Foreign.IS_TESTED || !Foreign.SERVER.uri(transport).isEmpty();
    }

    /** A server elsewhere, named by system properties. */
    final class Foreign implements Target {
        static final Foreign SERVER = new Foreign();
        static final boolean IS_TESTED = !property("tcp", "").isEmpty()
                || !property("tls", "").isEmpty()
                || !property("ws", "").isEmpty()
                || !property("sockjs", "").isEmpty();

        private Foreign() {}

        private static String property(String name, String otherwise) {
            return System.getProperty("hoofbeat.conformance." + name, otherwise);
        }

        @Override
        public String uri(Transport transport) {
            if (transport.isSockJs()) {
                return property("sockjs", "").replaceFirst("^http:", transport + ":");
            }
            String value =
                    property(transport.isWebSocket() ? "ws" : transport.name().toLowerCase(Locale.ROOT), "");
            return value.isEmpty() || transport.isWebSocket() ? value : transport + "://" + value;
        }

        @Override
        public boolean isOurs() {
            return false;
        }

        @Override
        public String login() {
            return property("login", "");
        }

        @Override
        public String passcode() {
            return property("passcode", "");
        }

        @Override
        public String host() {
            return property("host", "localhost");
        }

        @Override
        public String queuePrefix() {
            return property("queue-prefix", "/queue/");
        }

        @Override
        public String topicPrefix() {
            return property("topic-prefix", "/topic/");
        }

        @Override
        public int settleMillis() {
            return Integer.parseInt(property("settle", "300"));
        }

        @Override
        public int timeoutMillis() {
            return Integer.parseInt(property("timeout", "5000"));
        }
    }
}
