/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** What the probes need: the applications, each started once, on a port of its own, and clients of theirs. Used by one thread. */
final class Clients implements AutoCloseable {
    /** As the pages of seed 000 have it. */
    static final String PORTFOLIO = "/spring-websocket-portfolio";

    /** Another virtual machine, or a browser, takes its time where many tests run. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<Class<?>, ConfigurableApplicationContext> applications = new HashMap<>();
    private @Nullable Chromium chromium;

    /** The application, which is started if it is not there yet. */
    ConfigurableApplicationContext application(Class<?> application) {
        return applications.computeIfAbsent(application, Clients::start);
    }

    private static ConfigurableApplicationContext start(Class<?> application) {
        boolean portfolio = application.getPackageName().startsWith("seeds.s000");
        ConfigurableApplicationContext context = new SpringApplicationBuilder(application)
                .properties(
                        "server.port=0",
                        "server.servlet.context-path=" + (portfolio ? PORTFOLIO : ""),
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "logging.level.seeds=info",
                        "logging.level.org.openqa.selenium=error")
                .run();
        if (context.containsBean("simpleBrokerMessageHandler")) {
            assertThat(context.getBean("simpleBrokerMessageHandler").getClass().getName())
                    .isEqualTo("io.hoofbeat.spring.SpringBroker");
        }
        return context;
    }

    int port(Class<?> application) {
        return Integer.parseInt(application(application).getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** A raw client, connected in that version. */
    StompPeer connected(Class<?> application, String path, String version) {
        StompPeer peer = StompPeer.connect("ws://localhost:" + port(application) + path);
        peer.open(version);
        return peer;
    }

    /** By which transports of SockJS, and by SockJS's own WebSocket, a message comes back that was sent to a topic. */
    String throughSockJs(Class<?> application, String path) {
        List<String> transports = List.of("websocket", "xhr-streaming", "eventsource", "xhr");
        for (String transport : transports) {
            try (StompPeer peer =
                    StompPeer.connect("sockjs-" + transport + "://localhost:" + port(application) + path)) {
                peer.open("1.2");
                peer.subscribe("/topic/news");
                peer.send("SEND⏎destination:/topic/news⏎⏎hello␀");
                assertThat(peer.expect("MESSAGE", "destination:/topic/news").text())
                        .isEqualTo("hello");
            }
        }
        return "SockJS (" + String.join(", ", transports) + "): MESSAGE hello";
    }

    /** The text's frame as it stands: {@code ^@} is NUL, which is put at the end where the text has none. */
    static byte[] frame(String listing) throws IOException {
        String text = text(listing);
        return (text.contains("^@") ? text.replace("^@", "\0") : text + "\0").getBytes(UTF_8);
    }

    /** What the text shows. */
    static String text(String listing) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                Clients.class.getResourceAsStream("/listings/" + listing), listing + " is no listing")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** What comes before a frame with a receipt, sent now, is confirmed. */
    static List<PeerFrame> answers(StompPeer peer) {
        peer.send("SEND⏎destination:/topic/sync⏎receipt:sync⏎⏎␀");
        List<PeerFrame> answers = new ArrayList<>();
        PeerFrame frame = peer.next();
        while (!"sync".equals(frame.header("receipt-id"))) {
            answers.add(frame);
            frame = peer.next();
        }
        return answers;
    }

    /** In a line: the command, those headers that tell something, the body. */
    static String brief(List<PeerFrame> frames) {
        return frames.isEmpty()
                ? "nothing else"
                : frames.stream().map(Clients::brief).collect(Collectors.joining(", "));
    }

    static String brief(PeerFrame frame) {
        StringBuilder brief = new StringBuilder(frame.command());
        for (String name : frame.command().equals("ERROR")
                ? List.of("message")
                : List.of("subscription", "destination", "content-type")) {
            if (frame.header(name) != null) {
                brief.append(' ').append(name).append(':').append(frame.value(name));
            }
        }
        boolean tellsMore = !frame.command().equals("ERROR") && !frame.text().isBlank();
        return tellsMore
                ? brief.append(" “").append(frame.text().strip()).append('”').toString()
                : brief.toString();
    }

    /** The browser, with that page of the application. */
    Chromium open(Class<?> application, String page) {
        if (chromium == null) {
            chromium = Chromium.start();
        }
        chromium.open("http://localhost:" + port(application) + page);
        return chromium;
    }

    /** What the page has seen, as soon as it is so much; times and names of sessions are left out. */
    static String seen(Chromium page, int count) {
        List<String> seen = new ArrayList<>();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            seen.clear();
            page.list("return seen").forEach(line -> seen.add(String.valueOf(line)));
            assertThat(seen).hasSizeGreaterThanOrEqualTo(count);
        });
        return withoutTimes(String.join(", ", seen));
    }

    static String withoutTimes(String text) {
        return text.replaceAll("\\d\\d:\\d\\d:\\d\\d[.\\d]*", "(time)");
    }

    @Override
    public void close() {
        if (chromium != null) {
            chromium.close();
        }
        applications.values().forEach(ConfigurableApplicationContext::close);
    }
}
