/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPattern;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.security.AccessRule;
import io.hoofbeat.broker.security.AccessRules;
import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.broker.security.User;
import io.hoofbeat.broker.security.UserFile;
import io.hoofbeat.broker.security.Users;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.SockJs;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.config.Model.ListenerKind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Hands values to builders. What they refuse becomes a problem with the place where the value was said. Used by one thread. */
final class Binder {
    private final Map<String, Value> values;
    private final Problems problems;

    Binder(Map<String, Value> values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    /** With all listeners that are enabled; the broker's options are built into it. */
    StompServer.Builder server(BrokerOptions broker) {
        StompServer.Builder builder = StompServer.builder().broker(broker);
        group(Model.SERVER, Model.SERVER_SETTINGS, builder);
        for (Endpoint endpoint : endpoints(broker)) {
            builder.endpoint(endpoint);
        }
        return builder;
    }

    List<Endpoint> endpoints(BrokerOptions broker) {
        List<Endpoint> endpoints = Model.LISTENER_KINDS.stream()
                .filter(this::isEnabled)
                .flatMap(kind -> endpoint(kind, broker).stream())
                .toList();
        if (endpoints.isEmpty() && problems.isEmpty()) {
            problems.add("no listener is enabled: nobody could come in");
        }
        return endpoints;
    }

    private boolean isEnabled(ListenerKind kind) {
        Value said = values.get(kind.path() + "." + Model.ENABLED);
        if (said != null) {
            return (Boolean) said.value();
        }
        return kind.enabled() || where(kind).isPresent();
    }

    /** Where something was said of a listener. */
    private Optional<Origin> where(ListenerKind kind) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(kind.path() + "."))
                .map(entry -> entry.getValue().origin())
                .findFirst();
    }

    private Optional<Endpoint> endpoint(ListenerKind kind, BrokerOptions broker) {
        Origin where = where(kind).orElse(Origin.DEFAULT);
        Endpoint.Builder builder = Endpoint.builder(kind.name(), kind.kind()).port(kind.port());
        Map<String, Value> said = new TreeMap<>(values);
        said.remove(kind.path() + "." + Model.ENABLED);
        new Binder(said, problems).group(kind.path(), Model.LISTENER_SETTINGS, builder);
        SockJs.Builder sockJs = SockJs.builder();
        new Binder(said, problems).group(kind.path() + "." + Model.SOCKJS, Model.SOCKJS_SETTINGS, sockJs);
        Endpoint endpoint;
        try {
            endpoint = builder.sockJs(sockJs.build()).build();
        } catch (IllegalArgumentException e) {
            problems.add(where, kind.path() + ": " + e.getMessage());
            return Optional.empty();
        }
        if (endpoint.tls() == null && (kind.name().equals("tls") || kind.name().equals("wss"))) {
            problems.add(where, kind.path() + " needs a certificate and a key, or a keystore");
        }
        checkWhoMayEnter(kind, endpoint, broker);
        return Optional.of(endpoint);
    }

    /** What StompServer would refuse at its start can be found out before. */
    private void checkWhoMayEnter(ListenerKind kind, Endpoint endpoint, BrokerOptions broker) {
        if (broker.authenticator() == Authenticator.ANYBODY
                && !endpoint.allowAnonymous()
                && !endpoint.requiresCertificate()
                && !endpoint.isLoopback()) {
            Value host = values.get(kind.path() + ".host");
            problems.add(
                    host == null ? Origin.DEFAULT : host.origin(),
                    kind.path() + ".host: " + endpoint.host()
                            + " can be reached from other machines, and there are no users: anybody would be let in; add users"
                            + " (`hoofbeat user hash` helps), or say that it is meant: allow-anonymous: true");
        }
    }

    BrokerOptions.Builder broker() {
        BrokerOptions.Builder builder = BrokerOptions.builder();
        group(Model.BROKER, Model.BROKER_SETTINGS, builder);
        for (Value.Item item : items(Model.DESTINATIONS)) {
            destination(item).ifPresent(builder::policy);
        }
        List<User> users = users();
        if (hasUsers()) {
            builder.authenticator(Users.of(users, isAnonymous()));
        }
        rules().ifPresent(builder::authorizer);
        return builder;
    }

    /** Tells the builder everything that was said below that path. */
    void group(String path, Settings settings, Object builder) {
        values.forEach((at, value) -> {
            if (at.startsWith(path + ".") && at.indexOf('.', path.length() + 1) < 0) {
                apply(settings, builder, at, at.substring(path.length() + 1), value);
            }
        });
    }

    private void apply(Settings settings, Object builder, String path, String name, Value value) {
        try {
            settings.apply(builder, name, value.value());
        } catch (IllegalArgumentException e) {
            problems.add(value.origin(), path + ": " + e.getMessage());
        }
    }

    private Optional<DestinationPolicy> destination(Value.Item item) {
        String pattern = item.text("pattern");
        try {
            DestinationPattern.of(pattern);
        } catch (IllegalArgumentException e) {
            problems.add(item.originOf("pattern"), "destinations.pattern: " + e.getMessage());
            return Optional.empty();
        }
        Kind kind = Kind.valueOf(item.text("kind").toUpperCase(Locale.ROOT));
        DestinationPolicy.Builder builder = DestinationPolicy.builder(pattern, kind);
        item.values().forEach((name, value) -> {
            if (!name.equals("pattern") && !name.equals("kind")) {
                apply(Model.DESTINATION_SETTINGS, builder, Model.DESTINATIONS + "." + name, name, value);
            }
        });
        return Optional.of(builder.build());
    }

    boolean hasUsers() {
        return !items(Model.USERS).isEmpty() || values.containsKey(Model.USERS_FILE);
    }

    boolean isAnonymous() {
        Value value = values.get(Model.ANONYMOUS);
        return value != null && (Boolean) value.value();
    }

    boolean isPage() {
        Value value = values.get(Model.PAGE);
        return value == null || (Boolean) value.value();
    }

    /** Those of the configuration and those of the file. */
    List<User> users() {
        Map<String, User> users = new LinkedHashMap<>();
        for (Value.Item item : items(Model.USERS)) {
            user(item).ifPresent(user -> add(user, users, item.originOf("name")));
        }
        Value file = values.get(Model.USERS_FILE);
        if (file != null) {
            for (User user : fromFile((Path) file.value(), file.origin())) {
                add(user, users, file.origin());
            }
        }
        return List.copyOf(users.values());
    }

    private void add(User user, Map<String, User> users, Origin where) {
        if (users.putIfAbsent(user.name(), user) != null) {
            problems.add(where, "there are two users " + user.name());
        }
    }

    private Optional<User> user(Value.Item item) {
        PasswordHash hash;
        try {
            hash = PasswordHash.parse(item.text("hash"));
        } catch (IllegalArgumentException e) {
            problems.add(item.originOf("hash"), "users.hash: " + e.getMessage());
            return Optional.empty();
        }
        try {
            return Optional.of(new User(item.text("name"), hash, Set.copyOf(item.texts("roles"))));
        } catch (IllegalArgumentException e) {
            problems.add(item.originOf("name"), "users.name: " + e.getMessage());
            return Optional.empty();
        }
    }

    private List<User> fromFile(Path file, Origin where) {
        try {
            return UserFile.read(file);
        } catch (NoSuchFileException e) {
            problems.add(where, "users-file: there is no file " + file);
        } catch (IOException e) {
            problems.add(where, "users-file: " + file + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            String.valueOf(e.getMessage()).lines().forEach(problems::add);
        }
        return List.of();
    }

    /** Empty if nothing was said: then everybody may do everything. */
    Optional<AccessRules> rules() {
        if (items(Model.RULES).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(AccessRules.of(items(Model.RULES).stream()
                .map(this::rule)
                .flatMap(Optional::stream)
                .toList()));
    }

    private Optional<AccessRule> rule(Value.Item item) {
        boolean allow = item.values().containsKey("allow");
        if (allow == item.values().containsKey("deny")) {
            problems.add(item.origin(), "a rule has either \"allow\" or \"deny\"");
            return Optional.empty();
        }
        String verb = allow ? "allow" : "deny";
        Set<Operation> operations = operations(item.texts(verb), item.originOf(verb));
        if (operations == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AccessRule(
                    allow,
                    Set.copyOf(item.texts("users")),
                    Set.copyOf(item.texts("roles")),
                    operations,
                    item.texts("destinations")));
        } catch (IllegalArgumentException e) {
            problems.add(item.originOf("destinations"), "rules.destinations: " + e.getMessage());
            return Optional.empty();
        }
    }

    private @Nullable Set<Operation> operations(List<String> words, Origin where) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (String word : words) {
            switch (word) {
                case "send" -> operations.add(Operation.SEND);
                case "subscribe" -> operations.add(Operation.SUBSCRIBE);
                default -> {
                    problems.add(where, "\"" + word + "\" is not one of send, subscribe");
                    return null;
                }
            }
        }
        if (operations.isEmpty()) {
            problems.add(where, "allow and deny say what: send, subscribe, or [send, subscribe]");
            return null;
        }
        return operations;
    }

    private List<Value.Item> items(String path) {
        Value value = values.get(path);
        return value == null ? List.of() : value.items();
    }
}
