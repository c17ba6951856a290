/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeartBeatTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "10000,10000; 10000; 10000",
                "' 1000 , 1000 '; 1000; 1000",
                "99999999999,0; 2147483647; 0",
                "2147483648,2147483647; 2147483647; 2147483647",
                "0,000000000000000007; 0; 7"
            })
    @Tag("S11-HB-1")
    void sx_hb_2_blanksAreIgnoredAndLargeNumbersClamped(String value, int send, int receive) {
        assertThat(HeartBeat.parse(value)).isEqualTo(new HeartBeat(send, receive));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "a,b", "-1,0", "1,2,3", "", ",", "1,", "+1,0", "１,0", "1:2\\,3\r"})
    @Tag("SX-ERR-2")
    void sx_hb_2_anythingElseIsRefused(String value) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> HeartBeat.parse(value))
                .satisfies(error -> assertThat(error.getMessage())
                        .startsWith("heart-beat must be two numbers")
                        .hasSizeLessThanOrEqualTo(120)
                        .doesNotContainPattern("[:\\\\\\p{Cntrl}]"));
    }

    @Test
    void s11_hb_2_noHeaderMeansNoHeartBeats() {
        assertThat(HeartBeat.parse(null)).isEqualTo(HeartBeat.NONE);
        assertThat(HeartBeat.NONE.text()).isEqualTo("0,0");
    }

    @ParameterizedTest(name = "client {0},{1}, server {2},{3}")
    @CsvSource({
        "0,0, 500,500, 0, 0",
        "200,0, 500,500, 500, 0",
        "800,200, 500,500, 800, 500",
        "200,900, 500,500, 500, 900",
        "200,200, 0,500, 500, 0",
        "200,200, 500,0, 0, 500"
    })
    @Tag("S11-HB-4")
    void s11_hb_3_theLongerOfBothIntervalsCounts(int cx, int cy, int sx, int sy, int toServer, int toClient) {
        HeartBeat client = new HeartBeat(cx, cy);
        HeartBeat server = new HeartBeat(sx, sy);
        assertThat(client.intervalTo(server)).isEqualTo(toServer);
        assertThat(server.intervalTo(client)).isEqualTo(toClient);
    }
}
