/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1.0,1.1,2.0; V1_1",
                "1.2,1.1,1.0; V1_2",
                "1.1; V1_1",
                "1.0; V1_0",
                "' 1.1 , 1.2 '; V1_2",
                "1.2,1.2; V1_2"
            })
    @Tag("SX-VER-1")
    void s11_ver_2_theHighestInCommonCounts(String acceptVersion, Version highest) {
        assertThat(Version.highestOf(acceptVersion)).isEqualTo(highest);
    }

    @Test
    void s11_ver_1_noAcceptVersionMeans10() {
        assertThat(Version.highestOf(null)).isEqualTo(Version.V1_0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", "2.1", "1.20", "1", "V1_2"})
    @Tag("S11-VER-3")
    void sx_ver_1_nothingInCommon(String acceptVersion) {
        assertThat(Version.highestOf(acceptVersion)).isNull();
    }
}
