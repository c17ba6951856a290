/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.server.Mount.Admission;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sessions of SockJS that live at a path, and not in a WebSocket. Any thread. */
final class SockJsSessions {
    private final Listener listener;
    private final Mount mount;
    private final Map<String, SockJsSession> byId = new ConcurrentHashMap<>();
    private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    SockJsSessions(Listener listener, Mount mount) {
        this.listener = listener;
        this.mount = mount;
    }

    Listener listener() {
        return listener;
    }

    Mount mount() {
        return mount;
    }

    SockJs options() {
        return mount.sockJs();
    }

    /**
     * A request that waits for messages: of a session that there is, or of a new one. The exchange's event loop.
     *
     * @param head of the answer
     */
    void receive(HttpExchange exchange, String id, SockJsTransport transport, String callback, Answer head) {
        SockJsSession known = byId.get(id);
        if (known == null) {
            String carrier = exchange.accepted().isSecure() ? "sockjs-tls" : "sockjs";
            mount.admit(exchange, carrier, List.of(), admission -> {
                SockJsSession opened = open(exchange, id, transport, info(exchange, admission), admission);
                if (opened != null) {
                    opened.receive(exchange, transport, callback, head.with(admission.fields()));
                }
            });
        } else if (known.belongsTo(exchange) && transport.goesWith(known.transport())) {
            known.receive(exchange, transport, callback, head);
        } else {
            exchange.answer(SockJsRoute.notFound());
        }
    }

    /** Null if there is one too many, which has been answered, or if the client has gone meanwhile. */
    private @Nullable SockJsSession open(
            HttpExchange exchange, String id, SockJsTransport transport, ConnectionInfo info, Admission admission) {
        if (!exchange.context().channel().isActive()) {
            return null;
        }
        if (!mayEnter(info.remoteAddress())) {
            exchange.answer(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many sessions"));
            return null;
        }
        SockJsSession session = new SockJsSession(this, id, transport, exchange, info, admission.starter());
        if (byId.putIfAbsent(id, session) != null) {
            left(info.remoteAddress());
            exchange.answer(SockJsRoute.notFound());
            session.forgetNow();
            return null;
        }
        session.begin();
        return session;
    }

    private boolean mayEnter(String address) {
        int all = count.incrementAndGet();
        int there = byAddress.merge(address, 1, Integer::sum);
        if (all <= options().maxSessions() && there <= options().maxSessionsPerAddress()) {
            return true;
        }
        left(address);
        return false;
    }

    private void left(String address) {
        count.decrementAndGet();
        byAddress.computeIfPresent(address, (key, there) -> there == 1 ? null : there - 1);
    }

    private ConnectionInfo info(HttpExchange exchange, Admission admission) {
        return new ConnectionInfo(
                admission.transport(),
                exchange.address(),
                exchange.port(),
                admission.user(),
                listener.endpoint().heartBeat(),
                exchange.loop().nanoTime());
    }

    /**
     * A request that brings messages. The exchange's event loop.
     *
     * @param accepted the answer if they are taken
     * @param json takes the JSON out of the body; null if there is none
     */
    void send(
            HttpExchange exchange,
            String id,
            boolean jsonp,
            Answer accepted,
            Function<ByteBuf, @Nullable ByteBuf> json) {
        SockJsSession session = byId.get(id);
        if (session == null
                || !session.isOpen()
                || !session.belongsTo(exchange)
                || jsonp != (session.transport() == SockJsTransport.JSONP)) {
            exchange.answer(SockJsRoute.notFound());
            return;
        }
        boolean isKnown = session.isWelcome();
        exchange.read(mount.mostOfRequest(isKnown), isKnown, body -> {
            ByteBuf text = json.apply(body);
            if (text == null || !text.isReadable()) {
                exchange.answer(Answer.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "Payload expected."));
                return;
            }
            JsonStrings strings = JsonStrings.read(text, false, SockJsIntake.MOST_MESSAGES);
            if (strings == null) {
                exchange.answer(Answer.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "Broken JSON encoding."));
            } else {
                session.send(exchange, strings, accepted);
            }
        });
    }

    /** The session is over, and its id as good as any other. */
    void forget(SockJsSession session) {
        if (byId.remove(session.id(), session)) {
            left(session.info().remoteAddress());
        }
    }

    /** How many there are. */
    int count() {
        return byId.size();
    }

    /** The server stops: they are told. */
    void stop() {
        byId.values().forEach(SockJsSession::stop);
    }

    /** The server has stopped. */
    void forgetAll() {
        byId.values().forEach(SockJsSession::forgetNow);
    }
}
