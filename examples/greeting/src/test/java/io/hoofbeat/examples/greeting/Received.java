/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.greeting;

import java.lang.reflect.Type;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;

/** Frames whose payload is of that type, as they come. */
record Received<T>(Class<T> type, BlockingQueue<T> frames) implements StompFrameHandler {

    static <T> Received<T> of(Class<T> type) {
        return new Received<>(type, new LinkedBlockingQueue<>());
    }

    @Override
    public Type getPayloadType(StompHeaders headers) {
        return type;
    }

    @Override
    public void handleFrame(StompHeaders headers, Object payload) {
        frames.add(type.cast(payload));
    }

    T next() throws InterruptedException {
        return frames.poll(10, TimeUnit.SECONDS);
    }
}
