/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

/** STOMP.md A2: what ends a line. */
@DisplayName("A2 Line ends")
class A02LineEndsTest {

    @Requirement(versions = {"1.0", "1.1"})
    void s10_eol_1_aLineEndsWithLf(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎foo:1⏎bar:2⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("1");
        assertThat(message.value("bar")).isEqualTo("2");
    }

    @Requirement(versions = "1.2")
    void s12_eol_2_crLfEndsALineToo(Scene scene) {
        PeerFrame message = scene.relay("SEND␍⏎destination:{D1}⏎foo:1␍⏎␍⏎x␀␍⏎⏎");
        assertThat(message.value("foo")).isEqualTo("1");
        assertThat(message.text()).isEqualTo("x");
        assertThat(new String(message.head(), StandardCharsets.UTF_8)).doesNotContain("\r");
    }

    @Requirement(versions = "1.2")
    void s12_eol_2_lineEndsOfBothKindsBehindANul(Scene scene) {
        StompPeer client = scene.client();
        client.send("SEND␍⏎destination:{D1}␍⏎␍⏎x␀␍⏎⏎␍⏎⏎").sync();
    }

    @Requirement(versions = "1.2")
    void s12_eol_3_aCrByItselfIsFatal(Scene scene) {
        scene.fatal("bare-cr", "SEND⏎destination:{D1}⏎foo:a␍b⏎⏎x␀");
    }

    @Requirement(versions = "1.1")
    void s11_eol_4_crIsDataIn11(Scene scene) {
        String send = "SEND⏎destination:{D1}⏎foo:a␍b⏎⏎x␀";
        assertThat(scene.relay("1.1", "1.1", send).value("foo")).isEqualTo("a\rb");
    }

    @Requirement(versions = "1.1")
    void s11_eol_4_crOf11IsEscapedFor12(Scene scene) {
        String send = "SEND⏎destination:{D1}⏎foo:a␍b⏎⏎x␀";
        assertThat(scene.relay("1.1", "1.2", send).value("foo")).isEqualTo("a\\rb");
    }

    @Requirement
    void s10_eol_5_theServerEndsLinesWithLfAlone(Scene scene) {
        StompPeer client = scene.client().subscribe(scene.queue());
        client.send("SEND⏎destination:{Q1}⏎receipt:r⏎⏎x␀");
        assertThat(List.of(client.next().command(), client.next().command()))
                .containsExactlyInAnyOrder("MESSAGE", "RECEIPT");
        client.send("SEND⏎receipt:bad⏎⏎x␀").expectError();
        assertThat(client.oddities()).noneMatch(oddity -> oddity.contains("CR"));
    }

    @Requirement
    void s10_eol_6_nothingInTheBodyIsALineEnd(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎⏎␍⏎ x ⏎␀").text()).isEqualTo("\r\n x \n");
    }
}
