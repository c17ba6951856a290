/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A channel of Spring's has been set up in a way in which the order of a session's frames cannot be kept. */
public final class UnsuitableChannelException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String channel;

    UnsuitableChannelException(String channel, @Nullable Executor executor) {
        super("the executor of " + channel + " is " + executor + ", not the bean " + channel + "Executor");
        this.channel = channel;
    }

    /** The name of the channel's bean. */
    public String channel() {
        return channel;
    }
}
