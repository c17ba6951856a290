/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.io.ByteArrayOutputStream;

/** Octets put together. */
final class AsOne {

    private AsOne() {}

    static byte[] of(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
