/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.ProtocolException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.socket.messaging.StompSubProtocolErrorHandler;

/**
 * The ERROR for a frame that did not reach the broker, an interceptor having refused it: with the receipt that was asked for, in words for
 * the client, and without what is inside the application. An application's own handler of such errors stays in its place.
 */
final class Refusals extends StompSubProtocolErrorHandler {
    private static final int MAX_MESSAGE = 120;

    private final SpringBroker broker;

    Refusals(SpringBroker broker) {
        this.broker = broker;
    }

    /**
     * Null if the broker says it, behind all that it has said before: what Spring would send from the thread that reads could be left in
     * the buffer of one that is writing just now, and be thrown away when the socket is closed.
     */
    @Override
    public @Nullable Message<byte[]> handleClientMessageProcessingError(
            @Nullable Message<byte[]> clientMessage, Throwable failure) {
        StompHeaderAccessor client = clientMessage == null
                ? null
                : MessageHeaderAccessor.getAccessor(clientMessage, StompHeaderAccessor.class);
        StompCommand command = client == null ? null : client.getCommand();
        String failed = command == null ? null : command.name();
        String session = client == null ? null : client.getSessionId();
        String receipt = client == null ? null : client.getReceipt();
        String text = text(failure, failed);
        if (session == null) {
            return error(null, text, failed, receipt);
        }
        broker.violated(session, new ProtocolException(ProtocolException.Kind.BAD_FRAME, text, failed, receipt));
        return null;
    }

    /** What Spring's errors say of the inside is left out; what an interceptor says in its exception is meant for the client. */
    private static String text(Throwable failure, @Nullable String command) {
        Throwable cause = failure instanceof MessageDeliveryException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof ProtocolException violation) {
            return text(violation);
        }
        String refused = (command == null ? "the frame" : command) + " was refused";
        if (cause.getClass().getName().startsWith("org.springframework.security.")) {
            return "Access denied, " + refused;
        }
        String own = cause.getMessage();
        return cause instanceof MessagingException && own != null ? own : refused;
    }

    static String text(ProtocolException violation) {
        return Objects.requireNonNullElse(
                violation.getMessage(), violation.kind().text());
    }

    /** An ERROR as the engine would make it. */
    static Message<byte[]> error(
            @Nullable String session, String text, @Nullable String failed, @Nullable String receipt) {
        StompHeaderAccessor accessor = StompHeaderAccessor.create(StompCommand.ERROR);
        accessor.setMessage(shorten(text));
        accessor.setContentType(MimeTypeUtils.TEXT_PLAIN);
        if (receipt != null) {
            accessor.setReceiptId(receipt);
        }
        if (failed != null) {
            accessor.setNativeHeader("failed-command", failed);
        }
        if (session != null) {
            accessor.setSessionId(session);
        }
        return StompMessages.message(accessor, text.getBytes(UTF_8));
    }

    /** One line that needs no escaping in any version. */
    private static String shorten(String text) {
        String line = text.codePoints()
                .limit(MAX_MESSAGE)
                .map(c -> c < ' ' || c == ':' || c == '\\' ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.strip();
    }
}
