/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.server.config.Element.Leaf;
import io.hoofbeat.server.config.Element.Table;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts a configuration together: flags go before the environment, that before the file, that before the defaults. */
public final class ConfigurationReader {
    private static final String PREFIX = "HOOFBEAT_";

    /** What the command and its launcher read from the environment besides. */
    private static final Set<String> COMMANDS_OWN =
            Set.of("URL", "LOGIN", "PASSCODE", "CONFIG", "JAVA_OPTS", "HOME", "DEBUG");

    /** What Kubernetes puts into the environment for a service that is called hoofbeat. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_?PORT_\\d+_(TCP|UDP).*");

    private @Nullable Path file;
    private Map<String, String> environment = Map.of();
    private Map<String, String> flags = Map.of();
    private Map<String, String> properties = Map.of();
    private UnaryOperator<String> propertyOrigin = path -> path;

    ConfigurationReader() {}

    /** The file; null, as at first: none. */
    public ConfigurationReader file(@Nullable Path file) {
        this.file = file;
        return this;
    }

    /** The environment, {@link System#getenv()} for instance; only what begins with HOOFBEAT_ counts. At first empty. */
    public ConfigurationReader environment(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        return this;
    }

    /** Flags by path: {@code listeners.tcp.port} to {@code 61614}. At first empty. */
    public ConfigurationReader flags(Map<String, String> flags) {
        this.flags = new LinkedHashMap<>(flags);
        return this;
    }

    /**
     * What somebody else has read, by path; it counts less than the file. At first empty.
     *
     * @param origin where a property was said, by its path, for people
     */
    public ConfigurationReader properties(Map<String, String> properties, UnaryOperator<String> origin) {
        this.properties = new LinkedHashMap<>(properties);
        this.propertyOrigin = origin;
        return this;
    }

    /**
     * Reads everything and checks it.
     *
     * @throws ConfigurationException if anything is wrong; it tells all that is
     */
    public Configuration read() {
        Problems problems = new Problems();
        Map<String, Value> values = new TreeMap<>(byPath(properties, propertyOrigin, "property", problems));
        values.putAll(fromFile(problems));
        values.putAll(fromEnvironment(problems));
        values.putAll(byPath(flags, path -> "--" + path, "flag", problems));
        problems.throwIfAny();
        Configuration configuration = new Configuration(file, values);
        configuration.check(problems);
        problems.throwIfAny();
        return configuration;
    }

    private Map<String, Value> fromFile(Problems problems) {
        if (file == null) {
            return Map.of();
        }
        Origin where = new Origin(file.toString(), 0, 0);
        try {
            return new YamlReader(file.toString(), file.toAbsolutePath().getParent(), problems)
                    .read(Files.readString(file), Model.ROOT);
        } catch (NoSuchFileException e) {
            problems.add(where, "there is no such file");
        } catch (CharacterCodingException e) {
            problems.add(where, "this is not UTF-8");
        } catch (IOException e) {
            problems.add(where, "cannot be read: " + e.getMessage());
        }
        return Map.of();
    }

    private Map<String, Value> fromEnvironment(Problems problems) {
        Map<String, Element> known = byName(Element::variable);
        Map<String, Value> values = new TreeMap<>();
        new TreeMap<>(environment).forEach((name, text) -> {
            if (!name.startsWith(PREFIX) || COMMANDS_OWN.contains(name.substring(PREFIX.length()))) {
                return;
            }
            Origin where = new Origin(name, 0, 0);
            Element element = known.get(name);
            if (element != null) {
                value(element, text, where, problems).ifPresent(value -> values.put(element.path(), value));
            } else if (!SERVICE_LINK.matcher(name).matches() && !text.startsWith("tcp://")) {
                problems.addUnknown(where, "variable", "%s", Nearest.to(name, known.keySet()));
            }
        });
        return values;
    }

    private static Map<String, Value> byPath(
            Map<String, String> texts, UnaryOperator<String> origin, String what, Problems problems) {
        Map<String, Element> known = byName(Element::path);
        Map<String, Value> values = new TreeMap<>();
        texts.forEach((path, text) -> {
            Origin where = new Origin(origin.apply(path), 0, 0);
            Element element = known.get(path);
            if (element != null) {
                value(element, text, where, problems).ifPresent(value -> values.put(path, value));
            } else {
                String shape = what.equals("flag") ? "--%s" : "%s";
                problems.addUnknown(where, what, shape, Nearest.to(path, known.keySet()));
            }
        });
        return values;
    }

    private static Map<String, Element> byName(Function<Element, String> name) {
        return Element.named(Model.ROOT).stream().collect(Collectors.toMap(name, element -> element));
    }

    private static Optional<Value> value(Element element, String text, Origin where, Problems problems) {
        if (element instanceof Table table) {
            return new YamlReader(where.source(), Path.of("").toAbsolutePath(), problems).read(text, table);
        }
        Option option = ((Leaf) element).option();
        try {
            return Optional.of(new Value(option.parse(text), where));
        } catch (IllegalArgumentException e) {
            problems.add(where, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Everything that can be named by a variable or a flag: options and, last, lists. For documentation and completion. */
    public static List<Option> options() {
        return Element.named(Model.ROOT).stream()
                .filter(Leaf.class::isInstance)
                .map(element -> ((Leaf) element).option())
                .toList();
    }

    /** The lists, by path. Their value is written as in YAML: {@code [{name: ada, hash: ...}]}. */
    public static List<String> lists() {
        return Element.named(Model.ROOT).stream()
                .filter(Table.class::isInstance)
                .map(Element::path)
                .toList();
    }

    /** What an item of such a list can say. */
    public static List<Option> items(String list) {
        return Element.named(Model.ROOT).stream()
                .filter(element -> element instanceof Table && element.path().equals(list))
                .flatMap(element -> ((Table) element).item().elements().values().stream())
                .map(element -> ((Leaf) element).option())
                .toList();
    }
}
