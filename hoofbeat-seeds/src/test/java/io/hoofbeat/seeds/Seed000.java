/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static io.hoofbeat.seeds.Listing.java;
import static io.hoofbeat.seeds.Listing.resource;

import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.util.List;

/** The portfolio: two configurations, their XML, and the pages' scripts. */
final class Seed000 {
    private static final Class<?> SOCK_JS = seeds.s000.sockjs.Application.class;
    private static final Class<?> XML = seeds.s000.xml.Application.class;
    private static final Class<?> GREETING = seeds.s000.greeting.Application.class;
    private static final String ENDPOINT = Clients.PORTFOLIO + "/portfolio";

    static final List<Listing> LISTINGS = List.of(
            Listing.of(
                    "000",
                    "frame SUBSCRIBE",
                    "MESSAGE subscription:sub-1 destination:/topic/price.stock.NASDAQ.EMC “24.19”",
                    Seed000::subscribe),
            Listing.of(
                    "000",
                    "frame MESSAGE, as a client's",
                    "ERROR message:MESSAGE is sent by servers, not by clients",
                    Seed000::messageOfAClient),
            Listing.of(
                    "000",
                    "frame MESSAGE, as the server's",
                    "MESSAGE subscription:sub-1 destination:/topic/stocks.PRICE.STOCK.NASDAQ.EMC content-type: "
                            + "application/json “{\\\"ticker\\\":\\\"EMC\\\",\\\"price\\\":24.19}”",
                    Seed000::messageOfTheServer),
            Listing.of(
                    "000",
                    "WebSocketConfig",
                    "SockJS (websocket, xhr-streaming, eventsource, xhr): MESSAGE hello",
                    clients -> clients.throughSockJs(SOCK_JS, ENDPOINT),
                    java("000/WebSocketConfig.java", "seeds/s000/sockjs/WebSocketConfig")),
            Listing.of(
                    "000",
                    "message-broker in XML",
                    "SockJS (websocket, xhr-streaming, eventsource, xhr): MESSAGE hello",
                    clients -> clients.throughSockJs(XML, ENDPOINT),
                    resource("000/message-broker.xml", "seeds/s000/message-broker.xml")),
            Listing.of(
                    "000",
                    "script with SockJS",
                    "CONNECTED 1.1, MESSAGE hello",
                    clients -> Clients.seen(clients.open(SOCK_JS, Clients.PORTFOLIO + "/s000/sockjs.html"), 2),
                    resource("000/sockjs.js", "static/s000/sockjs.js")),
            Listing.of(
                    "000",
                    "script without SockJS, with the second WebSocketConfig",
                    "CONNECTED 1.1, MESSAGE [(time): hello",
                    clients -> Clients.seen(clients.open(GREETING, Clients.PORTFOLIO + "/s000/websocket.html"), 2),
                    resource("000/websocket.js", "static/s000/websocket.js")),
            Listing.of(
                    "000",
                    "second WebSocketConfig, GreetingController",
                    "MESSAGE subscription:s1 destination:/topic/greeting content-type:text/plain;charset=UTF-8 "
                            + "“[(time): hello”",
                    Seed000::greeting,
                    java("000/WebSocketConfig-2.java", "seeds/s000/greeting/WebSocketConfig"),
                    java("000/GreetingController.java", "seeds/s000/greeting/GreetingController")));

    private Seed000() {}

    private static String subscribe(Clients clients) throws IOException {
        try (StompPeer peer = clients.connected(SOCK_JS, ENDPOINT + "/websocket", "1.2")) {
            peer.send(Clients.frame("000/subscribe.frame"));
            peer.send("SEND⏎destination:/topic/price.stock.NASDAQ.EMC⏎⏎24.19␀");
            peer.send("SEND⏎destination:/topic/stocks.PRICE.STOCK.NASDAQ.EMC⏎⏎24.20␀");
            return Clients.brief(Clients.answers(peer));
        }
    }

    private static String messageOfAClient(Clients clients) throws IOException {
        try (StompPeer peer = clients.connected(SOCK_JS, ENDPOINT + "/websocket", "1.2")) {
            peer.send(Clients.frame("000/message.frame"));
            return Clients.brief(peer.next());
        }
    }

    /** What it looks like if the server makes it: the same headers, with a message-id of its own, and the same body. */
    private static String messageOfTheServer(Clients clients) throws IOException {
        String shown = Clients.text("000/message.frame");
        String body = shown.substring(shown.indexOf("\n\n") + 2).strip();
        try (StompPeer peer = clients.connected(SOCK_JS, ENDPOINT + "/websocket", "1.2")) {
            peer.subscribeAs("sub-1", "/topic/stocks.PRICE.STOCK.*");
            peer.send("SEND⏎destination:/topic/stocks.PRICE.STOCK.NASDAQ.EMC⏎content-type: application/json⏎⏎" + body
                    + "␀");
            return Clients.brief(Clients.answers(peer));
        }
    }

    private static String greeting(Clients clients) {
        try (StompPeer peer = clients.connected(GREETING, ENDPOINT, "1.2")) {
            peer.subscribe("/topic/greeting");
            peer.send("SEND⏎destination:/app/greeting⏎⏎hello␀");
            return Clients.withoutTimes(Clients.brief(peer.expect("MESSAGE")));
        }
    }
}
