/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A6 and A7: bodies, content-length, content-type. */
@DisplayName("A6-A7 Bodies")
class A06BodiesTest {

    @Requirement
    void s10_body_1_withoutContentLengthTheBodyEndsAtTheFirstNul(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎⏎ab␀").text()).isEqualTo("ab");
    }

    @Requirement
    @Tag("S11-BODY-7")
    void s10_body_2_contentLengthCountsWhateverTheOctetsAre(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎content-length:3⏎⏎a␀b␀");
        assertThat(message.text()).isEqualTo("a\0b");
        assertThat(message.value("content-length")).isEqualTo("3");
    }

    @Requirement
    void s10_body_3_behindTheBodyComesNul(Scene scene) {
        scene.fatal("missing-nul", "SEND⏎destination:{D1}⏎content-length:1⏎⏎ab␀");
    }

    @Requirement(versions = "1.2")
    void s12_body_4_everyFrameMayHaveContentLength(Scene scene) {
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎content-length:0⏎receipt:r⏎⏎␀").expect("RECEIPT", "receipt-id:r");
        client.send("SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀").sync();
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("SX-BODY-1")
    void s11_body_5_onlySendHasABody(Scene scene) {
        scene.fatal("body-not-allowed", "SUBSCRIBE⏎id:1⏎destination:{D1}⏎⏎junk␀");
        scene.fatal("body-not-allowed", "BEGIN⏎transaction:t⏎content-length:4⏎⏎junk␀");
        scene.client().send("BEGIN⏎transaction:t⏎⏎␍⏎⏎␀").sync();
    }

    @Requirement(versions = "1.0")
    void s10_body_6_theBodyOfSubscribeIsIgnoredIn10(Scene scene) {
        scene.client().send("SUBSCRIBE⏎destination:{D1}⏎receipt:r⏎⏎junk␀").expect("RECEIPT", "receipt-id:r");
    }

    @Requirement
    @Tag("S11-BODY-7")
    @Tag("S11-MSG-7")
    void s10_body_8_octetsAreCountedNotCharacters(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎⏎é␀");
        assertThat(message.value("content-length")).isEqualTo("2");
        assertThat(message.text()).isEqualTo("é");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_body_7_messageAndErrorHaveContentLength(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎content-length:3⏎⏎a␀b␀");
        assertThat(message.value("content-length")).isEqualTo("3");
        PeerFrame error = scene.refused("SEND⏎⏎x␀");
        if (error.body().length > 0) {
            assertThat(error.value("content-length")).isEqualTo(String.valueOf(error.body().length));
        }
    }

    @Requirement(notForSockJs = "octets that are no text")
    @Tag("S10-MSG-8")
    void s10_body_9_bodiesAreOctetsOfAnyKind(Scene scene) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        byte[] random = new byte[1 << 20];
        new Random(42).nextBytes(random);
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        for (byte[] body : List.of(all, random, new byte[0])) {
            client.send(withBody("SEND\ndestination:" + scene.queue(0), body));
            assertThat(watcher.expect("MESSAGE").body()).isEqualTo(body);
        }
    }

    /** A body that may be sent as text. */
    static byte[] text(int length) {
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    /** A frame with content-length and that body. */
    static byte[] withBody(String head, byte[] body) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes((head + "\ncontent-length:" + body.length + "\n\n").getBytes(UTF_8));
        frame.writeBytes(body);
        frame.write(0);
        return frame.toByteArray();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            notForSockJs = "octets that are no text")
    @Tag("S11-MSG-7")
    void s11_type_1_contentTypeReachesTheMessageUnchanged(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        byte[] body = "Grüße, ключ, 😀".getBytes(UTF_16);
        scene.client()
                .send(withBody(
                        "SEND\ndestination:" + scene.queue(0) + "\ncontent-type:text/html;charset=utf-16", body));
        PeerFrame message = watcher.expect("MESSAGE");
        assertThat(message.value("content-type")).isEqualTo("text/html;charset=utf-16");
        assertThat(message.body()).isEqualTo(body);
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_type_2_theServerInventsNoContentType(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎⏎x␀").has("content-type")).isFalse();
    }

    @Requirement(versions = "1.2")
    void s12_type_3_anIllFormedContentTypeIsPassedOn(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎content-type:;;;⏎⏎x␀").value("content-type"))
                .isEqualTo(";;;");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_type_4_bodiesOfErrorsArePlainText(Scene scene) {
        List<String> bad = List.of("SEND⏎⏎x␀", "FOO⏎⏎␀", "SEND⏎destination:{D1}⏎novalue⏎⏎x␀", "ACK⏎⏎␀");
        for (String script : bad) {
            PeerFrame error = scene.refused(script);
            if (error.body().length > 0) {
                assertThat(error.value("content-type")).startsWith("text/plain");
                assertThat(error.text().getBytes(UTF_8)).isEqualTo(error.body());
            }
        }
    }
}
