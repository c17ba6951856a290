/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void distanceCountsEdits() {
        assertThat(Nearest.distance("port", "port")).isZero();
        assertThat(Nearest.distance("prot", "port")).isEqualTo(1);
        assertThat(Nearest.distance("por", "port")).isEqualTo(1);
        assertThat(Nearest.distance("sport", "port")).isEqualTo(1);
        assertThat(Nearest.distance("part", "port")).isEqualTo(1);
        assertThat(Nearest.distance("", "port")).isEqualTo(4);
    }

    @Test
    void onlyWhatIsNearIsNamed() {
        List<String> known = List.of("port", "path", "bind", "connect-timeout");
        assertThat(Nearest.to("prot", known)).contains("port");
        assertThat(Nearest.to("connectTimeout", known)).contains("connect-timeout");
        assertThat(Nearest.to("certificate", known)).isEmpty();
        assertThat(Nearest.to("xy", known)).isEmpty();
    }
}
