/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** Somebody who has logged in with a browser's form. */
final class Login {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final Pattern FIELD = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final int port;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    private Login(int port) {
        this.port = port;
    }

    static Login as(String user, int port) throws Exception {
        Login login = new Login(port);
        String csrf = find(FIELD, login.get("/login"));
        String form = "username=%s&password=%s&_csrf=%s"
                .formatted(user, user, URLEncoder.encode(csrf, StandardCharsets.UTF_8));
        int status = login.http
                .send(
                        HttpRequest.newBuilder(login.uri("/login"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
        assertThat(status).isEqualTo(302);
        return login;
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private String get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    StompSession connect(StompSessionHandlerAdapter handler) throws Exception {
        WebSocketHttpHeaders handshake = new WebSocketHttpHeaders();
        cookies.getCookieStore()
                .getCookies()
                .forEach(cookie -> handshake.add("Cookie", cookie.getName() + "=" + cookie.getValue()));
        StompHeaders connect = new StompHeaders();
        connect.add("X-CSRF-TOKEN", find(TOKEN, get("/csrf")));
        WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
        client.setMessageConverter(new CompositeMessageConverter(
                java.util.List.of(new StringMessageConverter(), new JacksonJsonMessageConverter())));
        return client.connectAsync(URI.create("ws://localhost:" + port + "/stomp"), handshake, connect, handler)
                .get(10, TimeUnit.SECONDS);
    }
}
