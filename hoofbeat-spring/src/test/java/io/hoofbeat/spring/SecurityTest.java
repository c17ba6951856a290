/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.socket.EnableWebSocketSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security 7 before our broker: who may send what where, and tokens against forged connections. */
class SecurityTest {
    private static App app;

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketSecurity
    static class Secured {
        @Bean
        SecurityFilterChain http(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ada")
                            .password("{noop}lace")
                            .roles("USER")
                            .build(),
                    User.withUsername("root")
                            .password("{noop}toor")
                            .roles("ADMIN")
                            .build());
        }

        @Bean
        AuthorizationManager<Message<?>> authorization(MessageMatcherDelegatingAuthorizationManager.Builder messages) {
            return messages.nullDestMatcher()
                    .authenticated() // CONNECT and DISCONNECT, and now ACK, NACK, BEGIN, COMMIT, ABORT
                    .simpDestMatchers("/app/**")
                    .hasRole("USER")
                    .simpSubscribeDestMatchers("/topic/**", "/queue/**", "/user/**")
                    .authenticated()
                    .simpTypeMatchers(SimpMessageType.MESSAGE, SimpMessageType.SUBSCRIBE)
                    .denyAll()
                    .anyMessage()
                    .denyAll()
                    .build();
        }

        @Bean
        Endpoints endpoints() {
            return new Endpoints();
        }

        @Bean
        Who who() {
            return new Who();
        }
    }

    @RestController
    static class Endpoints {
        @GetMapping("/csrf")
        String csrf(CsrfToken token) {
            return token.getHeaderName() + ":" + token.getToken();
        }
    }

    @Controller
    static class Who {
        @MessageMapping("/who")
        @SendTo("/topic/who")
        String who(@AuthenticationPrincipal UserDetails user) {
            return user.getUsername();
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class, Secured.class)
                .withSecurity()
                .with("hoofbeat.queues=/queue/**")
                .start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    /** Somebody who has logged in, with the token of his HTTP session. */
    private record Login(String authorization, String cookie, String csrf) {
        static Login as(String user, String password) throws Exception {
            String authorization = "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .cookieHandler(new CookieManager())
                    .build()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/csrf"))
                                    .header("Authorization", authorization)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            Matcher cookie = Pattern.compile("JSESSIONID=[^;]+")
                    .matcher(String.join(";", answer.headers().allValues("set-cookie")));
            assertThat(cookie.find()).isTrue();
            return new Login(authorization, cookie.group(), answer.body());
        }

        StompPeer peer() {
            return app.peer()
                    .httpHeader("Authorization", authorization)
                    .httpHeader("Cookie", cookie)
                    .scratch("/app/silent")
                    .connect();
        }

        StompPeer connected() {
            StompPeer peer = peer();
            PeerFrame connected = peer.open("1.2", csrf);
            assertThat(connected.has("user-name")).isTrue();
            return peer;
        }
    }

    @Test
    void whoHasTheTokenAndTheRightIsServed() throws Exception {
        try (StompPeer ada = Login.as("ada", "lace").connected()) {
            ada.subscribe("/topic/who");
            ada.send("SEND⏎destination:/app/who⏎receipt:r⏎⏎x␀");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("ada");
            ada.expect("RECEIPT", "receipt-id:r");
        }
    }

    @Test
    void connectWithoutTheTokenIsRefused() throws Exception {
        try (StompPeer eve = Login.as("ada", "lace").peer()) {
            eve.send("CONNECT⏎accept-version:1.2⏎host:localhost⏎⏎␀");
            PeerFrame error = eve.expectError();
            assertThat(error.value("message")).isEqualTo("Access denied, CONNECT was refused");
            assertThat(error.toString()).doesNotContain("Exception").doesNotContain("ExecutorSubscribableChannel");
        }
    }

    @Test
    void subscribeAndSendWithoutTheRightAreRefusedWithTheReceipt() throws Exception {
        try (StompPeer root = Login.as("root", "toor").connected()) {
            root.send("SEND⏎destination:/app/who⏎receipt:r⏎⏎x␀");
            assertThat(root.expectError("receipt-id:r").value("message")).isEqualTo("Access denied, SEND was refused");
        }
        try (StompPeer ada = Login.as("ada", "lace").connected()) {
            ada.send("SEND⏎destination:/topic/who⏎receipt:r⏎⏎x␀");
            ada.expectError("receipt-id:r");
        }
        try (StompPeer ada = Login.as("ada", "lace").connected()) {
            ada.send("SUBSCRIBE⏎id:1⏎destination:/elsewhere⏎receipt:r⏎⏎␀");
            ada.expectError("receipt-id:r");
        }
    }

    @Test
    void acknowledgementsPassAsTheRulesSay() throws Exception {
        Hoofbeat hoofbeat = app.context().getBean(Hoofbeat.class);
        try (StompPeer ada = Login.as("ada", "lace").connected()) {
            ada.subscribe("/queue/work", "ack:client");
            hoofbeat.broker().publish("/queue/work", "job");
            PeerFrame job = ada.expect("MESSAGE");
            ada.send("ACK⏎id:" + job.value("ack") + "⏎receipt:done⏎⏎␀");
            ada.expect("RECEIPT", "receipt-id:done");
        }
    }
}
