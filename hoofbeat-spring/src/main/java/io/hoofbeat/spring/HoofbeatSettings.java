/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.config.Configuration;
import io.hoofbeat.server.config.ConfigurationException;
import io.hoofbeat.server.config.ConfigurationReader;
import io.hoofbeat.server.config.Option;
import io.hoofbeat.server.config.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

/**
 * What an application's properties say of us: below {@code hoofbeat} everything that {@code hoofbeat.yml} can say, under the same names,
 * and a few things that concern Spring alone. Immutable.
 *
 * @param configuration what the engine and its listeners are told
 * @param said what was said of it, by path
 * @param queues which destinations are queues, as patterns
 * @param controllersInOrder whether what one session sends to controllers is handled one after the other
 * @param inboundLimit octets of a session from which on its socket is not read any more
 * @param endpoints who serves the endpoints: "servlet", "native", or a port for the latter
 */
record HoofbeatSettings(
        Configuration configuration,
        Set<String> said,
        List<String> queues,
        boolean controllersInOrder,
        long inboundLimit,
        String endpoints) {
    static final String PREFIX = "hoofbeat";
    static final String SERVLET = "servlet";
    private static final String NATIVE = "native";
    private static final int MOST_PORT = 65_535;

    private static final String LISTENERS = "listeners.";
    private static final Pattern LINE = Pattern.compile("^(" + PREFIX + "\\.[a-z-]+):(\\d+):\\d+");

    /** Ours alone, with what they are: name, type, default, text. */
    static final List<Own> OWN = List.of(
            new Own(
                    "enabled",
                    "java.lang.Boolean",
                    "true",
                    "Whether Hoofbeat takes the place of Spring's simple broker."),
            new Own(
                    "queues",
                    "java.util.List<java.lang.String>",
                    null,
                    "Which destinations are queues, each message going to one consumer: patterns such as /queue/**; all others are topics."),
            new Own(
                    "controllers-in-order",
                    "java.lang.Boolean",
                    "false",
                    "Whether what one session sends to controllers is handled one after the other, instead of side by side."),
            new Own(
                    "inbound-limit",
                    "org.springframework.util.unit.DataSize",
                    "1MB",
                    "Octets of a session that may wait for their turn; beyond that its socket is not read."),
            new Own(
                    "endpoints",
                    "java.lang.String",
                    SERVLET,
                    "Who serves the application's STOMP endpoints: servlet (the web server alone), native (Hoofbeat's own listener as"
                            + " well, on the port behind the web server's), or the port of that listener; 0: any that is free."));

    /** A property that no file of the stand-alone server has. */
    record Own(String name, String type, @Nullable String standard, String text) {}

    HoofbeatSettings {
        said = Set.copyOf(said);
        queues = List.copyOf(queues);
    }

    /**
     * Reads the properties of an application.
     *
     * @throws io.hoofbeat.server.config.ConfigurationException if anything is wrong; it tells all that is
     */
    static HoofbeatSettings of(Environment environment) {
        Binder binder = Binder.get(environment);
        Map<String, String> texts = new TreeMap<>();
        for (Option option : ConfigurationReader.options()) {
            text(binder, option).ifPresent(text -> texts.put(option.path(), text));
        }
        Set<String> unknown = unknown(environment);
        for (String list : ConfigurationReader.lists()) {
            List<String> items = items(binder, list, unknown);
            if (!items.isEmpty()) {
                texts.put(list, "[\n" + String.join(",\n", items) + "\n]");
            }
            unknown.removeIf(path -> path.startsWith(list + "["));
        }
        unknown.forEach(path -> texts.put(path, ""));
        Set<String> said = Set.copyOf(texts.keySet());
        if (said.stream().anyMatch(path -> path.startsWith(LISTENERS))) {
            // Stand-alone, some listen unless they are told not to.
            ConfigurationReader.options().stream()
                    .map(Option::path)
                    .filter(HoofbeatSettings::isListenersEnabled)
                    .filter(path -> said.stream().noneMatch(one -> one.startsWith(path.replace("enabled", ""))))
                    .forEach(path -> texts.put(path, "false"));
        }
        return new HoofbeatSettings(
                configuration(texts, environment),
                said,
                value(binder.bind(PREFIX + ".queues", Bindable.listOf(String.class)), List.of()),
                value(binder.bind(PREFIX + ".controllers-in-order", Boolean.class), false),
                value(binder.bind(PREFIX + ".inbound-limit", DataSize.class), DataSize.ofMegabytes(1))
                        .toBytes(),
                checked(value(binder.bind(PREFIX + ".endpoints", String.class), SERVLET)));
    }

    private static String checked(String endpoints) {
        boolean isPort = endpoints.matches("[0-9]{1,5}") && Integer.parseInt(endpoints) <= MOST_PORT;
        if (!isPort && !endpoints.equals(SERVLET) && !endpoints.equals(NATIVE)) {
            throw new InvalidConfigurationPropertyValueException(
                    PREFIX + ".endpoints",
                    endpoints,
                    "It must be servlet, native, or a port from 0 to " + MOST_PORT + ".");
        }
        return endpoints;
    }

    /** Whether a listener of ours serves the application's endpoints. */
    boolean isNative() {
        return !endpoints.equals(SERVLET);
    }

    /**
     * That listener's port; 0: any.
     *
     * @param webPort the web server's; negative if it was any
     */
    int nativePort(int webPort) {
        if (!endpoints.equals(NATIVE)) {
            return Integer.parseInt(endpoints);
        }
        return webPort < 0 ? 0 : webPort + 1;
    }

    private static Configuration configuration(Map<String, String> texts, Environment environment) {
        try {
            return Configuration.reader()
                    .properties(texts, path -> origin(environment, path))
                    .read();
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    e.problems().stream().map(HoofbeatSettings::itemForLine).toList());
        }
    }

    /** Each item of a list has been given a line of its own, behind the first. */
    private static String itemForLine(String problem) {
        Matcher place = LINE.matcher(problem);
        return place.find()
                ? place.group(1) + "[" + (Integer.parseInt(place.group(2)) - 2) + "]" + problem.substring(place.end())
                : problem;
    }

    private static <T> T value(BindResult<T> result, T otherwise) {
        return result.isBound() ? result.get() : otherwise;
    }

    boolean says(String path) {
        return said.contains(path);
    }

    /** In an application, none listens unless it is spoken of. */
    static boolean isListenersEnabled(String path) {
        return path.matches("listeners\\.[^.]+\\.enabled");
    }

    /** Whether there are to be endpoints of our own beside Spring's. */
    boolean listens() {
        return said.stream().anyMatch(path -> path.startsWith(LISTENERS));
    }

    boolean saysHeartBeat() {
        return says("broker.heart-beat-send") || says("broker.heart-beat-receive");
    }

    private static Optional<String> text(Binder binder, Option option) {
        String name = PREFIX + "." + option.path();
        return option.type() == Type.TEXTS
                ? texts(binder, name).map(texts -> String.join(",", texts))
                : text(binder, name);
    }

    private static Optional<String> text(Binder binder, String name) {
        BindResult<String> text = binder.bind(name, String.class);
        return text.isBound() ? Optional.of(text.get()) : Optional.empty();
    }

    private static Optional<List<String>> texts(Binder binder, String name) {
        BindResult<List<String>> texts = binder.bind(name, Bindable.listOf(String.class));
        return texts.isBound() ? Optional.of(texts.get()) : Optional.empty();
    }

    /**
     * The items of a list, each as it would be written in YAML; all values as texts, of which the reader makes what they should be. What
     * is unknown is said as well, so that the reader complains of it.
     */
    private static List<String> items(Binder binder, String list, Set<String> unknown) {
        List<String> items = new ArrayList<>();
        String item = item(binder, list, 0, unknown);
        while (!item.isEmpty()) {
            items.add("{" + item + "}");
            item = item(binder, list, items.size(), unknown);
        }
        return items;
    }

    /** Empty if there is none. */
    private static String item(Binder binder, String list, int index, Set<String> unknown) {
        List<String> parts = new ArrayList<>();
        String path = list + "[" + index + "].";
        for (Option option : ConfigurationReader.items(list)) {
            String name = PREFIX + "." + path + option.name();
            Optional<String> value = option.type() == Type.TEXTS
                    ? texts(binder, name)
                            .map(texts -> texts.stream()
                                    .map(HoofbeatSettings::quoted)
                                    .collect(Collectors.joining(", ", "[", "]")))
                    : text(binder, name).map(HoofbeatSettings::quoted);
            value.ifPresent(text -> parts.add(option.name() + ": " + text));
        }
        unknown.stream()
                .filter(each -> each.startsWith(path))
                .forEach(each -> parts.add(quoted(each.substring(path.length())) + ": \"\""));
        return String.join(", ", parts);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** What is below our prefix and nobody knows; the system's own variables may be somebody else's. */
    private static Set<String> unknown(Environment environment) {
        Set<String> known = new TreeSet<>();
        ConfigurationReader.options().forEach(option -> known.add(option.path()));
        OWN.forEach(own -> known.add(own.name()));
        for (String list : ConfigurationReader.lists()) {
            known.add(list);
            ConfigurationReader.items(list).forEach(option -> known.add(list + "." + option.name()));
        }
        ConfigurationPropertyName prefix = ConfigurationPropertyName.of(PREFIX);
        Set<String> unknown = new TreeSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all && !isSystem(source)) {
                all.stream()
                        .filter(prefix::isAncestorOf)
                        .map(name -> name.toString().substring(PREFIX.length() + 1))
                        .filter(path -> !isKnown(path.replaceAll("\\[\\d+\\]", ""), known))
                        .forEach(unknown::add);
            }
        }
        return unknown;
    }

    private static boolean isKnown(String path, Set<String> known) {
        return known.contains(path) || known.stream().anyMatch(one -> same(one, path));
    }

    private static boolean isSystem(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof org.springframework.core.env.PropertySource<?> properties
                && properties.getName().startsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    }

    /** Spring's spelling is relaxed: heartBeatSend is heart-beat-send. */
    private static boolean same(String known, String path) {
        return ConfigurationPropertyName.of(known).equals(ConfigurationPropertyName.adapt(path, '.'));
    }

    /** The property, and the place where it was said. */
    private static String origin(Environment environment, String path) {
        ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(PREFIX + "." + path);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            var property = name == null ? null : source.getConfigurationProperty(name);
            Origin origin = property == null ? null : property.getOrigin();
            if (origin != null) {
                return PREFIX + "." + path + " (" + origin + ")";
            }
        }
        return PREFIX + "." + path;
    }
}
