/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static io.hoofbeat.broker.Authorizer.Operation.SEND;
import static io.hoofbeat.broker.Authorizer.Operation.SUBSCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.Identity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
    private static final Identity ADA = new Identity("ada", Set.of("admin"));
    private static final Identity BOB = new Identity("bob", Set.of("trader", "clerk"));
    private static final Identity EVE = new Identity("eve", Set.of());

    private static final AccessRules RULES = AccessRules.of(List.of(
            rule(false, Set.of("eve"), Set.of(), Set.of(), "/topic/public/inner"),
            rule(true, Set.of(), Set.of("admin"), Set.of(), "**"),
            rule(true, Set.of(), Set.of(), Set.of(SUBSCRIBE), "/topic/public/**"),
            rule(true, Set.of("bob"), Set.of("nobody"), Set.of(SEND), "/queue/orders", "/queue/orders.*"),
            rule(true, Set.of(), Set.of(), Set.of(), "/queue/user.{user}.**")));

    @Test
    void whatNoRuleSpeaksOfIsForbidden() {
        assertThat(RULES.permits(EVE, SEND, "/queue/orders")).isFalse();
        assertThat(AccessRules.of(List.of()).permits(ADA, SEND, "/queue/a")).isFalse();
    }

    @Test
    void rulesAreForRolesOrUsersAndForOperations() {
        assertThat(RULES.permits(ADA, SEND, "/anywhere")).isTrue();
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/public/a")).isTrue();
        assertThat(RULES.permits(EVE, SEND, "/topic/public/a")).isFalse();
        assertThat(RULES.permits(BOB, SEND, "/queue/orders")).isTrue();
        assertThat(RULES.permits(BOB, SEND, "/queue/orders.eu")).isTrue();
        assertThat(RULES.permits(BOB, SUBSCRIBE, "/queue/orders.eu")).isFalse();
    }

    @Test
    void firstRuleThatSpeaksOfItDecides() {
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/public/inner")).isFalse();
        assertThat(RULES.permits(BOB, SUBSCRIBE, "/topic/public/inner")).isTrue();
        assertThat(RULES.ruleFor(EVE, SUBSCRIBE, "/topic/public/inner"))
                .contains(RULES.rules().get(0));
        assertThat(RULES.ruleFor(EVE, SEND, "/queue/orders")).isEmpty();
    }

    @Test
    void patternIsAllowedByAPatternThatIsAsWide() {
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/public/**")).isTrue();
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/public/*")).isTrue();
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/**")).isFalse();
        assertThat(RULES.permits(EVE, SUBSCRIBE, "**")).isFalse();
    }

    @Test
    void userStandsForHisOwnName() {
        assertThat(RULES.permits(BOB, SUBSCRIBE, "/queue/user.bob.inbox")).isTrue();
        assertThat(RULES.permits(EVE, SUBSCRIBE, "/queue/user.bob.inbox")).isFalse();
    }

    @Test
    void nobodyGetsAtOthersByTheChoiceOfHisName() {
        Identity star = new Identity("*", Set.of());
        Identity many = new Identity("**", Set.of());
        Identity dotted = new Identity("bob.inbox", Set.of());
        assertThat(RULES.permits(star, SUBSCRIBE, "/queue/user.bob.inbox")).isFalse();
        assertThat(RULES.permits(many, SUBSCRIBE, "/queue/user.bob.inbox")).isFalse();
        assertThat(RULES.permits(dotted, SUBSCRIBE, "/queue/user.bob.inbox.x")).isFalse();
        assertThat(RULES.permits(dotted, SUBSCRIBE, "/queue/user.bob%2Einbox.x"))
                .isTrue();
        assertThat(RULES.permits(BOB, SUBSCRIBE, "/queue/user.bob%2Einbox.x")).isFalse();
    }

    @Test
    void nameThatIsTooLongForAPatternIsForbiddenAndNotAFailure() {
        Identity longName = new Identity("é".repeat(2_000), Set.of());
        assertThat(RULES.permits(longName, SEND, "/queue/user." + longName.name() + ".a"))
                .isFalse();
    }

    @Test
    void decisionsStayRightBeyondTheBoundsOfTheCaches() {
        for (int i = 0; i < 12_000; i++) {
            Identity who = new Identity("user" + i, Set.of());
            assertThat(RULES.permits(who, SEND, "/queue/user.user" + i + ".a")).isTrue();
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/public/" + i)).isTrue();
            assertThat(RULES.permits(EVE, SUBSCRIBE, "/topic/private/" + i)).isFalse();
        }
    }

    @Test
    void ruleNeedsADestinationWithinBounds() {
        assertThatThrownBy(() -> rule(true, Set.of(), Set.of(), Set.of())).hasMessageContaining("** stands for all");
        assertThatThrownBy(() -> rule(true, Set.of(), Set.of(), Set.of(), "/a".repeat(100)))
                .hasMessageContaining("too deep");
    }

    private static AccessRule rule(
            boolean allow, Set<String> users, Set<String> roles, Set<Operation> operations, String... destinations) {
        return new AccessRule(allow, users, roles, operations, List.of(destinations));
    }
}
