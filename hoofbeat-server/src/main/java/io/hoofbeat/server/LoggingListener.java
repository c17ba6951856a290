/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Session;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what happens: a line of debug for each session, a warning where an operator should look. */
public final class LoggingListener extends BrokerListener {
    private static final Logger LOG = LoggerFactory.getLogger("io.hoofbeat.broker");

    private final Refrain refusals;

    public LoggingListener() {
        this(System::nanoTime);
    }

    LoggingListener(LongSupplier clock) {
        refusals = new Refrain(clock);
    }

    @Override
    public void sessionOpened(Session session) {
        LOG.debug("{} opened", session.id());
    }

    /** Once a minute for each address and reason. */
    @Override
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
        int colon = why.indexOf(':'); // behind it is what the client said, which may be different each time
        long unsaid = refusals.say(connection.remoteAddress() + " " + (colon < 0 ? why : why.substring(0, colon)));
        if (unsaid >= 0) {
            LOG.warn(
                    "connect refused: login {} from {} by {}: {}{}",
                    login,
                    connection.remoteAddress(),
                    connection.transport(),
                    why,
                    Refrain.tail(unsaid));
        }
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        LOG.debug("{} closed: {}, {}", session.id(), reason, text);
    }

    @Override
    public void protocolViolated(ConnectionInfo connection, String text) {
        LOG.debug("protocol violated: {} by {}: {}", connection.remoteAddress(), connection.transport(), text);
    }

    @Override
    public void messageDead(String destination, String why) {
        LOG.debug("{}: a message could not be processed: {}", destination, why);
    }

    @Override
    public void messagesDropped(Session session, String destination, long count) {
        LOG.debug("{} did not keep up with {}: {} messages dropped", session.id(), destination, count);
    }

    @Override
    public void handlerFailed(String destination, Throwable failure) {
        LOG.warn("the handler of {} failed", destination, failure);
    }

    @Override
    public void failed(String where, Throwable failure) {
        LOG.error("{} failed", where, failure);
    }
}
