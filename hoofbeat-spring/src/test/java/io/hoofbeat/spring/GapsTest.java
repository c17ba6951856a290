/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Spring's simple broker lacks, seen in the same application: before, with Spring's own, and after, with ours. */
class GapsTest {
    private static App stock;
    private static App ours;

    @BeforeAll
    static void start() {
        stock = App.of(Chat.Java.class).stock().start();
        ours = App.of(Chat.Java.class)
                .with("hoofbeat.queues=/queue/**")
                .with("hoofbeat.broker.heart-beat-send=500ms")
                .with("hoofbeat.broker.virtual-hosts=localhost,example.org")
                .start();
    }

    @AfterAll
    static void stop() {
        stock.close();
        ours.close();
    }

    static List<Gap> gaps() {
        return Gap.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void gapIsThereBefore(Gap gap) throws Exception {
        assertThat(gap.probe().observe(new Gap.Side(stock, Duration.ofMillis(800))))
                .isEqualTo(gap.stock());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gaps")
    void gapIsGoneAfter(Gap gap) throws Exception {
        assertThat(gap.probe().observe(new Gap.Side(ours, Duration.ofSeconds(10))))
                .isEqualTo(gap.ours());
    }
}
