/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.SockJs;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.Tls;
import io.hoofbeat.server.config.Element.Group;
import io.hoofbeat.server.config.Element.Leaf;
import io.hoofbeat.server.config.Element.Table;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that can be configured, made from the builders' methods: the one place that knows the shape of the file. */
final class Model {
    static final String LISTENERS = "listeners";
    static final String ENABLED = "enabled";
    static final String SERVER = "server";
    static final String BROKER = "broker";
    static final String DESTINATIONS = "destinations";
    static final String USERS = "users";
    static final String USERS_FILE = "users-file";
    static final String ANONYMOUS = "anonymous";
    static final String RULES = "rules";
    static final String PAGE = "page";
    static final String SOCKJS = "sockjs";

    static final Settings LISTENER_SETTINGS = Settings.of(Endpoint.Builder.class);
    static final Settings SOCKJS_SETTINGS = Settings.of(SockJs.Builder.class);
    static final Settings SERVER_SETTINGS = Settings.of(StompServer.Builder.class);
    static final Settings BROKER_SETTINGS = Settings.of(BrokerOptions.Builder.class);
    static final Settings DESTINATION_SETTINGS = Settings.of(DestinationPolicy.Builder.class);

    /** All that there can be. */
    static final List<ListenerKind> LISTENER_KINDS = List.of(
            new ListenerKind("tcp", Endpoint.Kind.TCP, 61_613, true, "STOMP as it is."),
            new ListenerKind("tls", Endpoint.Kind.TCP, 61_614, false, "STOMP in TLS; needs a certificate."),
            new ListenerKind("ws", Endpoint.Kind.WEB_SOCKET, 8_080, true, "STOMP in WebSocket, for browsers."),
            new ListenerKind(
                    "wss", Endpoint.Kind.WEB_SOCKET, 8_443, false, "STOMP in WebSocket in TLS; needs a certificate."),
            new ListenerKind(
                    "shared",
                    Endpoint.Kind.SHARED,
                    61_615,
                    false,
                    "All of these on one port; with TLS as well if there is a certificate."));

    /** The whole file. */
    static final Group ROOT = root();

    private Model() {}

    private static Group root() {
        List<Element> elements = new ArrayList<>();
        elements.add(group(
                LISTENERS,
                "Where clients come in.",
                LISTENER_KINDS.stream().map(Model::listener).toList()));
        elements.add(group(SERVER, "The server around the engine.", server()));
        elements.add(group(BROKER, "The engine: limits, times, heart-beats.", broker()));
        elements.add(new Table(
                DESTINATIONS,
                DESTINATIONS,
                "What holds for the destinations that match a pattern; the first that matches is the one. Behind all of them: queues below /queue, topics everywhere else.",
                group(DESTINATIONS, "", destination())));
        elements.add(new Table(
                USERS,
                USERS,
                "Who may log in. Without users, here or in users-file, everybody may, from this machine.",
                group(USERS, "", user())));
        elements.add(
                new Leaf(Option.of(USERS_FILE, Type.FILE, "A file of more users, one a line: name:hash:role,role.")));
        elements.add(new Leaf(
                Option.of(ANONYMOUS, Type.BOOLEAN, "Whether who has no login is let in, as user and role anonymous.")
                        .withStandard(false)));
        elements.add(new Leaf(Option.of(
                        PAGE,
                        Type.BOOLEAN,
                        "Whether `hoofbeat up` serves a page at / of the listeners that speak HTTP, to look at what goes on.")
                .withStandard(true)));
        elements.add(new Table(
                RULES,
                RULES,
                "Who may do what. The first rule that speaks of it decides; as soon as there are rules, what none speaks of is forbidden.",
                group(RULES, "", rule())));
        return group("", "", elements);
    }

    /**
     * A listener of the file.
     *
     * @param enabled whether it is there when nobody speaks of it; the others are as soon as anything is said of them
     */
    record ListenerKind(String name, Endpoint.Kind kind, int port, boolean enabled, String text) {

        String path() {
            return LISTENERS + "." + name;
        }

        /** What means nothing for it cannot be said. */
        boolean has(String setting) {
            return switch (setting) {
                case "certificate",
                        "key",
                        "key-password",
                        "keystore",
                        "keystore-password",
                        "client-auth",
                        "client-trust" -> !name.equals("tcp") && !name.equals("ws");
                case "path", "origins", "compression", "web-socket-ping" -> kind != Endpoint.Kind.TCP;
                case "trailing-line-feed" -> kind != Endpoint.Kind.WEB_SOCKET;
                default -> true;
            };
        }
    }

    private static Element listener(ListenerKind listener) {
        Endpoint standard = Endpoint.builder(listener.name, listener.kind).build();
        List<Option> options = new ArrayList<>();
        options.add(Option.of(listener.path() + "." + ENABLED, Type.BOOLEAN, "Whether it listens.")
                .withStandard(listener.enabled)
                .withStandardText(listener.enabled ? "true" : "if anything is said of it"));
        options.addAll(LISTENER_SETTINGS.options(
                listener.path(), listener::has, name -> listenerStandard(listener, standard, name)));
        List<Element> elements = new ArrayList<>(leaves(options));
        if (listener.kind != Endpoint.Kind.TCP) {
            elements.add(sockJs(listener.path() + "." + SOCKJS));
        }
        return group(listener.path(), listener.text, elements);
    }

    private static Element sockJs(String path) {
        SockJs standard = SockJs.builder().build();
        return group(
                path,
                "SockJS, for clients that cannot have a WebSocket.",
                leaves(SOCKJS_SETTINGS.options(path, name -> component(standard, name))));
    }

    private static @Nullable Object listenerStandard(ListenerKind listener, Endpoint standard, String name) {
        return switch (name) {
            case "port" -> listener.port;
            case "clientAuth" -> Tls.ClientAuth.NONE;
            case "certificate",
                    "key",
                    "keyPassword",
                    "keystore",
                    "keystorePassword",
                    "clientTrust",
                    "heartBeatSend",
                    "heartBeatReceive" -> null;
            default -> component(standard, name);
        };
    }

    private static List<Element> server() {
        return leaves(SERVER_SETTINGS.options(SERVER, Model::serverStandard).stream()
                .map(Model::describedStandard)
                .toList());
    }

    /** StompServer's builder builds nothing that could be asked, so it is asked itself. */
    private static @Nullable Object serverStandard(String name) {
        try {
            Field field = StompServer.Builder.class.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(StompServer.builder());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no default of " + name, e);
        }
    }

    private static List<Element> broker() {
        BrokerOptions standard = BrokerOptions.builder().build();
        return leaves(BROKER_SETTINGS.options(BROKER, name -> brokerStandard(standard, name)).stream()
                .map(Model::describedStandard)
                .toList());
    }

    /** Of the few that are kept under another name than they are set by. */
    private static @Nullable Object brokerStandard(BrokerOptions options, String name) {
        return switch (name) {
            case "maxHeaders" -> options.codec().headers();
            case "maxHeaderLine" -> options.codec().headerLine();
            case "maxHeaderBytes" -> options.codec().headerOctets();
            case "maxBody" -> options.codec().body();
            case "maxConnectFrame" -> options.codec().connectFrame();
            case "heartBeatSend" -> Duration.ofMillis(options.heartBeat().sendMillis());
            case "heartBeatReceive" -> Duration.ofMillis(options.heartBeat().receiveMillis());
            default -> component(options, name);
        };
    }

    /** What depends on the machine is told in words, so that the documentation is the same everywhere. */
    private static Option describedStandard(Option option) {
        return switch (option.path()) {
            case "broker.max-queue-bytes" -> option.withStandardText("a quarter of the heap");
            case "broker.max-input-bytes", "broker.max-outbox-bytes", "broker.max-subscription-bytes" ->
                option.withStandardText("an eighth of the heap");
            case "broker.max-directory-bytes" -> option.withStandardText("a sixteenth of the heap");
            case "server.event-loops" -> option.withStandardText("the number of processors");
            default -> option;
        };
    }

    private static List<Element> destination() {
        DestinationPolicy standard = DestinationPolicy.builder("**", Kind.QUEUE).build();
        List<Option> options = new ArrayList<>();
        options.add(Option.of(
                        DESTINATIONS + ".pattern",
                        Type.TEXT,
                        "Which destinations: * stands for one segment between dots or slashes, ** for any number.")
                .asRequired());
        options.add(Option.of(
                        DESTINATIONS + ".kind",
                        Type.CHOICE,
                        "Whether every subscriber gets a message, or one: topic, queue.")
                .withChoices(List.of("topic", "queue"))
                .asRequired());
        options.addAll(DESTINATION_SETTINGS.options(DESTINATIONS, name -> component(standard, name)));
        return leaves(options);
    }

    private static List<Element> user() {
        return leaves(List.of(
                Option.of(USERS + ".name", Type.TEXT, "What CONNECT's login says.")
                        .asRequired(),
                Option.of(USERS + ".hash", Type.TEXT, "What `hoofbeat user hash` makes of the passcode.")
                        .asRequired()
                        .secretIf(true),
                Option.of(USERS + ".roles", Type.TEXTS, "What rules can be written for.")));
    }

    private static List<Element> rule() {
        return leaves(List.of(
                Option.of(RULES + ".allow", Type.TEXTS, "Permits send, subscribe, or both."),
                Option.of(RULES + ".deny", Type.TEXTS, "Forbids send, subscribe, or both."),
                Option.of(RULES + ".users", Type.TEXTS, "For whom, by name; without users and roles for all."),
                Option.of(RULES + ".roles", Type.TEXTS, "For whom, by role: one of them is enough."),
                Option.of(
                                RULES + ".destinations",
                                Type.TEXTS,
                                "Where: patterns, in which {user} stands for the user's own name.")
                        .asRequired()));
    }

    private static Group group(String path, String text, List<Element> elements) {
        Map<String, Element> byName = new LinkedHashMap<>();
        elements.forEach(element -> byName.put(element.name(), element));
        return new Group(
                path.substring(path.lastIndexOf('.') + 1), path, text, java.util.Collections.unmodifiableMap(byName));
    }

    private static List<Element> leaves(List<Option> options) {
        return options.stream().map(option -> (Element) new Leaf(option)).toList();
    }

    /** The component of a record that has the name of the method that sets it. */
    static @Nullable Object component(Record value, String name) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            if (component.getName().equals(name)) {
                try {
                    return component.getAccessor().invoke(value);
                } catch (IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException("default of " + name, e);
                }
            }
        }
        throw new IllegalStateException("no default of " + name + " in " + value.getClass());
    }
}
