/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameScannerTest {
    private static final String WIRE = "\n\nMESSAGE\nsubscription:0\nack:7-12\nack:8\ncontent-length:4\n\na\0b\n\0\n"
            + "RECEIPT\r\nreceipt-id:1\r\n\r\n\0"
            + "MESSAGE\ndestination:/topic/somewhere-far-away\n\nno length\0"
            + "ERROR\nmessage:a:b\n\n\0";

    private final List<String> frames = new ArrayList<>();
    private final FrameScanner scanner = new FrameScanner();

    private void take(Link link, FrameScanner frame) {
        String body = new String(frame.octets(), frame.bodyStart(), frame.bodyLength(), UTF_8);
        String ack = new String(frame.octets(), frame.ackStart(), frame.ackLength(), UTF_8);
        frames.add((char) frame.command() + " " + body + " " + ack);
    }

    private static Link link() throws IOException {
        try (Loop loop = new Loop(new Progress(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)))) {
            Target target = Target.of("tcp://127.0.0.1:1", new Target.Login("", "", ""), "", "");
            return new SocketLink(
                    0,
                    loop,
                    target,
                    new Clients(loop, target, "0,0", new Flow(Scenario.rows().get(0), loop)));
        }
    }

    @Test
    void findsEachFrameWithItsBodyAndTheFirstAck() throws IOException {
        byte[] wire = WIRE.getBytes(UTF_8);
        int used = scanner.scan(wire, 0, wire.length, link(), this::take);
        assertThat(used).isEqualTo(wire.length);
        assertThat(frames).containsExactly("M a\0b\n 7-12", "R  ", "M no length ", "E  ");
    }

    @Test
    void leavesAFrameThatHasNotComeWhole() throws IOException {
        byte[] wire = WIRE.getBytes(UTF_8);
        Link link = link();
        for (int cut = 0; cut <= wire.length; cut++) {
            frames.clear();
            int used = scanner.scan(wire, 0, cut, link, this::take);
            scanner.scan(wire, used, wire.length, link, this::take);
            assertThat(frames).as("cut at " + cut).containsExactly("M a\0b\n 7-12", "R  ", "M no length ", "E  ");
        }
    }

    @Test
    void tellsAHeaderOfAFrame() throws IOException {
        byte[] wire = "CONNECTED\nversion:1.2\nheart-beat:10,20\n\n\0".getBytes(UTF_8);
        List<String> beats = new ArrayList<>();
        scanner.scan(wire, 0, wire.length, link(), (link, frame) -> beats.add(frame.header("heart-beat")));
        assertThat(beats).containsExactly("10,20");
    }

    @Test
    void findsALineFeedWhereverItIs() {
        byte[] line = "0123456789abcdefghijk".getBytes(UTF_8);
        for (int at = 0; at < line.length; at++) {
            byte[] octets = line.clone();
            octets[at] = '\n';
            assertThat(FrameScanner.lineFeed(octets, 0, octets.length)).isEqualTo(at);
            assertThat(FrameScanner.lineFeed(octets, at + 1, octets.length)).isEqualTo(-1);
        }
    }
}
