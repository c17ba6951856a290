/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

    @Test
    void newHashMatchesItsPasscodeOnlyAndReadsBack() {
        PasswordHash hash = PasswordHash.of("pässword");
        assertThat(hash.text()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(hash.matches("pässword")).isTrue();
        assertThat(hash.matches("password")).isFalse();
        assertThat(PasswordHash.parse(hash.text())).isEqualTo(hash);
        assertThat(PasswordHash.parse(hash.text()).matches("pässword")).isTrue();
        assertThat(PasswordHash.of("pässword")).isNotEqualTo(hash);
    }

    /** Made by the reference implementation: {@code echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32}. */
    @Test
    void hashesOfOtherProgramsMatch() {
        PasswordHash hash = PasswordHash.parse(
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        assertThat(hash.matches("password")).isTrue();
        assertThat(hash.matches("differentpassword")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
                "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=2,p=99$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            })
    void anythingElseIsRefusedWithoutShowingIt(String text) {
        assertThatThrownBy(() -> PasswordHash.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("c29tZXNhbHQ")
                .hasMessageContaining("argon2id");
    }
}
