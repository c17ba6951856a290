/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.DestinationMatcher;
import io.hoofbeat.broker.DestinationState;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.Inventory;
import io.hoofbeat.broker.Listing;
import io.hoofbeat.broker.Session;
import io.hoofbeat.broker.SessionState;
import io.hoofbeat.broker.SubscriptionState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * For {@code /actuator/hoofbeat}: what is in the broker, and a door for those who have to leave. An application with another broker has
 * nothing here.
 *
 * <p>Sessions have Spring's ids and destinations Spring's names. No list is longer than was asked for, nor than {@link #MOST}.
 */
@Endpoint(id = "hoofbeat")
final class BrokerEndpoint {
    private static final int USUAL = 100;
    private static final int MOST = 1_000;
    private static final int LONGEST_WHY = 120;
    private static final String SESSIONS = "sessions";
    private static final String USERS = "users";

    private final BrokerSlot slot;

    BrokerEndpoint(BrokerSlot slot) {
        this.slot = slot;
    }

    /** All three lists, and the sums of everything. */
    record Overview(Sums sums, Part<Place> destinations, Part<Client> sessions, Part<Wish> subscriptions) {}

    /** Of everything, whatever is listed. */
    record Sums(
            int sessions,
            long subscriptions,
            int destinations,
            long queuedMessages,
            long queuedBytes,
            long outboxBytes,
            long publishedMessages,
            long deliveredMessages) {}

    /** The first of those that were asked for, and how many of them there are. */
    record Part<T>(int total, List<T> items) {
        static <S, T> Part<T> of(Listing<S> listing, Function<S, T> shown) {
            return new Part<>(
                    listing.total(), listing.items().stream().map(shown).toList());
        }
    }

    /** A destination. */
    record Place(String name, String kind, int subscribers, int messages, int waiting, long bytes) {}

    /** A session. */
    record Client(
            String id,
            @Nullable String user,
            String transport,
            String remote,
            String version,
            Instant since,
            int subscriptions,
            long outboxBytes,
            long writtenBytes) {}

    /** A subscription. */
    record Wish(
            String session,
            String id,
            String destination,
            String ack,
            @Nullable String selector,
            int outstanding) {}

    /** One session with all that it has subscribed to. */
    record Detail(Client session, Part<Wish> subscriptions) {}

    /** How many sessions were told to go. */
    record Ended(int sessions) {}

    // ---- looking

    /**
     * Everything, or what is asked for.
     *
     * @param destination a name or a pattern, in the language of SUBSCRIBE
     * @param session Spring's id, or the engine's
     * @param user a name
     * @param limit how long each list may be
     * @return null if the application has another broker, or if it does not run
     */
    @ReadOperation
    @Nullable Overview overview(
            @Nullable String destination, @Nullable String session, @Nullable String user, @Nullable Integer limit) {
        View view = view();
        return view == null ? null : view.overview(destination, session, user, limit(limit));
    }

    /** One of the lists, by its name. */
    @ReadOperation
    @Nullable Part<?> list(
            @Selector String what,
            @Nullable String destination,
            @Nullable String session,
            @Nullable String user,
            @Nullable Integer limit) {
        View view = view();
        if (view == null) {
            return null;
        }
        return switch (what) {
            case "destinations" -> view.destinations(destination, limit(limit));
            case SESSIONS -> view.sessions(session, user, limit(limit));
            case "subscriptions" -> view.subscriptions(destination, session, user, limit(limit));
            default -> null;
        };
    }

    /** {@code sessions/<id>}. */
    @ReadOperation
    @Nullable Detail one(@Selector String what, @Selector String which) {
        View view = view();
        return view == null || !what.equals(SESSIONS) ? null : view.detail(which);
    }

    private static int limit(@Nullable Integer limit) {
        return limit == null ? USUAL : Math.max(0, Math.min(limit, MOST));
    }

    private @Nullable View view() {
        SpringBroker broker = slot.broker();
        return broker == null || !broker.isRunning() ? null : new View(broker);
    }

    // ---- ending

    /**
     * Ends a session, {@code sessions/<id>}, or all of a user, {@code users/<name>}, by an ERROR.
     *
     * @param why a line for the client; cut if it is long
     * @return null if there is nothing that could be ended under that name
     */
    @DeleteOperation
    @Nullable Ended end(@Selector String what, @Selector String which, @Nullable String why) {
        SpringBroker broker = slot.broker();
        if (broker == null || !broker.isRunning()) {
            return null;
        }
        String text = why == null || why.isBlank()
                ? "ended by an operator"
                : why.substring(0, Math.min(why.length(), LONGEST_WHY));
        return switch (what) {
            case SESSIONS -> new Ended(broker.endSession(which, text) ? 1 : 0);
            case USERS -> new Ended(broker.endSessionsOf(which, text));
            default -> null;
        };
    }

    // ---- how it looks

    /** One look, in which sessions have the names that they had at its beginning. */
    private static final class View {
        private final Broker engine;
        private final Inventory inventory;
        private final Function<ConnectionInfo, @Nullable String> ids;
        private final DestinationMatcher matcher;
        private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        View(SpringBroker broker) {
            this.engine = broker.broker();
            this.inventory = engine.inventory();
            this.ids = broker.ids()::get;
            this.matcher = engine.options().matcher();
        }

        Overview overview(@Nullable String destination, @Nullable String session, @Nullable String user, int limit) {
            return new Overview(
                    sums(),
                    destinations(destination, limit),
                    sessions(session, user, limit),
                    subscriptions(destination, session, user, limit));
        }

        private Sums sums() {
            return new Sums(
                    inventory.sessionCount(),
                    inventory.subscriptionCount(),
                    inventory.destinationCount(),
                    inventory.queuedMessages(),
                    inventory.queuedBytes(),
                    inventory.outboxBytes(),
                    inventory.publishedMessages(),
                    inventory.deliveredMessages());
        }

        Part<Place> destinations(@Nullable String wanted, int limit) {
            return Part.of(inventory.destinations(names(wanted), limit), View::place);
        }

        Part<Client> sessions(@Nullable String id, @Nullable String user, int limit) {
            return Part.of(inventory.sessions(of(id, user), limit), this::client);
        }

        Part<Wish> subscriptions(@Nullable String destination, @Nullable String id, @Nullable String user, int limit) {
            return Part.of(inventory.subscriptions(of(id, user), wishes(destination), limit), this::wish);
        }

        @Nullable Detail detail(String id) {
            List<Client> found = sessions(id, null, 1).items();
            return found.isEmpty() ? null : new Detail(found.get(0), subscriptions(null, id, null, MOST));
        }

        private Predicate<String> names(@Nullable String wanted) {
            if (wanted == null) {
                return name -> true;
            }
            Predicate<String> names = matcher.isPattern(wanted) ? matcher.compile(wanted) : wanted::equals;
            return name -> names.test(UserDestinations.outside(name));
        }

        /** Who asks for a pattern means those who have subscribed to that very pattern as well. */
        private Predicate<String> wishes(@Nullable String wanted) {
            return wanted == null
                    ? name -> true
                    : names(wanted).or(name -> wanted.equals(UserDestinations.outside(name)));
        }

        private Predicate<Session> of(@Nullable String id, @Nullable String user) {
            return session ->
                    (id == null || id.equals(id(session.connection(), session.id())) || id.equals(session.id()))
                            && (user == null || user.equals(user(session.identity())));
        }

        private static @Nullable String user(Identity identity) {
            return identity.equals(Identity.ANONYMOUS) ? null : identity.name();
        }

        private String id(ConnectionInfo connection, String engines) {
            return Objects.requireNonNullElse(ids.apply(connection), engines);
        }

        private static Place place(DestinationState state) {
            return new Place(
                    UserDestinations.outside(state.name()),
                    state.kind().text(),
                    state.subscribers(),
                    state.messages(),
                    state.waiting(),
                    state.bytes());
        }

        private Client client(SessionState state) {
            ConnectionInfo connection = state.connection();
            return new Client(
                    id(connection, state.id()),
                    user(state.identity()),
                    connection.transport(),
                    connection.remoteAddress() + " " + connection.remotePort(),
                    state.version().text(),
                    now.minus(state.age()).truncatedTo(ChronoUnit.MILLIS),
                    state.subscriptions(),
                    state.outboxBytes(),
                    state.writtenBytes());
        }

        private Wish wish(SubscriptionState state) {
            return new Wish(
                    id(state.connection(), state.session()),
                    state.id(),
                    UserDestinations.outside(state.destination()),
                    state.ack(),
                    state.selector(),
                    state.outstanding());
        }
    }
}
