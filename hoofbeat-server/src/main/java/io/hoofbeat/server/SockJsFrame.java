/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A page for a hidden frame, by which browsers of old times talk to a server of another origin, and the script of the SockJS
 * client in it. The script has to be the very version that the page around the frame has, so it is ours to give. Immutable.
 */
final class SockJsFrame {
    private static final Pattern PAGE = Pattern.compile("iframe(-[0-9a-z._-]*)?\\.html");
    private static final String SCRIPT = "sockjs-1.6.1.min.js";

    private final Resource page;
    private final Resource script;
    private final boolean forOtherOrigins;

    /**
     * Reads the script.
     *
     * @param forOtherOrigins whether pages of other origins may have the frame in them
     */
    SockJsFrame(String base, boolean forOtherOrigins) {
        this.forOtherOrigins = forOtherOrigins;
        this.page =
                Resource.of("iframe.html", """
                <!DOCTYPE html>
                <html>
                <head>
                  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
                  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
                  <script src="%s"></script>
                  <script>
                    document.domain = document.domain;
                    SockJS.bootstrap_iframe();
                  </script>
                </head>
                <body>
                  <h2>Don't panic!</h2>
                  <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
                </body>
                </html>""".formatted(base + "/" + SCRIPT).getBytes(UTF_8));
        try (InputStream in = SockJsFrame.class.getResourceAsStream("sockjs-client/sockjs.min.js")) {
            this.script = Resource.of(SCRIPT, Objects.requireNonNull(in).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the script of the SockJS client", e);
        }
    }

    /** Serves what is directly below the path of SockJS. */
    void serve(HttpExchange exchange, String name) {
        boolean isScript = name.equals(SCRIPT);
        if (!isScript && !PAGE.matcher(name).matches()) {
            exchange.answer(SockJsRoute.notFound());
        } else if (!exchange.isMethod("GET") && !exchange.isMethod("HEAD")) {
            exchange.answer(Answer.notAllowed("GET, HEAD"));
        } else {
            Answer answer = (isScript ? script : page)
                    .answerTo(exchange)
                    .with("Cache-Control", "public, max-age=31536000")
                    .with("Expires", Resource.inOneYear());
            if (!forOtherOrigins) {
                answer.with("X-Frame-Options", "SAMEORIGIN");
            }
            exchange.answer(answer);
        }
    }
}
