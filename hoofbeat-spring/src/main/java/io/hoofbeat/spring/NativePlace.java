/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.SockJs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;
import org.springframework.web.socket.sockjs.transport.TransportType;
import org.springframework.web.socket.sockjs.transport.handler.WebSocketTransportHandler;

/**
 * An endpoint of the application's at which we serve as well. It stands behind the application's own interceptors: who gets so far in a
 * request that {@link HandshakeFilter} knows has been let in, and the listener is told.
 */
final class NativePlace implements HandshakeInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(NativePlace.class);

    /** Spring's way to say who somebody is, which applications override. */
    private static final @Nullable Method DETERMINE_USER = ReflectionUtils.findMethod(
            AbstractHandshakeHandler.class,
            "determineUser",
            ServerHttpRequest.class,
            WebSocketHandler.class,
            Map.class);

    private final String path;
    private final @Nullable TransportHandlingSockJsService service;
    private final @Nullable HandshakeHandler handshakes;
    private final ConcurrentHashMap<String, CompletableFuture<Admitted>> waiting = new ConcurrentHashMap<>();

    private NativePlace(
            String path, @Nullable TransportHandlingSockJsService service, @Nullable HandshakeHandler handshakes) {
        this.path = path;
        this.service = service;
        this.handshakes = handshakes;
    }

    /** Those of a mapping; each takes its place in it. */
    static List<NativePlace> in(SimpleUrlHandlerMapping mapping) {
        List<NativePlace> places = new ArrayList<>();
        mapping.getUrlMap().forEach((pattern, handler) -> {
            if (handler instanceof WebSocketHttpRequestHandler endpoint && isStomp(endpoint.getWebSocketHandler())) {
                NativePlace place = new NativePlace(pattern, null, endpoint.getHandshakeHandler());
                endpoint.setHandshakeInterceptors(place.behind(endpoint.getHandshakeInterceptors()));
                places.add(place);
            } else if (handler instanceof SockJsHttpRequestHandler endpoint
                    && isStomp(endpoint.getWebSocketHandler())
                    && endpoint.getSockJsService() instanceof TransportHandlingSockJsService service) {
                String path = pattern.substring(0, pattern.length() - "/**".length());
                if (service.isWebSocketEnabled()) {
                    NativePlace place = new NativePlace(path, service, handshakeHandler(service));
                    service.setHandshakeInterceptors(place.behind(service.getHandshakeInterceptors()));
                    places.add(place);
                } else {
                    LOG.warn("{} stays with the web server alone: its SockJS has no WebSocket", path);
                }
            }
        });
        return places;
    }

    private static boolean isStomp(WebSocketHandler handler) {
        return WebSocketHandlerDecorator.unwrap(handler) instanceof StompWebSocketHandler;
    }

    private static @Nullable HandshakeHandler handshakeHandler(TransportHandlingSockJsService service) {
        return service.getTransportHandlers().get(TransportType.WEBSOCKET) instanceof WebSocketTransportHandler handler
                ? handler.getHandshakeHandler()
                : null;
    }

    private List<HandshakeInterceptor> behind(List<HandshakeInterceptor> others) {
        List<HandshakeInterceptor> all = new ArrayList<>(others);
        all.add(this);
        return all;
    }

    /** Where it is, without the paths of application and servlet before it. */
    String path() {
        return path;
    }

    /** Where its handshakes are, likewise. */
    String handshakePath() {
        return service == null ? path : path + "/websocket";
    }

    /** How the application wants SockJS to be spoken there. */
    SockJs sockJs() {
        SockJs.Builder options = SockJs.builder();
        if (service == null) {
            return options.enabled(false).build();
        }
        return options.streamBytesLimit(service.getStreamBytesLimit())
                .heartbeatTime(Duration.ofMillis(service.getHeartbeatTime()))
                .disconnectDelay(Duration.ofMillis(service.getDisconnectDelay()))
                .sessionCookie(service.isSessionCookieNeeded())
                .build();
    }

    /** A request with that ticket is on its way; complete once the application has let the client in. */
    CompletableFuture<Admitted> expect(String ticket) {
        return waiting.computeIfAbsent(ticket, key -> new CompletableFuture<>());
    }

    /** Nobody waits for it any more. */
    void forget(String ticket) {
        waiting.remove(ticket);
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        String ticket = HandshakeFilter.ticket(request);
        if (ticket == null) {
            return true;
        }
        Principal user = user(request, handler, attributes);
        Admitted admitted = new Admitted(
                ticket,
                handler,
                request.getURI(),
                HttpHeaders.readOnlyHttpHeaders(new HttpHeaders(request.getHeaders())),
                new ConcurrentHashMap<>(withoutNulls(attributes)),
                user,
                request.getLocalAddress(),
                request.getRemoteAddress());
        CompletableFuture<Admitted> asked = waiting.get(ticket);
        if (asked != null) {
            asked.complete(admitted);
        }
        response.setStatusCode(HttpStatus.NO_CONTENT);
        return false;
    }

    /** As Spring's own sessions do it. */
    private static Map<String, Object> withoutNulls(Map<String, Object> attributes) {
        Map<String, Object> kept = new HashMap<>(attributes);
        kept.values().removeIf(Objects::isNull);
        return kept;
    }

    private @Nullable Principal user(
            ServerHttpRequest request, WebSocketHandler handler, Map<String, Object> attributes) {
        if (!(handshakes instanceof AbstractHandshakeHandler) || DETERMINE_USER == null) {
            return request.getPrincipal();
        }
        try {
            ReflectionUtils.makeAccessible(DETERMINE_USER);
            Principal user = (Principal) DETERMINE_USER.invoke(handshakes, request, handler, attributes);
            return user == null ? request.getPrincipal() : user; // as containers do it
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
