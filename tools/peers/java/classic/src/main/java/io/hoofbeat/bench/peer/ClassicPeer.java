/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.peer;

import org.apache.activemq.broker.BrokerService;

/** ActiveMQ Classic with its defaults, STOMP over TCP only. */
final class ClassicPeer {
    private static final long MEMORY = 1L << 30;

    private ClassicPeer() {}

    /** Arguments: the port and, for durable messages, a directory. */
    public static void main(String[] arguments) throws Exception {
        boolean durable = arguments.length > 1;
        BrokerService broker = new BrokerService();
        broker.setPersistent(durable);
        if (durable) {
            broker.setDataDirectory(arguments[1]);
        }
        broker.setUseJmx(false);
        broker.getSystemUsage().getMemoryUsage().setLimit(MEMORY);
        broker.addConnector("stomp+nio://127.0.0.1:" + arguments[0]);
        broker.start();
        broker.waitUntilStopped();
    }
}
