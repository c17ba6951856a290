/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client's wish to come in at a {@link WebSocketHandler} or {@link StompGate}, and what that decides about it. Its thread. */
public final class Handshake {
    private static final int LEAST_REFUSAL = 400;
    private static final int MOST_REFUSAL = 599;
    private static final int FORBIDDEN = 403;
    private static final Pattern FIELD_NAME = Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern FIELD_VALUE = Pattern.compile("[\\t\\x20-\\x7E\\x80-\\xFF]*");

    private final String path;
    private final @Nullable String query;
    private final Map<String, String> headers;
    private final String remoteAddress;
    private final int remotePort;
    private final String transport;
    private final List<String> subprotocols;
    private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();

    private final Map<String, List<String>> answerFields = new LinkedHashMap<>();

    private @Nullable String user;
    private @Nullable String subprotocol;
    private int refusal;

    Handshake(HttpExchange exchange, String path, String transport, List<String> offers) {
        this.path = path;
        this.query = exchange.query();
        this.headers = exchange.headerMap();
        this.remoteAddress = exchange.address();
        this.remotePort = exchange.port();
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

    /** All headers of the request, by their names in small letters; the values of a repeated one with commas between. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /** Adds a field to the answer, whichever it will be: a cookie, say. The value has no line end. */
    public Handshake answer(String name, String value) {
        if (!FIELD_NAME.matcher(name).matches() || !FIELD_VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a field of HTTP: " + name + ": " + value);
        }
        answerFields.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
        return this;
    }

    /** The client's address in numbers; as a proxy says, if one is trusted. */
    public String remoteAddress() {
        return remoteAddress;
    }

    /** The client's port; 0 if it is not known. */
    public int remotePort() {
        return remotePort;
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

    /** Which of them was chosen, if one was; for STOMP the highest version. */
    public Optional<String> subprotocol() {
        return Optional.ofNullable(subprotocol);
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

    Map<String, List<String>> answerFields() {
        return answerFields;
    }

    @Nullable String chosenSubprotocol() {
        return subprotocol;
    }

    @Nullable String userOrNull() {
        return user;
    }
}
