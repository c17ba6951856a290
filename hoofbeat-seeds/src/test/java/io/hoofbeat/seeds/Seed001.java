/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static io.hoofbeat.seeds.Listing.java;
import static io.hoofbeat.seeds.Listing.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.util.List;
import org.openqa.selenium.By;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** The demonstration server, its page, and its console client. */
final class Seed001 {
    private static final Class<?> SILENT = seeds.s001.silent.Application.class;
    private static final Class<?> EXPLICIT = seeds.s001.explicit.Application.class;
    private static final Class<?> IMPLICIT = seeds.s001.implicit.Application.class;
    private static final Class<?> SERVER = seeds.s001.errors.Application.class;
    private static final String ENDPOINT = "/websocket-sockjs-stomp";
    private static final String CLIENT = "seeds/s001/client/Client";

    static final List<Listing> LISTINGS = List.of(
            Listing.of(
                    "001",
                    "the form of a frame",
                    "ERROR message:unknown command 'COMMAND' in STOMP 1.2",
                    Seed001::form),
            Listing.of(
                    "001",
                    "StompWebSocketConfig",
                    "SockJS (websocket, xhr-streaming, eventsource, xhr): MESSAGE hello",
                    clients -> clients.throughSockJs(SERVER, ENDPOINT),
                    java("001/StompWebSocketConfig.java", "seeds/s001/StompWebSocketConfig")),
            Listing.of(
                    "001",
                    "SubscribeMappingController",
                    "MESSAGE subscription:1 destination:/app/subscribe content-type:text/plain;charset=UTF-8 "
                            + "“server one-time message via the application”",
                    Seed001::oneTime,
                    java("001/SubscribeMappingController.java", "seeds/s001/SubscribeMappingController")),
            Listing.of(
                    "001",
                    "MessageMappingController, void",
                    "RECEIPT, nothing else",
                    clients -> request(clients, SILENT, "/topic/request"),
                    java("001/MessageMappingController-1.java", "seeds/s001/silent/MessageMappingController")),
            Listing.of(
                    "001",
                    "MessageMappingController, @SendTo",
                    "RECEIPT, MESSAGE subscription:s1 destination:/queue/responses "
                            + "content-type:text/plain;charset=UTF-8 “response to &lt;b&gt;”",
                    clients -> request(clients, EXPLICIT, "/queue/responses"),
                    java("001/MessageMappingController-2.java", "seeds/s001/explicit/MessageMappingController")),
            Listing.of(
                    "001",
                    "MessageMappingController, without @SendTo",
                    "RECEIPT, MESSAGE subscription:s1 destination:/topic/request "
                            + "content-type:text/plain;charset=UTF-8 “response to &lt;b&gt;”",
                    clients -> request(clients, IMPLICIT, "/topic/request"),
                    java("001/MessageMappingController-3.java", "seeds/s001/implicit/MessageMappingController")),
            Listing.of(
                    "001",
                    "MessageMappingController, @MessageExceptionHandler",
                    "MESSAGE subscription:1 destination:/queue/responses content-type:text/plain;charset=UTF-8 "
                            + "“response to one”, MESSAGE subscription:2 destination:/queue/errors "
                            + "content-type:text/plain;charset=UTF-8 “server exception: 'zero' is rejected”",
                    Seed001::errors,
                    java("001/MessageMappingController-4.java", "seeds/s001/errors/MessageMappingController")),
            Listing.of(
                    "001",
                    "ScheduledController",
                    "MESSAGE subscription:s1 destination:/topic/periodic content-type:text/plain;charset=UTF-8 "
                            + "“server periodic message (time) via the broker”",
                    Seed001::periodic,
                    java("001/ScheduledController.java", "seeds/s001/ScheduledController")),
            Listing.of(
                    "001",
                    "page: connect, disconnect, send",
                    "server one-time message via the application, Client sends: one, response to one, Client sends: "
                            + "zero, server exception: 'zero' is rejected, Client unsubscribes: [object Object], Client "
                            + "sends: two, server periodic message (time) via the broker, Client disconnected",
                    clients -> page(clients, ""),
                    resource("001/connect.js", "static/s001/connect.js"),
                    resource("001/send.js", "static/s001/send.js")),
            Listing.of(
                    "001",
                    "the same page, in a browser without WebSocket",
                    "server one-time message via the application, Client sends: one, response to one, Client sends: "
                            + "zero, server exception: 'zero' is rejected, Client unsubscribes: [object Object], Client "
                            + "sends: two, server periodic message (time) via the broker, Client disconnected",
                    clients -> page(clients, "?without-websocket"),
                    resource("001/connect.js", "static/s001/connect.js"),
                    resource("001/send.js", "static/s001/send.js")),
            Listing.of(
                    "001",
                    "console client, with Spring Framework 7.0.9",
                    "response to one-time message from client, server one-time message via the application, server "
                            + "periodic message (time) via the broker",
                    clients -> console(clients, ConsoleClient::withThisSpring),
                    java("001/ClientStompSessionHandler.java", CLIENT + "StompSessionHandler"),
                    java("001/ClientWebSocketSockJsStompConfig.java", CLIENT + "WebSocketSockJsStompConfig"),
                    java("001/ClientWebSocketSockJsStompApplication.java", CLIENT + "WebSocketSockJsStompApplication")),
            Listing.of(
                    "001",
                    "console client, with Spring Framework 6.2.19",
                    "response to one-time message from client, server one-time message via the application, server "
                            + "periodic message (time) via the broker",
                    clients -> console(clients, ConsoleClient::withSpring62),
                    of62("001/ClientStompSessionHandler.java", "StompSessionHandler"),
                    of62("001/ClientWebSocketSockJsStompConfig.java", "WebSocketSockJsStompConfig"),
                    of62("001/ClientWebSocketSockJsStompApplication.java", "WebSocketSockJsStompApplication")));

    private Seed001() {}

    private static Listing.Copy of62(String listing, String source) {
        return new Listing.Copy(listing, "client-6.2/src/listings/java/" + CLIENT + source + ".java", false);
    }

    private static StompPeer peer(Clients clients, Class<?> application) {
        return clients.connected(application, ENDPOINT + "/websocket", "1.2");
    }

    private static String form(Clients clients) throws IOException {
        try (StompPeer peer = peer(clients, SERVER)) {
            peer.send(Clients.frame("001/form.frame"));
            return Clients.brief(peer.next());
        }
    }

    private static String oneTime(Clients clients) {
        try (StompPeer peer = peer(clients, SERVER)) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/app/subscribe⏎⏎␀");
            return Clients.brief(peer.next());
        }
    }

    private static String request(Clients clients, Class<?> application, String response) {
        try (StompPeer peer = peer(clients, application)) {
            peer.subscribe(response);
            peer.confirmed("SEND⏎destination:/app/request⏎", "<b>");
            return "RECEIPT, " + Clients.brief(Clients.answers(peer));
        }
    }

    private static String errors(Clients clients) {
        try (StompPeer peer = peer(clients, SERVER)) {
            peer.subscribeAs("1", "/queue/responses");
            peer.subscribeAs("2", "/queue/errors");
            peer.confirmed("SEND⏎destination:/app/request⏎", "one");
            peer.confirmed("SEND⏎destination:/app/request⏎", "zero");
            return Clients.brief(Clients.answers(peer));
        }
    }

    /** Spring runs it every ten seconds; its task is run here at once. */
    private static void tick(Clients clients) {
        clients.application(SERVER)
                .getBeansOfType(ScheduledTaskHolder.class)
                .values()
                .forEach(holder -> holder.getScheduledTasks()
                        .forEach(task -> task.getTask().getRunnable().run()));
    }

    private static String periodic(Clients clients) {
        try (StompPeer peer = peer(clients, SERVER)) {
            peer.subscribe("/topic/periodic");
            tick(clients);
            return Clients.withoutTimes(Clients.brief(peer.expect("MESSAGE")));
        }
    }

    private static String page(Clients clients, String query) {
        Chromium page = clients.open(SERVER, "/s001/index.html" + query);
        press(page, "connect");
        Clients.seen(page, 1);
        say(page, "one", 3);
        say(page, "zero", 6);
        say(page, "two", 7); // to which no response comes: the error has ended that subscription
        tick(clients);
        Clients.seen(page, 8);
        press(page, "disconnect");
        return Clients.seen(page, 9);
    }

    private static void press(Chromium page, String button) {
        page.driver().findElement(By.id(button)).click();
    }

    private static void say(Chromium page, String text, int seen) {
        page.driver().findElement(By.id("output")).clear();
        page.driver().findElement(By.id("output")).sendKeys(text);
        press(page, "send");
        Clients.seen(page, seen);
    }

    /** Starts a client that talks through a proxy. */
    private interface Start {
        ConsoleClient through(LocalProxy proxy) throws IOException;
    }

    private static String console(Clients clients, Start start) throws IOException {
        try (LocalProxy proxy = LocalProxy.to(clients.port(SERVER));
                ConsoleClient client = start.through(proxy)) {
            client.received(2);
            tick(clients);
            List<String> received = client.received(3);
            assertThat(client.errors()).isEmpty();
            return Clients.withoutTimes(String.join(", ", received));
        }
    }
}
