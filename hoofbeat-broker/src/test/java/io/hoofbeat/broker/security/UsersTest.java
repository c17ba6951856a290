/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.hoofbeat.broker.AccessRefusedException;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Credentials;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.protocol.Headers;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UsersTest {
    /** As cheap as argon2id can be: these tests are not about its price. */
    private static final PasswordHash.Costs CHEAP = new PasswordHash.Costs(8, 1, 1);

    private static final User ADA = new User("ada", PasswordHash.of("lovelace", CHEAP), Set.of("admin"));

    private final AtomicLong nanos = new AtomicLong();
    private final Users users = Users.of(List.of(ADA), false, nanos::get);

    @Test
    void rightPasscodeGivesNameAndRoles() throws Exception {
        assertThat(outcome(login("ada", "lovelace"))).isEqualTo(new Identity("ada", Set.of("admin")));
    }

    @Test
    void sx_auth_1_unknownUserAndWrongPasscodeAreRefusedInTheSameWay() {
        assertRefused(login("ada", "byron"), "wrong passcode: ada from 192.0.2.1");
        assertRefused(login("eve", "byron"), "unknown user: eve from 192.0.2.1");
    }

    /** What a hash takes is memory, first of all, which unlike time can be measured on a busy machine. */
    @Test
    void sx_auth_1_unknownUserCostsAHashAsDearAsAWrongPasscode() {
        User dear = new User("ada", PasswordHash.of("lovelace", new PasswordHash.Costs(4_096, 2, 1)), Set.of());
        Users dearUsers = Users.of(List.of(dear), false);
        allocated(dearUsers, credentials("ada", "w", "192.0.2.1")); // classes are loaded
        long wrong = allocated(dearUsers, credentials("ada", "x", "192.0.2.1"));
        long unknown = allocated(dearUsers, credentials("eve", "x", "192.0.2.1"));
        assertThat(wrong).isGreaterThan(4_096 * 1024);
        assertThat((double) unknown / wrong).isBetween(0.9, 1.1);
    }

    /** Octets that other threads allocate meanwhile. */
    private static long allocated(Users users, Credentials credentials) {
        long before = allocated();
        assertRefused(users.authenticate(credentials).toCompletableFuture(), "");
        return allocated() - before;
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(octets -> octets > 0)
                .sum();
    }

    @Test
    void whoWaitedTooLongForAHashIsRefusedLikeAnybody() {
        Users late = Users.of(List.of(ADA), false, () -> nanos.addAndGet(11_000_000_000L));
        assertRefused(
                late.authenticate(credentials("ada", "lovelace", "192.0.2.1")).toCompletableFuture(),
                "waited too long for the passcode to be compared: ada from 192.0.2.1");
    }

    @Test
    void passcodeIsInNoMessageAndNoText() {
        assertThatThrownBy(() -> outcome(login("eve", "secret-word"))).hasMessageNotContaining("secret-word");
        assertThat(credentials("ada", "secret-word", "192.0.2.1").toString()).doesNotContain("secret-word");
        assertThat(ADA.toString()).doesNotContain("argon2id$");
    }

    @Test
    void controlCharactersOfALoginDoNotReachTheLog() {
        assertRefused(login("eve\nINFO all is well", "x"), "unknown user: eve?INFO all is well from 192.0.2.1");
    }

    @Test
    @Tag("SX-AUTH-2")
    void sx_auth_2_userOfTheTransportHoldsWithoutLoginAndLoginDecidesIfGiven() throws Exception {
        assertThat(outcome(users.authenticate(transport("ada", null, null)).toCompletableFuture()))
                .isEqualTo(new Identity("ada", Set.of("admin")));
        assertThat(outcome(users.authenticate(transport("bob", null, null)).toCompletableFuture()))
                .isEqualTo(new Identity("bob", Set.of()));
        assertThat(outcome(
                        users.authenticate(transport("bob", "ada", "lovelace")).toCompletableFuture()))
                .isEqualTo(new Identity("ada", Set.of("admin")));
        assertRefused(users.authenticate(transport("bob", "ada", "wrong")).toCompletableFuture(), "wrong passcode");
    }

    @Test
    void nobodyIsAnonymousUnlessAllowed() throws Exception {
        assertRefused(login(null, null), "no login from 192.0.2.1");
        Users open = Users.of(List.of(ADA), true);
        assertThat(outcome(
                        open.authenticate(credentials(null, null, "192.0.2.1")).toCompletableFuture()))
                .isEqualTo(Identity.ANONYMOUS);
    }

    @Test
    void nameIsLockedAfterTenFailuresEvenForTheRightPasscodeAndOpensAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertRefused(login("ada", "wrong" + i), "wrong passcode");
        }
        assertRefused(login("ada", "lovelace"), "too many failed logins: ada from 192.0.2.1");
        assertThat(outcome(login("ada", "lovelace", "192.0.2.2")).name()).isEqualTo("ada");

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        assertThat(outcome(login("ada", "lovelace")).name()).isEqualTo("ada");
    }

    @Test
    void successesAreNotCounted() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            assertThat(outcome(login("ada", "lovelace")).name()).isEqualTo("ada");
        }
    }

    @Test
    void addressIsHeldAfterAHundredFailuresWithWhateverNames() {
        for (int i = 0; i < 100; i++) {
            assertRefused(login("name" + i, "x"), "unknown user");
        }
        assertRefused(login("another", "x"), "too many failed logins");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertRefused(login("another", "x"), "unknown user");
        assertRefused(login("another", "y"), "too many failed logins");
    }

    @Test
    void addressesOfOneIpv6NetworkCountTogether() {
        assertThat(Attempts.network("2001:db8::1")).isEqualTo(Attempts.network("2001:db8:0:0:ffff::2"));
        assertThat(Attempts.network("2001:db8::1")).isNotEqualTo(Attempts.network("2001:db8:0:1::1"));
        assertThat(Attempts.network("192.0.2.1")).isEqualTo("192.0.2.1");
    }

    /** P16 of the reliability plan, with hashes of the usual price. */
    @Test
    void tenThousandWrongPasscodesFromOneAddressDoNotHinderOthers() throws Exception {
        Users real = Users.of(
                List.of(
                        new User("ada", PasswordHash.of("lovelace"), Set.of()),
                        new User("bob", PasswordHash.of("b"), Set.of())),
                false);
        List<CompletableFuture<Identity>> wrong = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            wrong.add(real.authenticate(credentials("name" + i, "x" + i, "192.0.2.66"))
                    .toCompletableFuture());
        }
        long doneBefore = done(wrong);
        assertThat(doneBefore).isGreaterThan(9_800);
        assertThat(outcome(real.authenticate(credentials("bob", "b", "192.0.2.1"))
                                .toCompletableFuture())
                        .name())
                .isEqualTo("bob");
        assertThat(done(wrong) - doneBefore).isLessThanOrEqualTo(3);
    }

    private static long done(List<CompletableFuture<Identity>> answers) {
        return answers.stream().filter(CompletableFuture::isDone).count();
    }

    /** F12 of the reliability plan: whoever was in comes in again at no price. */
    @Test
    void reconnectStormCostsOneHashForEachLogin() throws Exception {
        Users real = Users.of(List.of(new User("ada", PasswordHash.of("lovelace"), Set.of())), false);
        long start = System.nanoTime();
        List<CompletableFuture<Identity>> storm = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            storm.add(real.authenticate(credentials("ada", "lovelace", "192.0.2." + i % 250))
                    .toCompletableFuture());
        }
        for (CompletableFuture<Identity> one : storm) {
            assertThat(outcome(one).name()).isEqualTo("ada");
        }
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void rememberedPasscodeIsForgottenWhenTheUsersAreReplaced() throws Exception {
        assertThat(outcome(login("ada", "lovelace")).name()).isEqualTo("ada");
        users.replace(List.of(new User("ada", PasswordHash.of("king", CHEAP), Set.of("king"))));
        assertRefused(login("ada", "lovelace"), "wrong passcode");
        assertThat(outcome(login("ada", "king"))).isEqualTo(new Identity("ada", Set.of("king")));
    }

    @Test
    void twoUsersOfOneNameAreRefused() {
        assertThatThrownBy(() -> Users.of(List.of(ADA, ADA), false)).hasMessage("there are two users ada");
    }

    private CompletableFuture<Identity> login(@Nullable String login, @Nullable String passcode) {
        return login(login, passcode, "192.0.2.1");
    }

    private CompletableFuture<Identity> login(@Nullable String login, @Nullable String passcode, String address) {
        return users.authenticate(credentials(login, passcode, address)).toCompletableFuture();
    }

    private static Credentials credentials(@Nullable String login, @Nullable String passcode, String address) {
        return new Credentials(login, passcode, Headers.EMPTY, new ConnectionInfo("tcp", address, 1, null, null, 0));
    }

    private static Credentials transport(String user, @Nullable String login, @Nullable String passcode) {
        return new Credentials(
                login, passcode, Headers.EMPTY, new ConnectionInfo("tls", "192.0.2.1", 1, user, null, 0));
    }

    private static Identity outcome(CompletableFuture<Identity> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    private static void assertRefused(CompletableFuture<Identity> answer, String message) {
        assertThatThrownBy(() -> outcome(answer))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(AccessRefusedException.class)
                .hasMessageContaining(message);
    }
}
