/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import io.hoofbeat.spring.Hoofbeat;
import io.hoofbeat.spring.test.Greetings.Greeting;
import java.io.IOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.messaging.simp.SimpMessagingTemplate;

/** What the clients for users' tests do, and above all what they say when something is missing. */
@HoofbeatTest(properties = "hoofbeat.queues=/queue/orders")
class StompProbesTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @Autowired
    private SimpMessagingTemplate template;

    @Autowired
    private Environment environment;

    @Autowired
    private Hoofbeat hoofbeat;

    // ---- connecting

    @Test
    void logsInByTheCookieOfASession(StompProbes probes) throws IOException, InterruptedException {
        HttpResponse<String> login = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:"
                                        + environment.getRequiredProperty("local.server.port") + "/private/login"))
                                .header(
                                        "Authorization",
                                        "Basic " + Base64.getEncoder().encodeToString("ada:lace".getBytes(UTF_8)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(login.body()).isEqualTo("welcome");
        String session = HttpCookie.parse(
                        login.headers().firstValue("set-cookie").orElseThrow())
                .get(0)
                .getValue();
        StompProbe ada = probes.to("/private/ws")
                .cookie("theme", "dark")
                .cookie("JSESSIONID", session)
                .connect();
        assertThat(ada.connected().header("user-name")).isEqualTo("ada");
        ProbeSubscription who = ada.subscribe("/user/queue/who");
        ada.send("/app/who", "");
        assertThat(who.await().text()).isEqualTo("ada");
    }

    @Test
    void handshakeThatIsRefusedTellsItsStatus(StompProbes probes) {
        assertThatThrownBy(() -> probes.connect("/private/ws"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cannot connect to ws://localhost:")
                .hasMessageContaining("answered by 401");
        assertThatThrownBy(() -> probes.connect("/elsewhere"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("answered by 404");
    }

    @Test
    void connectThatIsRefusedShowsTheError(StompProbes probes) {
        assertThatThrownBy(
                        () -> probes.to("/ws").header("heart-beat", "nonsense").connect())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("instead of CONNECTED came ERROR")
                .hasMessageContaining("heart-beat:nonsense")
                .hasMessageContaining("message:");
        StompFrame error = probes.to("/ws").header("heart-beat", "nonsense").connectRefused();
        assertThat(error.header("message")).contains("heart-beat");
        assertThatThrownBy(() -> probes.to("/ws").patience(SHORT).connectRefused())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no ERROR within 2 s")
                .hasMessageContaining("CONNECTED");
    }

    @ParameterizedTest
    @EnumSource
    void speaksAllVersions(Version version, StompProbes probes) {
        StompProbe probe = probes.to("/ws").version(version).connect();
        assertThat(probe.connected().header("version")).isEqualTo(version.text());
        ProbeSubscription orders = probe.subscribe("/queue/orders", "ack:client");
        probe.send("/queue/orders", version.text());
        probe.ack(orders.await(version.text()));
        probe.disconnect();
    }

    @Test
    void rawWebSocketOfSockJsIsOneOfThem(StompProbes probes) {
        StompProbe probe = probes.connect("/sockjs/websocket");
        probe.subscribe("/topic/a").unsubscribe();
    }

    // ---- sending and awaiting

    @Test
    void octetsTextsAndObjectsAreSentAsTheyAre(StompProbes probes) {
        StompProbe probe = probes.connect("/ws");
        ProbeSubscription all = probe.subscribe("/topic/all");
        byte[] octets = {1, 0, (byte) 0xff};
        probe.send("/topic/all", octets).send("/topic/all", "ä\n", "a:b").post("/topic/all", new Greeting("ä"));
        List<StompFrame> messages = all.await(3);
        assertThat(messages.get(0).body()).isEqualTo(octets);
        assertThat(messages.get(1).text()).isEqualTo("ä\n");
        assertThat(messages.get(1).header("a")).isEqualTo("b");
        assertThat(messages.get(2).text()).isEqualTo("{\"content\":\"ä\"}");
        assertThat(messages.get(2).header("content-type")).startsWith("application/json");
        assertThat(messages.get(2).as(Greeting.class)).isEqualTo(new Greeting("ä"));
        assertThatThrownBy(() -> probe.post("/topic/all", "x", "nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name:value");
    }

    @Test
    void eachMessageIsAwaitedOnceAndByItsOwnSubscription(StompProbes probes) {
        StompProbe probe = probes.connect("/ws");
        ProbeSubscription a = probe.subscribe("/topic/a");
        ProbeSubscription b = probe.subscribe("/topic/b");
        for (String text : List.of("1", "2", "3")) {
            template.convertAndSend("/topic/a", text);
        }
        template.convertAndSend("/topic/b", "b");
        assertThat(b.await().text()).isEqualTo("b");
        assertThat(a.await("2").text()).isEqualTo("2");
        assertThat(a.await().text()).isEqualTo("1");
        assertThat(a.await(frame -> frame.text().compareTo("2") > 0, "what is above 2")
                        .text())
                .isEqualTo("3");
        a.expectNone(SHORT);
        template.convertAndSend("/topic/b", "c");
        assertThat(probe.awaitMessage().text()).isEqualTo("c");
        assertThat(probe.frames()).extracting(StompFrame::command).startsWith("CONNECTED", "RECEIPT", "RECEIPT");
    }

    // ---- what is said when something is missing

    @Test
    void whatDoesNotComeIsAFailureThatShowsWhatCame(StompProbes probes) {
        StompProbe probe =
                probes.to("/ws").patience(SHORT).login("ada", "secret").connect();
        ProbeSubscription greetings = probe.subscribe("/topic/greetings");
        probe.post("/topic/greetings", "x".repeat(1_000));
        greetings.await();
        assertThatThrownBy(() -> greetings.await("hello"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("no MESSAGE \"hello\" at /topic/greetings within 2 s\nrecorded, in its order:")
                .hasMessageContaining("    CONNECT\n    accept-version:1.2\n")
                .hasMessageContaining("passcode:********")
                .hasMessageContaining("    SUBSCRIBE\n    id:sub-1\n    destination:/topic/greetings\n")
                .hasMessageContaining("awaited before\n    MESSAGE\n    subscription:sub-1\n")
                .hasMessageContaining("xxx... (1000 octets)")
                .hasMessageEndingWith("the connection is open")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> greetings.await(2)).hasMessageContaining("no MESSAGE 1 of 2 at /topic/greetings");
    }

    @Test
    void errorInItsPlaceIsAFailureAtOnce(StompProbes probes) {
        StompProbe probe = probes.to("/ws").patience(Duration.ofMinutes(5)).connect();
        ProbeSubscription greetings = probe.subscribe("/topic/greetings");
        probe.send(new Frame(Command.SEND, Headers.EMPTY));
        assertThatThrownBy(greetings::await)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("instead of MESSAGE at /topic/greetings came ERROR")
                .hasMessageContaining("message:");
        assertThat(probe.awaitError().header("message")).contains("destination");
        probe.awaitClosed();
        assertThatThrownBy(greetings::await)
                .hasMessageStartingWith("the connection ended instead of MESSAGE at /topic/greetings")
                .hasMessageContaining("the connection ended: closed by 10");
        assertThatThrownBy(() -> probe.post("/topic/a", "x"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("takes nothing more");
    }

    @Test
    void unexpectedMessageIsAFailureThatShowsIt(StompProbes probes) {
        StompProbe probe = probes.connect("/ws");
        ProbeSubscription greetings = probe.subscribe("/topic/greetings");
        probe.expectNoMessage(SHORT);
        template.convertAndSend("/topic/greetings", "surprise");
        assertThatThrownBy(() -> greetings.expectNone(Duration.ofSeconds(5)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("there is a MESSAGE at /topic/greetings, and none was expected")
                .hasMessageContaining("surprise");
    }

    @Test
    void successWhereARefusalWasExpectedIsAFailure(StompProbes probes) {
        StompProbe probe = probes.connect("/ws");
        assertThatThrownBy(() -> probe.sendRefused("/topic/a", "x"))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("instead of ERROR for SEND came RECEIPT");
        assertThat(probe.subscribeRefused("/elsewhere").header("message")).contains("/elsewhere");
        StompProbe open = probes.to("/ws").patience(SHORT).connect();
        assertThatThrownBy(open::awaitClosed)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("the connection is not closed after 2 s");
        StompProbe other = probes.connect("/ws");
        ProbeSubscription a = other.subscribe("/topic/a");
        other.send("/topic/a", new Greeting("x"));
        StompFrame json = a.await();
        assertThatThrownBy(() -> other.ack(json))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("there is no header ack in\nMESSAGE");
    }

    // ---- what it does not do

    @Test
    void clientsAreClosedWhenTheTestIsOver(ApplicationContext context) {
        int before = hoofbeat.broker().sessionCount();
        try (StompProbes own = new StompProbes(context)) {
            own.connect("/ws").subscribe("/topic/a");
            assertThat(hoofbeat.broker().sessionCount()).isEqualTo(before + 1);
        }
        Awaitility.await().until(() -> hoofbeat.broker().sessionCount() <= before);
    }
}
