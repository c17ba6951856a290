/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.socket.EnableWebSocketSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

@Configuration(proxyBeanMethods = false)
@EnableWebSocketSecurity
class SecurityConfig {

    @Bean
    SecurityFilterChain http(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .formLogin(Customizer.withDefaults())
                .build();
    }

    /** Clients subscribe, and ask the application; to the broker it alone sends. */
    @Bean
    AuthorizationManager<Message<?>> messages(MessageMatcherDelegatingAuthorizationManager.Builder messages) {
        return messages.nullDestMatcher()
                .authenticated()
                .simpMessageDestMatchers("/app/**")
                .authenticated()
                .simpSubscribeDestMatchers("/app/**", "/topic/price.stock.*", "/user/queue/**")
                .authenticated()
                .anyMessage()
                .denyAll()
                .build();
    }

    @Bean
    UserDetailsService users(PasswordEncoder passwords) {
        return new InMemoryUserDetailsManager(user("fabrice", passwords), user("paulson", passwords));
    }

    /** Everybody's password is the name: it is an example. */
    private static UserDetails user(String name, PasswordEncoder passwords) {
        return User.withUsername(name)
                .password(passwords.encode(name))
                .roles("USER")
                .build();
    }

    @Bean
    PasswordEncoder passwords() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }
}
