/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.security.AccessRules;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.StompServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What file, environment and flags say, read and checked. Immutable; each call gives new builders, to which a program may add
 * what a file cannot say.
 *
 * <pre>{@code
 * try (StompServer server = Configuration.read(Path.of("hoofbeat.yml")).server().start()) { ... }
 * }</pre>
 */
public final class Configuration {
    private final @Nullable Path file;
    private final Map<String, Value> values;

    Configuration(@Nullable Path file, Map<String, Value> values) {
        this.file = file;
        this.values = new TreeMap<>(values);
    }

    /**
     * Reads a file alone.
     *
     * @throws ConfigurationException if anything is wrong; it tells all that is
     */
    public static Configuration read(Path file) {
        return reader().file(file).read();
    }

    /** For a configuration of more than a file. */
    public static ConfigurationReader reader() {
        return new ConfigurationReader();
    }

    /** The file; empty if there was none. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** A builder of a server with all that was said: listeners, engine, users and rules. */
    public StompServer.Builder server() {
        return server(broker());
    }

    /** The same around an engine to which something was added: handlers' executors, listeners. */
    public StompServer.Builder server(BrokerOptions.Builder broker) {
        Problems problems = new Problems();
        StompServer.Builder builder = new Binder(values, problems).server(broker.build());
        problems.throwIfAny();
        return builder;
    }

    /** A builder of the engine's options that was told everything below {@code broker}, destinations, users and rules. */
    public BrokerOptions.Builder broker() {
        Problems problems = new Problems();
        BrokerOptions.Builder builder = new Binder(values, problems).broker();
        problems.throwIfAny();
        return builder;
    }

    /** The listeners that are enabled, in the order of the documentation. */
    public List<Endpoint> endpoints() {
        Problems problems = new Problems();
        Binder binder = new Binder(values, problems);
        return binder.endpoints(binder.broker().build());
    }

    /** The rules, empty if there are none and everybody may do everything. */
    public Optional<AccessRules> rules() {
        return new Binder(values, new Problems()).rules();
    }

    /** Whether the command line's server is to show its page. */
    public boolean page() {
        return new Binder(values, new Problems()).isPage();
    }

    /** Who a user is after his login; empty if there is no such user. */
    public Optional<Identity> user(String name) {
        return new Binder(values, new Problems())
                .users().stream()
                        .filter(user -> user.name().equals(name))
                        .map(user -> new Identity(user.name(), user.roles()))
                        .findFirst();
    }

    Map<String, Value> values() {
        return values;
    }

    /** What can only be seen when everything is put together. */
    void check(Problems problems) {
        Binder binder = new Binder(values, problems);
        binder.server(binder.broker().build());
    }
}
