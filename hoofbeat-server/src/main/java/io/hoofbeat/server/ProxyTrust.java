/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/** Which proxies are believed when they say who a client is (WS-HS-8). Immutable. */
final class ProxyTrust {
    private final List<IpSubnetFilterRule> networks;

    /** From addresses and networks like 10.0.0.0/8. */
    ProxyTrust(Set<String> networks) {
        this.networks = networks.stream().map(ProxyTrust::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
        if (octets == null) {
            throw new IllegalArgumentException("proxy-trust: '" + text + "' is no address or network");
        }
        try {
            int bits = slash < 0 ? octets.length * 8 : Integer.parseInt(text.substring(slash + 1));
            return new IpSubnetFilterRule(InetAddress.getByAddress(octets), bits, IpFilterRuleType.ACCEPT);
        } catch (NumberFormatException | UnknownHostException e) {
            throw new IllegalArgumentException("proxy-trust: '" + text + "' is no address or network", e);
        }
    }

    boolean trusts(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.matches(socket));
    }

    /** Whether a text is the address of such a proxy; false if it is none. */
    boolean trusts(String address) {
        byte[] octets = NetUtil.createByteArrayFromIpAddressString(address);
        try {
            return octets != null && trusts(InetAddress.getByAddress(octets));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
