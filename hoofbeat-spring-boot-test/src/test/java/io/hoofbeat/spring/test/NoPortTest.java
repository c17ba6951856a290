/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;

/** A test whose application nobody can connect to. */
@SpringBootTest
@ExtendWith(StompProbesExtension.class)
class NoPortTest {
    @Test
    void applicationThatDoesNotListenIsNamed(StompProbes probes) {
        assertThatThrownBy(() -> probes.connect("/ws"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@HoofbeatTest");
    }
}
