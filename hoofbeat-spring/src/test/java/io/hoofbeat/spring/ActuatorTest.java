/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see and do over HTTP: health, meters, and what is in the broker. */
class ActuatorTest {
    private App app;

    private static App.Builder application() {
        return App.of(Chat.Java.class)
                .with("hoofbeat.queues=/queue/**")
                .with("hoofbeat.listeners.tcp.port=0")
                .with("management.endpoints.web.exposure.include=health,metrics,hoofbeat")
                .with("management.endpoint.health.show-details=always");
    }

    @BeforeEach
    void start() {
        app = application().start();
    }

    @AfterEach
    void stop() {
        app.close();
    }

    private static HttpResponse<String> ask(App app, String method, String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/actuator/" + path))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    private JsonNode get(String path) {
        HttpResponse<String> answer = ask(app, "GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private double meter(String name) {
        return get("metrics/hoofbeat." + name).at("/measurements/0/value").asDouble();
    }

    private static List<String> texts(JsonNode items, String field) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.get(field).asString()));
        return texts;
    }

    private StompPeer user(String name) {
        StompPeer peer =
                StompPeer.to(app.url("/ws?" + name)).scratch("/topic/scratch").connect();
        peer.open("1.2");
        return peer;
    }

    private StompPeer program() {
        StompPeer peer = StompPeer.to("tcp://localhost:" + app.tcpPort())
                .scratch("/topic/scratch")
                .connect();
        peer.open("1.1");
        return peer;
    }

    // ---- health

    @Test
    void healthTellsWhetherTheBrokerRuns() {
        assertThat(get("health").at("/components/hoofbeat").toString())
                .isEqualTo("{\"details\":{\"sessions\":0},\"status\":\"UP\"}");
        app.context()
                .getBean("simpleBrokerMessageHandler", AbstractBrokerMessageHandler.class)
                .stop();
        HttpResponse<String> down = ask(app, "GET", "health");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(JsonMapper.shared()
                        .readTree(down.body())
                        .at("/components/hoofbeat")
                        .toString())
                .isEqualTo("{\"details\":{\"broker\":\"does not run\"},\"status\":\"DOWN\"}");
        assertThat(ask(app, "GET", "hoofbeat").statusCode()).isEqualTo(404);
        assertThat(meter("sessions")).isZero();
    }

    @Test
    void nothingIsSaidWhereItIsSwitchedOff() {
        try (App silent = application()
                        .with("management.health.hoofbeat.enabled=false")
                        .with("management.endpoint.hoofbeat.access=read-only")
                        .start();
                App stock = application().stock().start()) {
            assertThat(ask(silent, "GET", "health").body()).doesNotContain("\"hoofbeat\":");
            assertThat(ask(silent, "GET", "hoofbeat").statusCode()).isEqualTo(200);
            assertThat(ask(silent, "DELETE", "hoofbeat/users/ada").statusCode()).isEqualTo(405);
            assertThat(ask(stock, "GET", "health").body()).doesNotContain("\"hoofbeat\":");
            assertThat(ask(stock, "GET", "hoofbeat").statusCode()).isEqualTo(404);
        }
    }

    // ---- meters

    @Test
    void metersTellWhatThereIsAndCountWhatHappens() {
        assertThat(meter("protocol.violations")).isZero();
        SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/a");
            peer.subscribeAs("s2", "/topic/b");
            template.convertAndSend("/topic/a", "one");
            template.convertAndSend("/topic/b", "two");
            template.convertAndSend("/queue/q", "three");
            peer.expect("MESSAGE");
            peer.expect("MESSAGE");
            assertThat(meter("sessions")).isEqualTo(1);
            assertThat(meter("sessions.opened")).isEqualTo(1);
            assertThat(meter("subscriptions")).isEqualTo(2);
            assertThat(meter("destinations")).isEqualTo(3);
            assertThat(meter("queues.messages")).isEqualTo(1);
            assertThat(meter("queues.size")).isPositive();
            assertThat(meter("messages.published")).isEqualTo(3);
            Awaitility.await().until(() -> meter("messages.delivered") == 2);
            assertThat(get("metrics/hoofbeat.outboxes.size").at("/baseUnit").asString())
                    .isEqualTo("bytes");
            peer.send("NONSENSE⏎⏎␀");
            peer.expectError();
            Awaitility.await().until(() -> meter("sessions.closed?tag=reason:protocol-error") == 1);
            assertThat(meter("sessions.closed?tag=reason:shutdown")).isZero();
            assertThat(meter("protocol.violations")).isEqualTo(1);
        }
        Awaitility.await().until(() -> meter("subscriptions") == 0);
    }

    // ---- what is there

    @Test
    void overviewTellsOfDestinationsSessionsAndSubscriptions() {
        Instant before = Instant.now();
        try (StompPeer ada = user("ada");
                StompPeer worker = program()) {
            ada.subscribe("/user/queue/mail");
            ada.subscribeAs("news", "/topic/**");
            worker.subscribe("/queue/jobs", "ack:client", "selector:n > 1");
            ada.send("SEND⏎destination:/queue/jobs⏎n:2⏎receipt:r⏎⏎job␀");
            ada.expect("RECEIPT");
            worker.expect("MESSAGE");
            String id = app.context()
                    .getBean(SimpUserRegistry.class)
                    .findSubscriptions(subscription -> true)
                    .iterator()
                    .next()
                    .getSession()
                    .getId();
            JsonNode all = get("hoofbeat");
            assertThat(all.at("/sums").toString())
                    .contains("\"sessions\":2", "\"subscriptions\":3", "\"queuedMessages\":1");
            assertThat(all.at("/destinations/items").toString())
                    .contains(
                            "{\"name\":\"/queue/jobs\",\"kind\":\"queue\",\"subscribers\":1,\"messages\":1,\"waiting\":0,")
                    .contains("{\"name\":\"/queue/mail-user" + id + "\",\"kind\":\"topic\",\"subscribers\":1,");
            JsonNode sessions = all.at("/sessions/items");
            assertThat(texts(sessions, "id")).containsExactly(id, worker.session());
            assertThat(texts(sessions, "user").get(0)).isEqualTo("ada");
            assertThat(texts(sessions, "transport"))
                    .satisfiesExactly(
                            transport -> assertThat(transport).startsWith("spring"),
                            transport -> assertThat(transport).isEqualTo("tcp"));
            assertThat(texts(sessions, "version")).containsExactly("1.2", "1.1");
            assertThat(sessions.at("/0/remote").asString()).isEqualTo("127.0.0.1 " + ada.localPort());
            assertThat(Instant.parse(sessions.at("/0/since").asString()))
                    .isBetween(before.minus(Duration.ofSeconds(1)), Instant.now());
            assertThat(all.at("/subscriptions/items").toString())
                    .contains("{\"session\":\"" + id
                            + "\",\"id\":\"news\",\"destination\":\"/topic/**\",\"ack\":\"auto\"")
                    .contains(
                            "\"destination\":\"/queue/jobs\",\"ack\":\"client\",\"selector\":\"n > 1\",\"outstanding\":1");
        }
    }

    @Test
    void oneCanAskForWhatOneWantsToSee() {
        try (StompPeer ada = user("ada");
                StompPeer bob = user("bob")) {
            ada.subscribe("/topic/a");
            bob.subscribe("/topic/b");
            bob.subscribeAs("2", "/topic/*");
            JsonNode ofBob = get("hoofbeat?user=bob&destination=/topic/b");
            assertThat(texts(ofBob.at("/destinations/items"), "name")).containsExactly("/topic/b");
            assertThat(texts(ofBob.at("/sessions/items"), "user")).containsExactly("bob");
            assertThat(texts(ofBob.at("/subscriptions/items"), "destination")).containsExactly("/topic/b");
            assertThat(texts(get("hoofbeat/destinations?destination=/topic/*").at("/items"), "name"))
                    .containsExactly("/topic/a", "/topic/b");
            assertThat(texts(get("hoofbeat/subscriptions?destination=/topic/*").at("/items"), "destination"))
                    .containsExactlyInAnyOrder("/topic/a", "/topic/b", "/topic/*");
            String id = ofBob.at("/sessions/items/0/id").asString();
            JsonNode one = get("hoofbeat/sessions/" + id);
            assertThat(one.at("/session/user").asString()).isEqualTo("bob");
            assertThat(one.at("/subscriptions/total").asInt()).isEqualTo(2);
            assertThat(get("hoofbeat/sessions?session=" + id).at("/total").asInt())
                    .isEqualTo(1);
            for (String nothing : List.of("hoofbeat/sessions/nobody", "hoofbeat/elephants", "hoofbeat/users/bob")) {
                assertThat(ask(app, "GET", nothing).statusCode()).as(nothing).isEqualTo(404);
            }
        }
    }

    @Test
    void listsAreBounded() {
        SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
        for (int i = 0; i < 1_100; i++) {
            template.convertAndSend("/topic/" + i, "x");
        }
        for (String[] limitAndItems : new String[][] {{"", "100"}, {"?limit=2", "2"}, {"?limit=5000", "1000"}}) {
            JsonNode destinations = get("hoofbeat/destinations" + limitAndItems[0]);
            assertThat(destinations.at("/total").asInt()).isEqualTo(1_100);
            assertThat(destinations.at("/items").size()).isEqualTo(Integer.parseInt(limitAndItems[1]));
        }
        assertThat(ask(app, "GET", "hoofbeat?limit=many").statusCode()).isEqualTo(400);
    }

    // ---- the door

    @Test
    void sessionIsEndedWithAWordToTheClient() {
        try (StompPeer ada = user("ada");
                StompPeer adaToo = user("ada");
                StompPeer worker = program()) {
            List<String> ids = texts(get("hoofbeat/sessions?user=ada").at("/items"), "id");
            assertThat(ask(app, "DELETE", "hoofbeat/sessions/" + ids.get(0) + "?why=too%20loud")
                            .body())
                    .isEqualTo("{\"sessions\":1}");
            ada.expectError("message:too loud");
            assertThat(ask(app, "DELETE", "hoofbeat/users/ada").body()).isEqualTo("{\"sessions\":1}");
            adaToo.expectError("message:ended by an operator");
            assertThat(ask(app, "DELETE", "hoofbeat/sessions/" + worker.session())
                            .body())
                    .isEqualTo("{\"sessions\":1}");
            worker.expectError("message:ended by an operator");
            assertThat(ask(app, "DELETE", "hoofbeat/sessions/" + ids.get(0)).body())
                    .isEqualTo("{\"sessions\":0}");
            Awaitility.await().until(() -> get("hoofbeat/sessions").at("/total").asInt() == 0);
        }
    }
}
