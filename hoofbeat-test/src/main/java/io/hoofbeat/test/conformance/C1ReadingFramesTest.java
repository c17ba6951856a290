/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C1: what a server makes of octets about which the specifications are silent. */
@DisplayName("C1 Reading frames")
class C1ReadingFramesTest {

    @Requirement(notForSockJs = "octets that are no text")
    @Tag("S10-GRAM-3")
    void sx_codec_1_theVectorsOverTheWire(Scene scene) {
        for (Vector vector : Vector.fatalOnes(scene.version)) {
            StompPeer client = vector.isNew() ? scene.fresh() : scene.client();
            client.trySend(vector.input());
            client.take(frame -> frame.command().equals("ERROR"), "ERROR for the vector " + vector.name());
            assertThat(client.pending())
                    .as(vector.name())
                    .noneMatch(frame -> !frame.command().equals("CONNECTED"));
            assertThat(client.readUntilEnd(Duration.ofSeconds(5)))
                    .as(vector.name())
                    .isTrue();
            assertThat(client.oddities()).as(vector.name()).isEmpty();
            client.close();
        }
    }

    @Requirement(versions = "1.1")
    void sx_eol_1_aFrameWhoseCommandEndsInCrLfIsReadSoIn11(Scene scene) {
        assertThat(scene.relay("SEND␍⏎destination:{D1}␍⏎foo:1␍⏎␍⏎x␀").value("foo"))
                .isEqualTo("1");
    }

    @Requirement(versions = "1.1")
    void sx_eol_1_elseCrIsDataIn11(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:a␍⏎⏎x␀").value("foo")).isEqualTo("a\r");
    }

    @Requirement(versions = "1.0")
    void sx_eol_1_crBeforeLfIsDroppedIn10AndInConnect(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send("CONNECT␍⏎{credentials}␍⏎␀").expect("CONNECTED");
        peer.subscribe(scene.queue());
        assertThat(peer.send("SEND␍⏎destination:{Q1}␍⏎foo:1␍⏎␍⏎x␀")
                        .expect("MESSAGE⏎⏎x")
                        .value("foo"))
                .isEqualTo("1");
    }

    @Requirement
    void sx_eol_2_crBetweenFramesIsFatal(Scene scene) {
        scene.fatal("bare-cr", "SEND⏎destination:{D1}⏎⏎x␀␍SEND⏎destination:{D1}⏎⏎y␀");
    }

    @Requirement(versions = "1.0")
    void sx_eol_3_aLineOfBlanksEndsTheHeadIn10(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎ ⏎x␀").text()).isEqualTo("x");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_eol_3_aLineOfBlanksIsNoHeader(Scene scene) {
        scene.fatal("bad-header", "SEND⏎destination:{D1}⏎ ⏎x␀");
    }

    @Requirement
    void sx_nul_1_superfluousNulsAreSkipped(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send("␀␀SEND⏎destination:{D1}⏎⏎a␀␀␀⏎␀SEND⏎destination:{D1}⏎⏎b␀␀");
        Scene.receive(watcher, "a", "b");
    }

    @Requirement
    void sx_nul_2_nulInTheHeadIsFatal(Scene scene) {
        PeerFrame error = scene.fatal("nul-in-header", "DISCONNECT⏎receipt:77⏎␀");
        assertThat(error.toString()).contains("NUL before the empty line that ends the headers");
    }

    @Requirement(versions = "1.2")
    void sx_cmd_1_whatIsNoCommandLineIsRefusedAtOnce(Scene scene) {
        scene.fatal("bad-command", "SEND X⏎");
        scene.fatal("bad-command", scene.fresh(), "GET / HTTP/1.1␍⏎");
        scene.fatal("command-too-long", "X".repeat(33));
        StompPeer hello = scene.fresh();
        hello.send(new byte[] {0x16, 3, 1, 2, 0, 1}).expectError();
        assertThat(scene.fatal("unknown-command", "FOO⏎receipt:r⏎⏎␀").value("receipt-id"))
                .isEqualTo("r");
    }

    @Requirement(versions = "1.0")
    void sx_cmd_1_blanksBehindTheCommandAreDroppedIn10(Scene scene) {
        scene.fresh().send("CONNECT ⏎{credentials}⏎␀").expect("CONNECTED");
        assertThat(scene.relay("SEND \t⏎destination:{D1}⏎⏎x␀").text()).isEqualTo("x");
    }

    @Requirement
    void sx_cmd_2_aPrefixIsNotEnough(Scene scene) {
        scene.fatal("unknown-command", "SENDFOO⏎destination:{D1}⏎⏎x␀");
        scene.fatal("unknown-command", "SEN⏎destination:{D1}⏎⏎x␀");
    }

    @Requirement
    void sx_colon_1_aRawColonInAValueIsAccepted(Scene scene) {
        String expected = scene.isVersion("1.0") ? "a:b" : "a\\cb";
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:a:b⏎⏎x␀").value("foo"))
                .isEqualTo(expected);
    }

    @Requirement(versions = "1.0")
    void sx_empty_1_anEmptyValueIsAcceptedIn10(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:⏎⏎x␀").value("foo")).isEmpty();
    }

    @Requirement(versions = "1.0")
    void sx_pad_1_headersAreTrimmedIn10(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎ destination\t: \t{D1} ␍⏎foo : bar ⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("bar");
        scene.fatal("empty-header-name", "SEND⏎destination:{D1}⏎ :x⏎⏎x␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_pad_2_aDestinationWithBlanksAroundItIsAnErrorThatSaysWhy(Scene scene) {
        for (String script : List.of(
                "SUBSCRIBE⏎id:1⏎destination: /topic/x⏎⏎␀",
                "SUBSCRIBE⏎id:1⏎destination:/topic/x ⏎⏎␀",
                "SEND⏎destination: /topic/x⏎⏎x␀")) {
            assertThat(scene.refused(script).value("message")).containsIgnoringCase("blank");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_pad_2_blanksAroundValuesOfAFixedFormAreIgnored(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎content-length: 3 ⏎⏎a␀b␀").text())
                .isEqualTo("a\0b");
        StompPeer client = scene.watcher(scene.queue(), "ack: client-individual ");
        scene.publish(scene.queue(), "x");
        client.expect("MESSAGE⏎⏎x");
        scene.kill(client);
        scene.expectLeft(scene.queue(), "x");
    }

    @Requirement(versions = "1.2", setup = Setup.LOGIN, inside = true)
    void sx_pad_3_connectIsTrimmedIfTheVersionIs10(Scene scene) {
        scene.fresh().send("CONNECT⏎login: u⏎passcode: p⏎⏎␀").expect("CONNECTED", "version:1.0");
        scene.fresh()
                .send("CONNECT⏎accept-version:1.2⏎host:h⏎login: u⏎passcode: p⏎⏎␀")
                .expectError();
    }

    @Requirement
    void sx_len_1_contentLengthIsObeyedOnEveryFrame(Scene scene) {
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎content-length:0⏎receipt:r⏎⏎␀").expect("RECEIPT", "receipt-id:r");
        scene.fatal("missing-nul", "ABORT⏎transaction:t⏎content-length:1⏎⏎⏎x");
    }

    @Requirement
    void sx_len_2_onlyDigitsAreANumber(Scene scene) {
        for (String value : List.of("-1", "+5", "5.0", "0x10", "", "５", "5,5", "five")) {
            scene.fatal("bad-content-length", "SEND⏎destination:{D1}⏎content-length:" + value + "⏎⏎x␀");
        }
        for (String value : List.of("2147483648", "9223372036854775808", "99999999999999999999")) {
            scene.fatal("body-too-large", "SEND⏎destination:{D1}⏎content-length:" + value + "⏎⏎");
        }
        assertThat(scene.relay("SEND⏎destination:{D1}⏎content-length:0001⏎⏎x␀").text())
                .isEqualTo("x");
    }

    @Requirement
    void sx_len_3_tooSmallIsFatalAndTooLargeSwallows(Scene scene) {
        scene.fatal("missing-nul", "SEND⏎destination:{D1}⏎content-length:2⏎⏎abc␀");
        StompPeer client = scene.client();
        String swallowed = "SEND⏎destination:{D1}⏎⏎y␀";
        client.send("SEND⏎destination:{D1}⏎content-length:10⏎⏎abc␀" + swallowed).expectError();
        scene.expectLeft(scene.queue(0));
    }

    @Requirement
    void sx_body_1_bodiesOfFramesThatHaveNone(Scene scene) {
        scene.client().send("BEGIN⏎transaction:t⏎⏎␍⏎⏎␀").sync();
        String junk = "BEGIN⏎transaction:t⏎⏎junk␀";
        if (scene.isVersion("1.0")) {
            scene.client().send(junk).sync();
        } else {
            scene.fatal("body-not-allowed", junk);
        }
    }

    @Requirement(notForSockJs = "octets that are no text")
    void sx_utf_1_whatIsNoUtf8IsFatal(Scene scene) {
        byte[][] broken = {
            {(byte) 0xff},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xc3},
        };
        for (byte[] octets : broken) {
            StompPeer client = scene.client();
            client.send(AsOne.of(
                    ("SEND\ndestination:" + scene.queue(0) + "\nfoo:").getBytes(UTF_8),
                    octets,
                    "\n\nx\0".getBytes(UTF_8)));
            client.expectError();
            if (scene.target.isOurs()) {
                assertThat(Kinds.of(client.sent())).isEqualTo("invalid-utf8");
            }
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_case_1_contentLengthInOtherLettersIsAUserHeader(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎Content-Length:1⏎⏎abc␀");
        assertThat(message.value("Content-Length")).isEqualTo("1");
        assertThat(message.text()).isEqualTo("abc");
        assertThat(scene.refused("SEND⏎Destination:{D1}⏎⏎␀").toString()).contains("Destination");
    }
}
