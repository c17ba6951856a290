/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import java.security.Principal;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** An application to be tested: greetings for all, and mail for those who have logged in. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableWebSocketMessageBroker
class Greetings implements WebSocketMessageBrokerConfigurer {

    record HelloMessage(String name) {}

    record Greeting(String content) {}

    @Override
    public void configureMessageBroker(MessageBrokerRegistry registry) {
        registry.enableSimpleBroker("/topic", "/queue");
        registry.setApplicationDestinationPrefixes("/app");
    }

    @Override
    public void registerStompEndpoints(StompEndpointRegistry registry) {
        registry.addEndpoint("/ws");
        registry.addEndpoint("/private/ws");
        registry.addEndpoint("/sockjs").withSockJS();
    }

    @Bean
    SecurityFilterChain http(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/private/**")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .httpBasic(basic -> basic.securityContextRepository(new HttpSessionSecurityContextRepository()))
                .build();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada").password("{noop}lace").roles("USER").build());
    }

    @Controller
    static class Hello {
        @MessageMapping("/hello")
        @SendTo("/topic/greetings")
        Greeting greet(HelloMessage message) {
            if (message.name().isEmpty()) {
                throw new IllegalArgumentException("nobody is called that");
            }
            return new Greeting("Hello, " + message.name() + "!");
        }

        @MessageMapping("/who")
        @SendToUser("/queue/who")
        String who(Principal user) {
            return user.getName();
        }
    }

    @RestController
    static class Pages {
        @GetMapping("/private/login")
        String login() {
            return "welcome";
        }
    }
}
