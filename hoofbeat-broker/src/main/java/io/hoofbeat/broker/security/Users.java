/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import io.hoofbeat.broker.AccessRefusedException;
import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Credentials;
import io.hoofbeat.broker.Identity;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A list of users with hashed passcodes. Thread-safe.
 *
 * <p>Nothing tells an unknown user from a wrong passcode: both cost one hash, and the same counters of {@link Attempts} apply
 * (SX-AUTH-1). Hashing is done by a single thread; who comes back with the passcode that was right before needs none, and
 * several clients that come with the same login at once share one hash.
 *
 * <p>If CONNECT has no {@code login}, the user whom the transport found out holds, a TLS certificate's for instance; if it has
 * one, that decides (SX-AUTH-2).
 */
public final class Users implements Authenticator {

    /** Logins that may wait for their hash. */
    private static final int MAX_WAITING = 1_000;

    private static final String TOO_OFTEN = "too many failed logins";

    /** For how long: whoever waits longer has been closed by the CONNECT time-out. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final boolean anonymous;
    private final HashQueue queue;
    private final Attempts attempts;
    private final ConcurrentMap<ByteBuffer, CompletableFuture<Identity>> underWay = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private volatile Table table;

    private Users(Collection<User> users, boolean anonymous, LongSupplier nanoTime) {
        this.anonymous = anonymous;
        this.queue = new HashQueue(MAX_WAITING, PATIENCE_NANOS, nanoTime);
        this.attempts = new Attempts(nanoTime);
        this.nanoTime = nanoTime;
        this.table = Table.of(users, nanoTime);
    }

    /**
     * Lets these users in.
     *
     * @param users each name once
     * @param anonymous whether who shows no login, and is not known to the transport, is let in as {@link Identity#ANONYMOUS}
     * @throws IllegalArgumentException if a name occurs twice
     */
    public static Users of(Collection<User> users, boolean anonymous) {
        return of(users, anonymous, System::nanoTime);
    }

    static Users of(Collection<User> users, boolean anonymous, LongSupplier nanoTime) {
        return new Users(users, anonymous, nanoTime);
    }

    /**
     * From now on lets other users in. Sessions that are open stay.
     *
     * @throws IllegalArgumentException if a name occurs twice; the users are then what they were
     */
    public void replace(Collection<User> users) {
        table = Table.of(users, nanoTime);
    }

    @Override
    public CompletionStage<Identity> authenticate(Credentials credentials) {
        String login = credentials.login();
        if (login == null) {
            return withoutLogin(credentials.connection());
        }
        String passcode = credentials.passcode() == null ? "" : credentials.passcode();
        String address = Attempts.network(credentials.connection().remoteAddress());
        if (!attempts.isOpen(login, address)) {
            return CompletableFuture.failedFuture(refusal(TOO_OFTEN, login, address));
        }
        Table now = table;
        ByteBuffer key = now.recent.key(login, passcode);
        User known = now.users.get(login);
        if (known != null && now.recent.contains(key)) {
            return CompletableFuture.completedFuture(identity(known));
        }
        CompletableFuture<Identity> answer = new CompletableFuture<>();
        CompletableFuture<Identity> other = underWay.putIfAbsent(key, answer);
        if (other != null) {
            return other.minimalCompletionStage();
        }
        answer.whenComplete((who, failure) -> underWay.remove(key));
        if (!attempts.take(login, address)) {
            answer.completeExceptionally(refusal(TOO_OFTEN, login, address));
        } else if (!queue.offer(address, new Check(now, login, passcode, address, key, answer))) {
            attempts.giveBack(login, address);
            answer.completeExceptionally(
                    refusal("too many logins at a time (limit " + MAX_WAITING + ")", login, address));
        }
        return answer.minimalCompletionStage();
    }

    private CompletionStage<Identity> withoutLogin(ConnectionInfo connection) {
        String user = connection.user();
        if (user != null) {
            User known = table.users.get(user);
            return CompletableFuture.completedFuture(
                    known == null ? new Identity(user, java.util.Set.of()) : identity(known));
        }
        if (anonymous) {
            return CompletableFuture.completedFuture(Identity.ANONYMOUS);
        }
        return CompletableFuture.failedFuture(
                new AccessRefusedException("no login from " + connection.remoteAddress()));
    }

    private static AccessRefusedException refusal(String why, String login, String address) {
        String shown = login.length() > 64 ? login.substring(0, 64) + "..." : login;
        return new AccessRefusedException(why + ": " + shown.replaceAll("\\p{Cntrl}", "?") + " from " + address);
    }

    private static Identity identity(User user) {
        return new Identity(user.name(), user.roles());
    }

    /** One passcode to be compared. */
    private final class Check implements HashQueue.Job {
        private final Table table;
        private final String login;
        private final String passcode;
        private final String address;
        private final ByteBuffer key;
        private final CompletableFuture<Identity> answer;

        Check(
                Table table,
                String login,
                String passcode,
                String address,
                ByteBuffer key,
                CompletableFuture<Identity> answer) {
            this.table = table;
            this.login = login;
            this.passcode = passcode;
            this.address = address;
            this.key = key;
            this.answer = answer;
        }

        @Override
        public void run() {
            try {
                User user = table.users.get(login);
                boolean right = (user == null ? table.nobody : user.hash()).matches(passcode);
                if (user == null || !right) {
                    answer.completeExceptionally(
                            refusal(user == null ? "unknown user" : "wrong passcode", login, address));
                    return;
                }
                attempts.giveBack(login, address);
                table.recent.add(key);
                answer.complete(identity(user));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        }

        @Override
        public void tooLate() {
            attempts.giveBack(login, address);
            answer.completeExceptionally(refusal("waited too long for the passcode to be compared", login, address));
        }
    }

    /**
     * The users; whom a passcode is compared with if there is no such user; and which passcodes were right. Replaced as a whole, so
     * that an old passcode is never found right by what was remembered of it.
     */
    private record Table(Map<String, User> users, PasswordHash nobody, RecentLogins recent) {

        static Table of(Collection<User> users, LongSupplier nanoTime) {
            Map<String, User> byName = new LinkedHashMap<>();
            PasswordHash.@Nullable Costs costs = null;
            for (User user : users) {
                if (byName.put(user.name(), user) != null) {
                    throw new IllegalArgumentException("there are two users " + user.name());
                }
                costs = costs == null ? user.hash().costs() : costs;
            }
            // As dear as the first user's hash: whoever hashes his passcodes in one way cannot be told apart from
            // nobody.
            PasswordHash nobody = PasswordHash.ofNobody(costs == null ? PasswordHash.COSTS : costs);
            return new Table(Map.copyOf(byName), nobody, new RecentLogins(nanoTime));
        }
    }
}
