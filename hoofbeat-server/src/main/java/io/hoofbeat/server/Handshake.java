/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A client's wish to come in at a {@link WebSocketHandler}, and what the handler decides about it. The handler's thread. */
public final class Handshake {
    private static final int LEAST_REFUSAL = 400;
    private static final int MOST_REFUSAL = 599;
    private static final int FORBIDDEN = 403;

    private final String path;
    private final @Nullable String query;
    private final Map<String, String> headers;
    private final String remoteAddress;
    private final String transport;
    private final List<String> subprotocols;
    private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();

    private @Nullable String user;
    private @Nullable String subprotocol;
    private int refusal;

    Handshake(HttpExchange exchange, String path, String transport, List<String> offers) {
        this.path = path;
        this.query = exchange.query();
        this.headers = exchange.headerMap();
        this.remoteAddress = exchange.address();
        this.transport = transport;
        this.subprotocols = Arrays.stream(String.join(",", offers).split(","))
                .map(String::strip)
                .filter(offer -> !offer.isEmpty())
                .toList();
        this.user = exchange.accepted().user();
    }

    /** Where the handler is mounted. */
    public String path() {
        return path;
    }

    /** What followed the question mark in the URL, as it was sent; empty if there was none. */
    public String query() {
        return query == null ? "" : query;
    }

    /** The first parameter of that name in the query, decoded. */
    public Optional<String> parameter(String name) {
        return query == null ? Optional.empty() : Optional.ofNullable(HttpExchange.parameter(query, name));
    }

    /** A header of the request, whatever the case of its name; the values of a repeated one with commas between. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The client's address in numbers; as a proxy says, if one is trusted. */
    public String remoteAddress() {
        return remoteAddress;
    }

    /** What carries it: "ws", "wss", "sockjs" or "sockjs-tls". */
    public String transport() {
        return transport;
    }

    /** Who it is, as far as that is known: from the client's certificate, or from {@link #user(String)}. */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** Says who it is. */
    public Handshake user(String name) {
        this.user = name;
        return this;
    }

    /** What the session will have as its attributes. */
    public ConcurrentMap<String, Object> attributes() {
        return attributes;
    }

    /** The subprotocols that the client offers, in its order. */
    public List<String> subprotocols() {
        return subprotocols;
    }

    /**
     * Chooses one of the subprotocols.
     *
     * @throws IllegalArgumentException if the client has not offered it
     */
    public Handshake subprotocol(String chosen) {
        if (!subprotocols.contains(chosen)) {
            throw new IllegalArgumentException("the client offers " + subprotocols + ", and not " + chosen);
        }
        this.subprotocol = chosen;
        return this;
    }

    /** Does not let it in: 403. */
    public void refuse() {
        refuse(FORBIDDEN);
    }

    /** Does not let it in, with that status of HTTP: 400 to 599. */
    public void refuse(int status) {
        if (status < LEAST_REFUSAL || status > MOST_REFUSAL) {
            throw new IllegalArgumentException("a refusal has a status from 400 to 599, not " + status);
        }
        this.refusal = status;
    }

    /** 0 if it is let in. */
    int refusal() {
        return refusal;
    }

    @Nullable String chosenSubprotocol() {
        return subprotocol;
    }

    @Nullable String userOrNull() {
        return user;
    }
}
