/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

/**
 * What a decoder accepts at most. Every limit is exact: a value equal to it passes, one more fails (SX-LIM-7).
 *
 * @param command octets of a command line (SX-CMD-1)
 * @param headers header lines of a frame (SX-LIM-1)
 * @param headerLine octets of one header line without its line end, before unescaping (SX-LIM-2)
 * @param headerOctets octets of all header lines of a frame, counted in the same way (SX-LIM-2)
 * @param body octets of a body (SX-LIM-3)
 * @param connectFrame octets of the whole frame while no version is negotiated, command line to NUL (SX-LIM-4)
 */
public record CodecLimits(int command, int headers, int headerLine, int headerOctets, int body, int connectFrame) {

    public static final CodecLimits DEFAULT =
            new CodecLimits(32, 256, 16 * 1024, 64 * 1024, 16 * 1024 * 1024, 32 * 1024);

    public CodecLimits {
        if (command < 1 || headers < 1 || headerLine < 1 || headerOctets < 1 || body < 0 || connectFrame < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
