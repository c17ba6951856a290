/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench.peer;

import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/** ActiveMQ Artemis with its defaults, STOMP only; WebSocket is spoken on the same port. */
final class ArtemisPeer {
    private ArtemisPeer() {}

    /** Arguments: the port and, for durable messages, a directory. */
    public static void main(String[] arguments) throws Exception {
        boolean durable = arguments.length > 1;
        Configuration configuration = new ConfigurationImpl()
                .setPersistenceEnabled(durable)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration(
                        "stomp",
                        "tcp://127.0.0.1:" + arguments[0]
                                + "?protocols=STOMP;anycastPrefix=/queue/;multicastPrefix=/topic/");
        if (durable) {
            configuration
                    .setJournalDirectory(arguments[1] + "/journal")
                    .setBindingsDirectory(arguments[1] + "/bindings")
                    .setPagingDirectory(arguments[1] + "/paging")
                    .setLargeMessagesDirectory(arguments[1] + "/large");
        }
        new EmbeddedActiveMQ().setConfiguration(configuration).start();
    }
}
