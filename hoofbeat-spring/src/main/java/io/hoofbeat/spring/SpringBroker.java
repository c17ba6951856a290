/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.Session;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.server.StompServer;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.web.socket.WebSocketSession;

/**
 * Our engine in the place of Spring's simple broker: frames of clients come from the inbound channel, what the application publishes
 * from the broker channel, and what clients get goes to the outbound channel.
 *
 * <p>The application sees all of its channels, interceptors, events and statistics as before. Any thread.
 */
final class SpringBroker extends AbstractBrokerMessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SpringBroker.class);

    /** How many octets of a session may be between the engine and the socket. */
    static final long UNDER_WAY = 64 * 1024;

    /** How long a client has to listen to the last words. */
    static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long frames of a closed socket may wait until the engine takes them. */
    private static final long REMAINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final Set<String> NONE = Set.of();
    private static final Set<String> RECEIPT = Set.of("receipt");
    private static final Set<String> RECEIPT_AND_TRANSACTION = Set.of("receipt", "transaction");

    private final SimpleBrokerMessageHandler original;
    private final Surroundings surroundings;
    private final ConcurrentHashMap<String, ClientConnection> connections = new ConcurrentHashMap<>();

    /** Null until the first start; then those of the last, some of which are needed while it ends. */
    private volatile @Nullable Parts parts;

    private @Nullable ApplicationFrames applicationFrames;

    /** Null unless there are endpoints of our own. */
    private @Nullable StompServer server;

    /** What there is between a start and a stop. */
    private record Parts(
            Broker engine,
            ScheduledThreadPoolExecutor clock,
            OrderedExecutor inbound,
            OrderedExecutor outbound,
            StompWebSocketHandler sockets) {}

    SpringBroker(SimpleBrokerMessageHandler original, Surroundings surroundings) {
        super(
                original.getClientInboundChannel(),
                original.getClientOutboundChannel(),
                original.getBrokerChannel(),
                original.getDestinationPrefixes());
        this.original = original;
        this.surroundings = surroundings;
        setApplicationEventPublisher(original.getApplicationEventPublisher());
        setPhase(original.getPhase());
        setAutoStartup(original.isAutoStartup());
        setUserDestinationPredicate(destination -> destination.startsWith(surroundings.userPrefix()));
    }

    private Parts parts() {
        Parts known = parts;
        if (known == null) {
            throw new IllegalStateException("the broker has not been started");
        }
        return known;
    }

    /** The engine. */
    Broker broker() {
        return parts().engine();
    }

    OrderedExecutor inbound() {
        return parts().inbound();
    }

    OrderedExecutor outbound() {
        return parts().outbound();
    }

    StompWebSocketHandler sockets() {
        return parts().sockets();
    }

    /** What the application wants to see, as things are now. */
    Interest interest() {
        return Interest.in(this);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    // ---- its life

    @Override
    protected void startInternal() {
        Parts begun = new Parts(
                Broker.create(surroundings.options(original)),
                clock(),
                executor("clientInboundChannel", getClientInboundChannel()),
                executor("clientOutboundChannel", getClientOutboundChannel()),
                surroundings.sockets());
        parts = begun;
        begun.sockets().begin(this, begun.engine().options().codec());
        begun.inbound().begin(new Freedom(), surroundings.settings().inboundLimit());
        begun.outbound().begin(OrderedExecutor.NOTHING_FREE, Long.MAX_VALUE);
        applicationFrames = ApplicationFrames.between(this);
        if (surroundings.settings().listens()) {
            server = listen(begun);
        }
        publishBrokerAvailableEvent();
        LOG.info(
                "Hoofbeat is the broker for {}; hoofbeat.enabled=false gives Spring's simple broker back",
                getDestinationPrefixes().isEmpty() ? "all destinations" : getDestinationPrefixes());
    }

    private StompServer listen(Parts begun) {
        try {
            return surroundings
                    .settings()
                    .configuration()
                    .server()
                    .around(begun.engine())
                    .start();
        } catch (RuntimeException e) {
            begun.engine().close(); // what has not started is not stopped
            begun.clock().shutdownNow();
            throw e;
        }
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "hoofbeat-spring");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    private static OrderedExecutor executor(String name, Object channel) {
        Executor executor = channel instanceof ExecutorSubscribableChannel known ? known.getExecutor() : null;
        if (executor instanceof OrderedExecutor ordered) {
            return ordered;
        }
        throw new UnsuitableChannelException(name, executor);
    }

    @Override
    protected void stopInternal() {
        publishBrokerUnavailableEvent();
        if (applicationFrames != null) {
            applicationFrames.leave();
        }
        connections.values().forEach(ClientConnection::mute);
        Parts ended = parts();
        Round.play(ended.engine()::close);
        if (server != null) {
            server.close();
            server = null;
        }
        ended.sockets().end();
        ended.inbound().end();
        ended.outbound().end();
        ended.clock().shutdownNow();
        connections.clear();
    }

    /** The port of an endpoint of our own, by its name. */
    int port(String listener) {
        return Objects.requireNonNull(server).port(listener);
    }

    // ---- what comes in

    @Override
    protected void handleMessageInternal(Message<?> message) {
        StompCommand command = StompHeaderAccessor.getCommand(message.getHeaders());
        String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
        if (command != null && session != null) {
            Round.play(() -> fromClient(command, session, message));
        } else if (SimpMessageHeaderAccessor.getMessageType(message.getHeaders()) == SimpMessageType.MESSAGE) {
            publish(message);
        }
    }

    private void fromClient(StompCommand command, String session, Message<?> message) {
        switch (command) {
            case CONNECT, STOMP -> connect(command, session, message);
            case DISCONNECT -> disconnect(session, message);
            default -> {
                ClientConnection connection = connections.get(session);
                if (connection != null) {
                    frame(command, connection, message);
                }
            }
        }
    }

    private void connect(StompCommand command, String session, Message<?> message) {
        if (connections.containsKey(session)) {
            return;
        }
        Wire wire = wire(message);
        ClientConnection connection = wire != null && wire.owner() != null
                ? wire.owner()
                : new SpringConnection(this, session, connectionInfo(session, message), message, wire);
        connections.put(session, connection); // frames of a session come one after the other
        connection.open(StompMessages.forEngine(command, message, null, NONE), message);
    }

    private static @Nullable Wire wire(Message<?> message) {
        return message.getHeaders().get(StompMessages.WIRE) instanceof Wire wire ? wire : null;
    }

    /** What the application has told its simple broker; null if that says nothing, or if a property says more. */
    @Nullable HeartBeat heartBeat() {
        long[] told = original.getHeartbeatValue();
        return told == null || surroundings.settings().saysHeartBeat()
                ? null
                : new HeartBeat(Math.toIntExact(told[0]), Math.toIntExact(told[1]));
    }

    private ConnectionInfo connectionInfo(String session, Message<?> message) {
        WebSocketSession socket = parts().sockets().session(session);
        InetSocketAddress remote = socket == null ? null : socket.getRemoteAddress();
        Principal user = SimpMessageHeaderAccessor.getUser(message.getHeaders());
        return new ConnectionInfo(
                Surroundings.TRANSPORT,
                remote == null || remote.getAddress() == null
                        ? "unknown"
                        : remote.getAddress().getHostAddress(),
                remote == null ? 0 : remote.getPort(),
                user == null || user.getName().isEmpty() ? null : user.getName(),
                heartBeat(),
                broker().nanoTime());
    }

    /** The client's own, or what Spring makes up when the socket has been closed. */
    private void disconnect(String session, Message<?> message) {
        if (wire(message) != null) {
            ClientConnection connection = connections.get(session);
            if (connection != null) {
                connection.onFrame(StompMessages.forEngine(StompCommand.DISCONNECT, message, null, NONE));
            }
        } else {
            ClientConnection connection = connections.remove(session);
            if (connection != null) {
                connection.gone();
            }
        }
    }

    /**
     * A frame of a client's, from itself or, its destination being one of a user, through Spring's handler of such destinations. What is
     * the application's alone is only noted if there is to be an answer.
     */
    private void frame(StompCommand command, ClientConnection connection, Message<?> message) {
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        boolean isForUser = isForUser(message);
        Answer answer = isForUser ? null : Answer.of(message);
        if (answer != null) {
            connection.promise(answer);
        }
        if (!owns(destination)) {
            return;
        }
        if (!isForUser && destination != null && UserDestinations.isInside(destination)) {
            connection.violated(new ProtocolException(
                    ProtocolException.Kind.BAD_FRAME, "not permitted at " + destination, command.name(), null));
            return;
        }
        Set<String> without = answer != null ? RECEIPT : NONE;
        if (isForUser && command == StompCommand.SEND) {
            without = RECEIPT_AND_TRANSACTION; // it may come to several sessions, and is answered once
        }
        String inside = destination == null ? null : inside(destination, isForUser);
        connection.onFrame(StompMessages.forEngine(command, message, inside, without));
    }

    private static boolean isForUser(Message<?> message) {
        return StompMessages.natives(message.getHeaders()).containsKey(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
    }

    /** A session that Spring found may have ended since. */
    private String inside(String destination, boolean isForUser) {
        return UserDestinations.inside(destination, session -> isForUser || connections.containsKey(session));
    }

    /** Whether the engine is to handle what has that destination; it is if there is none. */
    boolean owns(@Nullable String destination) {
        return checkDestinationPrefix(destination);
    }

    // ---- what the application publishes

    private void publish(Message<?> message) {
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        if (destination == null || !owns(destination)) {
            return;
        }
        String inside = inside(destination, isForUser(message));
        var headers = StompMessages.published(message.getHeaders());
        byte[] body = octets(message);
        Round.play(() -> broker().publish(inside, headers, body, Round::proceed));
    }

    /** Spring's simple broker drops what is not octets; here texts are sent, and the rest as the template would convert it. */
    private byte[] octets(Message<?> message) {
        Object payload = message.getPayload();
        if (payload instanceof byte[] octets) {
            return octets;
        }
        if (payload instanceof String text) {
            return text.getBytes(UTF_8);
        }
        MessageConverter converter = surroundings.converter();
        Message<?> converted = converter.toMessage(payload, message.getHeaders());
        if (converted != null && converted.getPayload() instanceof byte[] octets) {
            return octets;
        }
        if (converted != null && converted.getPayload() instanceof String text) {
            return text.getBytes(UTF_8);
        }
        throw new MessagingException(message, "no converter makes octets of " + payload.getClass());
    }

    // ---- what goes out

    /** Whether the channel has taken it is told; an interceptor may not let it through. */
    boolean send(Message<byte[]> message) {
        try {
            return getClientOutboundChannel().send(message);
        } catch (MessagingException e) {
            LOG.error("a message could not be handed to the outbound channel", e);
            return false;
        }
    }

    // ---- for connections

    /** Runs the task on a thread on which writing may block. */
    void dispatch(Runnable task) {
        try {
            outbound().original().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the application is being closed, and nothing is done any more", e);
        }
    }

    /** Does something in the turn of that session, if it is there. */
    void inTurnOf(String session, Runnable task) {
        ClientConnection connection = connections.get(session);
        if (connection != null) {
            connection.inTurn(task);
        }
    }

    /** An interceptor took the frame away without a word, which is no success. */
    void unsent(Answer answer) {
        ClientConnection connection = connections.get(answer.session());
        if (connection != null) {
            Round.play(() -> connection.refuse(answer.id(), "the application did not take the frame"));
        }
    }

    /** Runs the task on the timer's thread, which must not be kept; the future cancels it. */
    @Nullable Future<?> later(Runnable task, long nanos) {
        try {
            return parts().clock().schedule(() -> Round.play(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return null; // the broker has been stopped
        }
    }

    /** The last words could not be said in time: the code is Spring's for sockets that take nothing (WS-CLOSE-6). */
    void closeLater(String session) {
        dispatch(() -> closeSocket(session, CloseReason.LOST));
    }

    void closeSocket(String session, CloseReason reason) {
        parts().sockets().close(session, reason);
    }

    /** The socket of a session has been closed: what it sent before is handled, if the engine takes it in time. */
    void socketClosed(String session) {
        ClientConnection connection = connections.get(session);
        if (connection != null) {
            Runnable end = () -> {
                if (connections.remove(session, connection)) {
                    connection.gone();
                }
            };
            Round.play(() -> connection.goneAfter(end, REMAINDER_NANOS));
        }
    }

    /** What came is no STOMP. It takes its place behind the frames before it. */
    void violated(String session, ProtocolException violation) {
        inbound()
                .executeIn(
                        session,
                        () -> Round.play(() -> {
                            ClientConnection connection = connections.get(session);
                            if (connection != null) {
                                connection.violated(violation);
                            } else {
                                send(Refusals.error(
                                        session, Refusals.text(violation), violation.command(), violation.receipt()));
                            }
                        }));
    }

    void failed(SpringConnection connection, RuntimeException failure) {
        LOG.error("{}: internal failure", connection.id(), failure);
        closeSocket(connection.id(), CloseReason.FAILED);
    }

    // ---- kick

    /** Ends a session by an ERROR with that text; the id is Spring's, or else the engine's. @return whether there was one */
    boolean endSession(String session, String why) {
        ClientConnection connection = connections.get(session);
        ConnectionInfo info = connection == null ? null : connection.info();
        return end(each -> each.id().equals(session) || each.connection().equals(info), why) > 0;
    }

    /** Ends all sessions of a user, by whatever door they have come. @return how many there were */
    int endSessionsOf(String user, String why) {
        return end(
                each -> each.identity().name().equals(user) && !each.identity().equals(Identity.ANONYMOUS), why);
    }

    private int end(Predicate<Session> which, String why) {
        AtomicInteger ended = new AtomicInteger();
        Round.play(() -> ended.set(broker().endSessions(which, CloseReason.REFUSED, why)));
        return ended.get();
    }

    /** Spring's ids of its sessions, by what the engine knows of them; a copy. */
    IdentityHashMap<ConnectionInfo, String> ids() {
        IdentityHashMap<ConnectionInfo, String> ids = new IdentityHashMap<>();
        connections.forEach((id, connection) -> ids.put(connection.info(), id));
        return ids;
    }

    // ---- order

    /** Frames of a session are handled one after the other; what controllers do, side by side, unless they are to keep order as well. */
    private final class Freedom implements OrderedExecutor.Freedom {
        @Override
        public boolean isFree(Message<?> message, MessageHandler handler) {
            return handler instanceof SimpAnnotationMethodMessageHandler controllers
                    && !parts().sockets().keepsControllersInOrder()
                    && concerns(controllers, message);
        }

        private boolean concerns(SimpAnnotationMethodMessageHandler controllers, Message<?> message) {
            String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
            return destination != null && Interest.isAt(controllers, destination);
        }

        /** A SUBSCRIBE before it has been done by then, so that what a controller answers is heard. */
        @Override
        public void startFree(String session, Runnable start) {
            ClientConnection connection = connections.get(session);
            if (connection == null) {
                start.run();
            } else {
                connection.startBehind(start);
            }
        }
    }
}
