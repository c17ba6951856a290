/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConverter;

/**
 * A client of STOMP that records all that it sends and gets. What a test awaits is taken from the record, so that it is awaited once; what
 * does not come, or an ERROR in its place, is an {@link AssertionError} which shows the record.
 *
 * <pre>{@code
 * ProbeSubscription greetings = probe.subscribe("/topic/greetings");
 * probe.send("/app/hello", new HelloMessage("Ada"));
 * assertThat(greetings.await().as(Greeting.class).getContent()).isEqualTo("Hello, Ada!");
 * }</pre>
 *
 * <p>Where a method waits for a receipt, the frame has been handled when it returns: a subscription is there, a controller has returned.
 * Used by one thread at a time; made by {@link StompProbes}, which closes it.
 */
public final class StompProbe {
    private final Duration patience;
    private final MessageConverter converter;
    private final Recording recording = new Recording();
    private final ProbeSocket socket;
    private final Version version;
    private int lastReceipt;
    private int lastSubscription;

    StompProbe(
            URI url, Map<String, String> httpHeaders, Version version, Duration patience, MessageConverter converter) {
        this.version = version;
        this.patience = patience;
        this.converter = converter;
        this.socket = ProbeSocket.open(url, httpHeaders, version, recording, converter);
    }

    void awaitConnected() {
        recording.take(frame -> frame.command().equals("CONNECTED"), StompProbe::isError, "CONNECTED", patience);
    }

    // ---- sending

    /**
     * Subscribes, and waits until that is done.
     *
     * @param headers further ones, as {@code "ack:client"}
     */
    public ProbeSubscription subscribe(String destination, String... headers) {
        String id = "sub-" + ++lastSubscription;
        confirmed(Command.SUBSCRIBE, Headers.of("id", id, "destination", destination), headers, new byte[0]);
        return new ProbeSubscription(this, id, destination);
    }

    void unsubscribe(String id) {
        confirmed(Command.UNSUBSCRIBE, Headers.of("id", id), new String[0], new byte[0]);
    }

    /**
     * Sends, and waits until it is handled. Text and octets are sent as they are, anything else as the application's converter writes it,
     * which is JSON as a rule.
     *
     * @param headers further ones, as {@code "content-type:text/plain"}
     */
    public StompProbe send(String destination, Object payload, String... headers) {
        Frame frame = message(destination, payload, headers);
        confirmed(Command.SEND, frame.headers(), new String[0], frame.body());
        return this;
    }

    /** Sends and does not wait, for a test of what comes of many messages, or of none that are handled. */
    public StompProbe post(String destination, Object payload, String... headers) {
        send(message(destination, payload, headers));
        return this;
    }

    /**
     * Sends what is to be refused.
     *
     * @return the ERROR that says so
     */
    public StompFrame sendRefused(String destination, Object payload, String... headers) {
        Frame frame = message(destination, payload, headers);
        return refused(Command.SEND, frame.headers(), frame.body());
    }

    /**
     * Subscribes where that is to be refused.
     *
     * @return the ERROR that says so
     */
    public StompFrame subscribeRefused(String destination, String... headers) {
        Headers.Builder all = Headers.builder().add("id", "sub-" + ++lastSubscription);
        return refused(
                Command.SUBSCRIBE,
                more(all.add("destination", destination), headers).build(),
                new byte[0]);
    }

    /** Acknowledges a message of a subscription with {@code ack:client}, or with those before it. */
    public StompProbe ack(StompFrame message) {
        return settle(Command.ACK, message);
    }

    /** Refuses such a message. */
    public StompProbe nack(StompFrame message) {
        return settle(Command.NACK, message);
    }

    private StompProbe settle(Command command, StompFrame message) {
        Headers headers = version.acknowledgesById()
                ? Headers.of("id", value(message, "ack"))
                : Headers.of(
                        "message-id", value(message, "message-id"), "subscription", value(message, "subscription"));
        confirmed(command, headers, new String[0], new byte[0]);
        return this;
    }

    private static String value(StompFrame frame, String name) {
        String value = frame.header(name);
        if (value == null) {
            throw new AssertionError("there is no header " + name + " in\n" + frame);
        }
        return value;
    }

    /** Sends a frame as it is, and does not wait. */
    public StompProbe send(Frame frame) {
        socket.send(frame);
        return this;
    }

    private Frame message(String destination, Object payload, String... headers) {
        Headers.Builder all = more(Headers.builder().add("destination", destination), headers);
        if (payload instanceof byte[] octets) {
            return new Frame(Command.SEND, all.build(), octets);
        }
        if (payload instanceof String text) {
            return new Frame(Command.SEND, all.build(), text.getBytes(UTF_8));
        }
        Message<?> written = converter.toMessage(payload, new MessageHeaders(Map.of()));
        if (written == null) {
            throw new AssertionError("none of the application's converters writes " + payload.getClass());
        }
        Object contentType = written.getHeaders().get(MessageHeaders.CONTENT_TYPE);
        if (contentType != null && !all.build().contains("content-type")) {
            all.add("content-type", contentType.toString());
        }
        Object body = written.getPayload();
        return new Frame(
                Command.SEND,
                all.build(),
                body instanceof byte[] octets ? octets : body.toString().getBytes(UTF_8));
    }

    private static Headers.Builder more(Headers.Builder headers, String... lines) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("a header is written name:value, not " + line);
            }
            headers.add(line.substring(0, colon), line.substring(colon + 1));
        }
        return headers;
    }

    private void confirmed(Command command, Headers headers, String[] lines, byte[] body) {
        String receipt = "receipt-" + ++lastReceipt;
        Headers.Builder all = more(Headers.builder().addAll(headers), lines);
        send(new Frame(command, all.add("receipt", receipt).build(), body));
        recording.take(
                frame -> frame.command().equals("RECEIPT") && receipt.equals(frame.header("receipt-id")),
                StompProbe::isError,
                "RECEIPT of " + command,
                patience);
    }

    private StompFrame refused(Command command, Headers headers, byte[] body) {
        String receipt = "receipt-" + ++lastReceipt;
        send(new Frame(
                command,
                Headers.builder().addAll(headers).add("receipt", receipt).build(),
                body));
        return recording.take(
                StompProbe::isError,
                frame -> frame.command().equals("RECEIPT") && receipt.equals(frame.header("receipt-id")),
                "ERROR for " + command,
                patience);
    }

    // ---- awaiting

    /** The next MESSAGE of whatever subscription. */
    public StompFrame awaitMessage() {
        return awaitMessage(frame -> true, "MESSAGE");
    }

    StompFrame awaitMessage(Predicate<StompFrame> wanted, String what) {
        return recording.take(frame -> isMessage(frame) && wanted.test(frame), StompProbe::isError, what, patience);
    }

    /** The ERROR by which the server is to end the session. */
    public StompFrame awaitError() {
        return recording.take(StompProbe::isError, frame -> false, "ERROR", patience);
    }

    /** The end of the connection, by whomever. */
    public void awaitClosed() {
        recording.awaitEnd(patience);
    }

    /** For that time no MESSAGE is there which nobody has awaited, nor comes, nor does the connection end. */
    public void expectNoMessage(Duration time) {
        expectNoMessage(frame -> true, "a MESSAGE", time);
    }

    void expectNoMessage(Predicate<StompFrame> unwanted, String what, Duration time) {
        recording.none(frame -> isMessage(frame) && unwanted.test(frame), what, time);
    }

    private static boolean isError(StompFrame frame) {
        return frame.command().equals("ERROR");
    }

    private static boolean isMessage(StompFrame frame) {
        return frame.command().equals("MESSAGE");
    }

    /** Everything that came so far, CONNECTED first, whether it was awaited or not. */
    public List<StompFrame> frames() {
        return recording.frames();
    }

    /** What the CONNECTED said of it, {@code user-name} for instance. */
    public StompFrame connected() {
        return frames().stream()
                .filter(frame -> frame.command().equals("CONNECTED"))
                .findFirst()
                .orElseThrow(() -> recording.failure("there was no CONNECTED"));
    }

    // ---- ending

    /** Says DISCONNECT, and waits until the server has closed the connection. */
    public void disconnect() {
        confirmed(Command.DISCONNECT, Headers.EMPTY, new String[0], new byte[0]);
        awaitClosed();
    }

    /** Closes the socket without a word, as a browser does that is left. */
    public void close() {
        socket.close();
    }

    /** The record, for people. */
    @Override
    public String toString() {
        return Objects.toString(recording);
    }
}
