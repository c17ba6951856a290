/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.jmh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.FrameDecoder.Side;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What it costs to read a SEND of 100 octets with three headers, and to write its headers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {

    private static final String SEND = """
            SEND
            destination:/queue/orders
            content-type:text/plain
            id:4711

            The body of this small message.\0""";

    private static final Headers PLAIN =
            Headers.of("destination", "/queue/orders", "content-type", "text/plain", "id", "4711");
    private static final Headers ESCAPED =
            Headers.of("destination", "/queue/or:ders", "path", "C:\\temp", "id", "47\n11");

    @Param({"heap", "direct"})
    public String memory = "";

    private final FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
    private final Frame plain = new Frame(Command.SEND, PLAIN);

    @SuppressWarnings("NullAway.Init")
    private ByteBuf send;

    @SuppressWarnings("NullAway.Init")
    private ByteBuf out;

    @Setup(Level.Trial)
    public void open() {
        PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        boolean heap = memory.equals("heap");
        send = heap ? allocator.heapBuffer() : allocator.directBuffer();
        out = heap ? allocator.heapBuffer() : allocator.directBuffer();
        send.writeBytes(SEND.getBytes(US_ASCII));
        decoder.use(Version.V1_2);
    }

    @TearDown(Level.Trial)
    public void close() {
        send.release();
        out.release();
    }

    @Benchmark
    public @Nullable Frame decodeSend() {
        return decoder.decode(send.readerIndex(0));
    }

    @Benchmark
    public ByteBuf encodeFrame() {
        out.clear();
        FrameEncoder.encode(plain, Version.V1_2, out);
        return out;
    }

    @Benchmark
    public ByteBuf encodeHeaders() {
        return encode(PLAIN, Version.V1_2);
    }

    @Benchmark
    public ByteBuf encodeHeadersWithEscapes() {
        return encode(ESCAPED, Version.V1_2);
    }

    @Benchmark
    public ByteBuf encodeHeadersTo10() {
        return encode(PLAIN, Version.V1_0);
    }

    @Benchmark
    public ByteBuf encodeTexts() {
        out.clear();
        FrameEncoder.header("destination", "/queue/orders", Version.V1_2, out);
        FrameEncoder.header("content-type", "text/plain", Version.V1_2, out);
        FrameEncoder.header("id", "4711", Version.V1_2, out);
        return out;
    }

    private ByteBuf encode(Headers headers, Version version) {
        out.clear();
        for (int i = 0; i < headers.size(); i++) {
            FrameEncoder.header(headers, i, version, out);
        }
        return out;
    }

    /** Runs it, allocation included. Arguments are those of JMH. */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(args))
                        .include(CodecBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
    }
}
