/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/**
 * Application code at a destination. A publisher's messages are handled one after the other in their order (SX-PROC-1), those of
 * different publishers at the same time.
 */
final class AppDestination implements Destination {
    private final String name;
    private final DestinationPolicy policy;
    private final Handler handler;
    private final Broker broker;

    AppDestination(String name, DestinationPolicy policy, Handler handler, Broker broker) {
        this.name = name;
        this.policy = policy;
        this.handler = handler;
        this.broker = broker;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DestinationPolicy policy() {
        return policy;
    }

    @Override
    public DestinationState state() {
        return new DestinationState(name, DestinationState.Kind.APPLICATION, 0, 0, 0, 0);
    }

    @Override
    public Outcome publish(Message message, Publisher from, @Nullable Receipt receipt) {
        int size = message.size();
        if (!broker.inputMemory().take(size)) {
            return Outcome.REJECTED;
        }
        Runnable turn = () -> {
            try {
                run(new Exchange(broker, message, from, null), receipt);
            } finally {
                broker.inputMemory().give(size);
            }
        };
        if (from instanceof Session session) {
            session.turns().add(turn);
        } else {
            broker.executor().execute(turn);
        }
        return Outcome.TAKEN;
    }

    private void run(Exchange exchange, @Nullable Receipt receipt) {
        try {
            handler.handle(exchange);
        } catch (Exception | LinkageError | AssertionError e) {
            broker.listener().handlerFailed(name, e);
            if (receipt != null) {
                receipt.fail("the handler of " + name + " failed");
            }
            return;
        }
        if (receipt != null) {
            receipt.confirm();
        }
    }

    /** One answer, no subscription: the handler is called without a body and may reply. */
    @Override
    public boolean subscribe(Subscription subscription) {
        Message message = broker.message(
                name, io.hoofbeat.protocol.Headers.EMPTY, io.hoofbeat.protocol.Headers.EMPTY, new byte[0], 0, 0);
        Session session = subscription.session();
        session.turns().add(() -> run(new Exchange(broker, message, session, subscription), null));
        return true;
    }

    @Override
    public void unsubscribe(Subscription subscription) {}

    @Override
    public boolean forgetIfIdle() {
        return false;
    }
}
