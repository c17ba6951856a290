/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a chain of proxies says about a request: by Forwarded (RFC 7239) or, without it, by X-Forwarded-For, -Proto and -Host.
 *
 * @param address the client's; null if they do not say
 * @param scheme "https" or "http"; null if they do not say
 * @param host what the client asked for, perhaps with a port; null if they do not say
 */
record Forwarded(
        @Nullable String address,
        @Nullable String scheme,
        @Nullable String host) {

    /** Reads the headers of a request that came from a proxy that is trusted. */
    static Forwarded read(HttpHeaders headers, ProxyTrust trust) {
        List<String> forwarded = headers.getAll("Forwarded");
        if (!forwarded.isEmpty()) {
            return standard(String.join(",", forwarded).split(","), trust);
        }
        String[] addresses = String.join(",", headers.getAll("X-Forwarded-For")).split(",");
        return new Forwarded(
                client(addresses, trust),
                last(headers.getAll("X-Forwarded-Proto")),
                last(headers.getAll("X-Forwarded-Host")));
    }

    /** The entry that the outermost trusted proxy has made tells of the client. */
    private static Forwarded standard(String[] entries, ProxyTrust trust) {
        int index = entries.length - 1;
        while (index > 0 && trust.trusts(String.valueOf(address(value(entries[index], "for"))))) {
            index--;
        }
        String entry = entries[index];
        return new Forwarded(address(value(entry, "for")), value(entry, "proto"), value(entry, "host"));
    }

    private static @Nullable String value(String entry, String name) {
        for (String pair : entry.split(";")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
                String value = pair.substring(equals + 1).strip();
                return value.replace("\"", "");
            }
        }
        return null;
    }

    /** From the right, the first that is none of ours. */
    private static @Nullable String client(String[] addresses, ProxyTrust trust) {
        for (int i = addresses.length - 1; i >= 0; i--) {
            String address = address(addresses[i].strip());
            if (address == null || i == 0 || !trust.trusts(address)) {
                return address;
            }
        }
        return null;
    }

    /** Without a port, and without brackets; null if it is none. */
    private static @Nullable String address(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        String address = text;
        if (text.startsWith("[") && text.indexOf(']') > 0) {
            address = text.substring(1, text.indexOf(']'));
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            address = text.substring(0, text.indexOf(':'));
        }
        return io.netty.util.NetUtil.isValidIpV4Address(address) || io.netty.util.NetUtil.isValidIpV6Address(address)
                ? address.toLowerCase(Locale.ROOT)
                : null;
    }

    private static @Nullable String last(List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        String[] parts = String.join(",", values).split(",");
        return parts.length == 0 ? null : parts[parts.length - 1].strip();
    }
}
