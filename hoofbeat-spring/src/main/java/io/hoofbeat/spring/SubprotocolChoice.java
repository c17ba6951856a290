/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Has the highest of the offered versions of STOMP chosen as subprotocol. Spring takes the first that it knows, in the order of the client,
 * which then speaks another version than was agreed on.
 */
final class SubprotocolChoice implements HandshakeInterceptor {
    private static final List<String> BEST_FIRST = List.of("v12.stomp", "v11.stomp", "v10.stomp");

    /** Takes its place at each endpoint of ours. */
    static void addTo(SimpleUrlHandlerMapping mapping) {
        for (Object handler : mapping.getUrlMap().values()) {
            if (handler instanceof WebSocketHttpRequestHandler endpoint
                    && WebSocketHandlerDecorator.unwrap(endpoint.getWebSocketHandler())
                            instanceof StompWebSocketHandler) {
                List<HandshakeInterceptor> interceptors = new ArrayList<>(endpoint.getHandshakeInterceptors());
                interceptors.add(new SubprotocolChoice());
                endpoint.setHandshakeInterceptors(interceptors);
            }
        }
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        WebSocketHttpHeaders headers = new WebSocketHttpHeaders(request.getHeaders());
        List<String> offered = headers.getSecWebSocketProtocol();
        if (offered.size() > 1) {
            List<String> sorted = new ArrayList<>(offered);
            sorted.sort(Comparator.comparingInt(SubprotocolChoice::rank));
            headers.setSecWebSocketProtocol(sorted);
        }
        return true;
    }

    private static int rank(String protocol) {
        int rank = BEST_FIRST.indexOf(protocol.toLowerCase(Locale.ROOT));
        return rank < 0 ? BEST_FIRST.size() : rank;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
