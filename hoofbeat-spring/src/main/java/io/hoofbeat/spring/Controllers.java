/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.invocation.AsyncHandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.web.bind.annotation.ControllerAdvice;

/**
 * What becomes of a message in a controller, for its {@link Answer}. Spring keeps exceptions of controllers to itself, but for handlers of
 * exceptions; this is the last of them, and logs what the application does not handle, as Spring does.
 */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class Controllers {
    private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);

    @MessageExceptionHandler(Throwable.class)
    void failed(Throwable failure, Message<?> message) {
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        LOG.error("Unhandled exception from message handler method at {}", destination, failure);
        Answer answer = Answer.of(message);
        if (answer != null) {
            answer.fail("the handler of " + destination + " failed");
        }
    }

    /** Sees that answers wait for what controllers return later. */
    static void await(SimpAnnotationMethodMessageHandler handler) {
        List<HandlerMethodReturnValueHandler> awaited = new ArrayList<>();
        for (HandlerMethodReturnValueHandler each : handler.getReturnValueHandlers()) {
            awaited.add(each instanceof AsyncHandlerMethodReturnValueHandler later ? new Awaited(later) : each);
        }
        handler.setReturnValueHandlers(null); // else they would be put behind those that are there
        handler.setReturnValueHandlers(awaited);
    }

    private record Awaited(AsyncHandlerMethodReturnValueHandler handler)
            implements AsyncHandlerMethodReturnValueHandler {
        @Override
        public boolean supportsReturnType(MethodParameter type) {
            return handler.supportsReturnType(type);
        }

        @Override
        public void handleReturnValue(@Nullable Object value, MethodParameter type, Message<?> message)
                throws Exception {
            handler.handleReturnValue(value, type, message);
        }

        @Override
        public boolean isAsyncReturnValue(Object value, MethodParameter type) {
            return handler.isAsyncReturnValue(value, type);
        }

        @Override
        public @Nullable CompletableFuture<?> toCompletableFuture(Object value, MethodParameter type) {
            CompletableFuture<?> future = handler.toCompletableFuture(value, type);
            Answer answer = ApplicationFrames.current();
            if (future == null || answer == null) {
                return future;
            }
            answer.hold(1);
            return new Outcome(future, answer);
        }
    }

    /** What is returned later; the answer is released when Spring has done with it, in whose callback it is sent on. */
    private static final class Outcome extends CompletableFuture<Object> {
        private final Answer answer;

        Outcome(CompletableFuture<?> future, Answer answer) {
            this.answer = answer;
            future.whenComplete((value, failure) -> {
                if (failure != null) {
                    completeExceptionally(failure);
                } else {
                    complete(value);
                }
            });
        }

        @Override
        public CompletableFuture<Object> whenComplete(BiConsumer<? super Object, ? super Throwable> callback) {
            CompletableFuture<Object> done = super.whenComplete(callback);
            done.whenComplete((value, failure) -> answer.release());
            return done;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
