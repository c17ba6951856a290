/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.SockJs;
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
    private static final Method DETERMINE_USER =
            method("determineUser", ServerHttpRequest.class, WebSocketHandler.class, Map.class);

    /** Spring's way to look at the origin besides, likewise. */
    private static final Method IS_VALID_ORIGIN = method("isValidOrigin", ServerHttpRequest.class);

    private final String path;
    private final @Nullable TransportHandlingSockJsService service;
    private final AbstractHandshakeHandler handshakes;
    private final ConcurrentHashMap<String, CompletableFuture<Admitted>> waiting = new ConcurrentHashMap<>();

    private NativePlace(
            String path, @Nullable TransportHandlingSockJsService service, AbstractHandshakeHandler handshakes) {
        this.path = path;
        this.service = service;
        this.handshakes = handshakes;
    }

    /** What is protected, and to be overridden, has to be called by reflection. */
    private static Method method(String name, Class<?>... types) {
        Method method = Objects.requireNonNull(ReflectionUtils.findMethod(AbstractHandshakeHandler.class, name, types));
        ReflectionUtils.makeAccessible(method);
        return method;
    }

    /** Those of a mapping; each takes its place in it. The log tells of those that stay with the web server alone. */
    static List<NativePlace> in(SimpleUrlHandlerMapping mapping) {
        List<NativePlace> places = new ArrayList<>();
        mapping.getUrlMap().forEach((pattern, handler) -> {
            if (handler instanceof WebSocketHttpRequestHandler endpoint && isStomp(endpoint.getWebSocketHandler())) {
                NativePlace place = of(pattern, null, endpoint.getHandshakeHandler());
                if (place != null) {
                    endpoint.setHandshakeInterceptors(place.behind(endpoint.getHandshakeInterceptors()));
                    places.add(place);
                }
            } else if (handler instanceof SockJsHttpRequestHandler endpoint
                    && isStomp(endpoint.getWebSocketHandler())
                    && endpoint.getSockJsService() instanceof TransportHandlingSockJsService service) {
                String path = pattern.replaceFirst("/\\*\\*$", "");
                NativePlace place = of(path, service, handshakeHandler(service));
                if (place != null) {
                    service.setHandshakeInterceptors(place.behind(service.getHandshakeInterceptors()));
                    places.add(place);
                }
            }
        });
        return places;
    }

    private static @Nullable NativePlace of(
            String path, @Nullable TransportHandlingSockJsService service, @Nullable HandshakeHandler handler) {
        if (path.contains("*") || path.contains("{")) {
            LOG.warn("{} stays with the web server alone: it is a pattern", path);
        } else if (service != null && !service.isWebSocketEnabled()) {
            LOG.warn("{} stays with the web server alone: its SockJS has no WebSocket", path);
        } else if (handler instanceof AbstractHandshakeHandler known) {
            return new NativePlace(path, service, known);
        } else {
            LOG.warn("{} stays with the web server alone: its HandshakeHandler is none of Spring's", path);
        }
        return null;
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

    /** How the application wants SockJS to be spoken there. A cookie of ours would be one of the web server's for browsers. */
    SockJs sockJs() {
        SockJs.Builder options = SockJs.builder();
        if (service == null) {
            return options.enabled(false).build();
        }
        return options.streamBytesLimit(service.getStreamBytesLimit())
                .heartbeatTime(Duration.ofMillis(service.getHeartbeatTime()))
                .disconnectDelay(Duration.ofMillis(service.getDisconnectDelay()))
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
        CompletableFuture<Admitted> asked = waiting.get(ticket);
        if (asked == null) {
            return true; // of another place with the same SockJS service
        }
        response.setStatusCode(HttpStatus.FORBIDDEN);
        if (!Boolean.TRUE.equals(ReflectionUtils.invokeMethod(IS_VALID_ORIGIN, handshakes, request))) {
            return false;
        }
        Principal user =
                (Principal) ReflectionUtils.invokeMethod(DETERMINE_USER, handshakes, request, handler, attributes);
        Admitted admitted = new Admitted(
                ticket,
                handler,
                request.getURI(),
                HttpHeaders.readOnlyHttpHeaders(new HttpHeaders(request.getHeaders())),
                new ConcurrentHashMap<>(withoutNulls(attributes)),
                user == null ? request.getPrincipal() : user, // as containers do it
                request.getLocalAddress(),
                request.getRemoteAddress());
        asked.complete(admitted);
        response.setStatusCode(HttpStatus.NO_CONTENT);
        return false;
    }

    /** As Spring's own sessions do it. */
    private static Map<String, Object> withoutNulls(Map<String, Object> attributes) {
        Map<String, Object> kept = new HashMap<>(attributes);
        kept.values().removeIf(Objects::isNull);
        return kept;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
