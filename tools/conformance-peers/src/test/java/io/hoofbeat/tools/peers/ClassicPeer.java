/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import java.util.Map;
import org.apache.activemq.broker.BrokerService;

/** Apache ActiveMQ Classic in this JVM, without persistence. */
final class ClassicPeer implements Peer {
    private static final int PORT = 61792;

    private final BrokerService broker = new BrokerService();

    @Override
    public String name() {
        return "ActiveMQ Classic 6.3.1";
    }

    @Override
    public void start() throws Exception {
        broker.setPersistent(false);
        broker.setUseJmx(false);
        broker.setSchedulerSupport(false);
        broker.addConnector("stomp+nio://127.0.0.1:" + PORT);
        broker.start();
        broker.waitUntilStarted();
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("tcp", "127.0.0.1:" + PORT);
    }

    @Override
    public void stop() throws Exception {
        broker.stop();
        broker.waitUntilStopped();
    }
}
