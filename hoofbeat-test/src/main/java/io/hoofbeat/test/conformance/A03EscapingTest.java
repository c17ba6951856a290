/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A3: escaping of names and values. */
@DisplayName("A3 Escaping")
class A03EscapingTest {

    @Requirement(versions = "1.0")
    void s10_esc_1_aBackslashIsABackslashIn10(Scene scene) {
        String send = "SEND⏎destination:{D1}⏎foo:a\\nb⏎⏎x␀";
        assertThat(scene.relay("1.0", "1.0", send).value("foo")).isEqualTo("a\\nb");
    }

    @Requirement(versions = "1.0")
    void s10_esc_1_aBackslashOf10IsEscapedFor12(Scene scene) {
        String send = "SEND⏎destination:{D1}⏎foo:a\\nb⏎⏎x␀";
        assertThat(scene.relay("1.0", "1.2", send).value("foo")).isEqualTo("a\\\\nb");
    }

    @Requirement(versions = "1.1")
    void s11_esc_2_lineFeedColonAndBackslashPassThrough(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎foo:a\\nb\\cc\\\\d⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("a\\nb\\cc\\\\d");
    }

    @Requirement(versions = "1.1", inside = true)
    void s11_esc_2_theJavaApiSeesTheDecodedValue(Scene scene) {
        assertThat(Inside.headerSeen(scene, "SEND⏎destination:{handler}⏎foo:a\\nb\\cc\\\\d⏎⏎x␀", "foo"))
                .isEqualTo("a\nb:c\\d");
    }

    @Requirement(versions = "1.2")
    void s12_esc_3_carriageReturnToo(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:a\\rb⏎⏎x␀").value("foo"))
                .isEqualTo("a\\rb");
    }

    @Requirement(versions = "1.2", inside = true)
    void s12_esc_3_theJavaApiSeesCarriageReturn(Scene scene) {
        assertThat(Inside.headerSeen(scene, "SEND⏎destination:{handler}⏎foo:a\\rb⏎⏎x␀", "foo"))
                .isEqualTo("a\rb");
    }

    @Requirement(versions = "1.1")
    void s11_esc_4_carriageReturnIsNoEscapeIn11(Scene scene) {
        scene.fatal("bad-escape", "SEND⏎destination:{D1}⏎foo:a\\rb⏎⏎x␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_esc_5_undefinedEscapesAreFatal(Scene scene) {
        for (String line : List.of("foo:a\\tb", "foo:a\\Nb", "foo:a\\", "fo\\xo:a", "fo\\:a", "foo:a\\:b")) {
            scene.fatal("bad-escape", "SEND⏎destination:{D1}⏎" + line + "⏎⏎x␀");
        }
    }

    @Requirement(versions = "1.2")
    void s11_esc_6_theServerEscapesInOnePass(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎k\\c1:C\\c\\\\temp\\n⏎⏎x␀");
        assertThat(message.headerLines()).contains("k\\c1:C\\c\\\\temp\\n");
    }

    @Requirement(setup = Setup.LOGIN, inside = true)
    void s11_esc_7_connectIsNotEscaped(Scene scene) {
        checkRaw(scene, "CONNECT");
    }

    @Requirement(setup = Setup.LOGIN, inside = true)
    @Tag("S12-CONN-2")
    void s12_esc_8_stompIsReadLikeConnect(Scene scene) {
        checkRaw(scene, "STOMP");
    }

    private static void checkRaw(Scene scene, String command) {
        String head = command + "⏎accept-version:{version}⏎host:{host}⏎";
        scene.fresh().send(head + "login:escaped⏎passcode:a\\cb⏎⏎␀").expect("CONNECTED");
        scene.fresh().send(head + "login:colon⏎passcode:a\\cb⏎⏎␀").expectError();
        scene.fresh().send(head + "login:colon⏎passcode:a:b⏎⏎␀").expect("CONNECTED");
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            inside = true)
    void s11_esc_9_aNameMayContainAnEscapedColon(Scene scene) {
        assertThat(Inside.headerSeen(scene, "SEND⏎destination:{handler}⏎a\\cb:c⏎⏎x␀", "a:b"))
                .isEqualTo("c");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_esc_9_theLineIsSplitBeforeUnescaping(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎a\\cb:c⏎⏎x␀").value("a\\cb"))
                .isEqualTo("c");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_esc_10_decodingIsDoneOnce(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:\\\\n⏎⏎x␀").value("foo"))
                .isEqualTo("\\\\n");
    }

    @Requirement
    void s11_esc_11_eachVersionReadsItsOwnForm(Scene scene) {
        // The value is a, backslash, colon, b.
        Map<String, String> written = Map.of("1.0", "a\\:b", "1.1", "a\\\\\\cb", "1.2", "a\\\\\\cb");
        StompPeer publisher = scene.client();
        for (String other : List.of("1.0", "1.1", "1.2")) {
            StompPeer watcher = scene.client(other).subscribe(scene.topic());
            publisher.send("SEND⏎destination:{T1}⏎foo:" + written.get(scene.version) + "⏎⏎x␀");
            assertThat(watcher.expect("MESSAGE").value("foo"))
                    .as("to a watcher of %s", other)
                    .isEqualTo(written.get(other));
            watcher.close();
        }
    }
}
