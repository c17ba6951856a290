/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.Authorizer;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.config.Configuration;
import java.lang.management.ManagementFactory;
import java.util.List;

/** What a server says when it is there: where, how, and what to type next. */
final class Banner {
    private static final String BOLD = "1";
    private static final String GREEN = "32";
    private static final String CYAN = "36";
    private static final String DIM = "2";
    private static final int STANDARD_PORT = 61_613;

    private Banner() {}

    static void print(Shell shell, Screen screen, Configuration configuration, StompServer server, boolean page) {
        screen.line("");
        screen.line("  " + shell.styled(BOLD, "Hoofbeat") + " " + VersionText.number() + "  "
                + shell.styled(GREEN, "up in " + millisSinceStart() + " ms"));
        screen.line("");
        List<Endpoint> endpoints = server.endpoints();
        for (Endpoint endpoint : endpoints) {
            screen.line("  %-8s".formatted(endpoint.name()) + shell.styled(CYAN, url(endpoint)));
        }
        if (page) {
            endpoints.stream()
                    .filter(endpoint -> endpoint.kind() != Endpoint.Kind.TCP)
                    .findFirst()
                    .ifPresent(endpoint ->
                            screen.line("  %-8s".formatted("page") + shell.styled(CYAN, reachable(pageUrl(endpoint)))));
        }
        screen.line("");
        screen.line("  " + shell.styled(DIM, configured(configuration, server)));
        screen.line("");
        String options = options(endpoints);
        screen.line("  In other terminals:");
        screen.line("    " + shell.command() + " sub " + options + "/topic/hello");
        screen.line("    " + shell.command() + " pub " + options + "/topic/hello 'Hello, world'");
        screen.line("");
        screen.line("  " + shell.styled(DIM, "Ctrl-C stops it."));
        screen.line("");
    }

    /** Of Java; the script before it may have had something to build. */
    private static long millisSinceStart() {
        return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    private static String where(Endpoint endpoint) {
        String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        return host + ":" + endpoint.port();
    }

    private static String pageUrl(Endpoint endpoint) {
        return (endpoint.tls() == null ? "http://" : "https://") + where(endpoint) + "/";
    }

    private static String url(Endpoint endpoint) {
        boolean secure = endpoint.tls() != null;
        String where = where(endpoint);
        return switch (endpoint.kind()) {
            case TCP -> (secure ? "tls://" : "tcp://") + where;
            case WEB_SOCKET -> (secure ? "wss://" : "ws://") + where + endpoint.path();
            case SHARED -> "tcp://" + where + "  ws://" + where + endpoint.path() + (secure ? "  (and with TLS)" : "");
        };
    }

    /** What the next lines must say, so that they find this server. */
    private static String options(List<Endpoint> endpoints) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.kind() == Endpoint.Kind.TCP && endpoint.tls() == null) {
                boolean standard =
                        endpoint.port() == STANDARD_PORT && endpoint.host().equals("127.0.0.1");
                return standard ? "" : "--url " + reachable(url(endpoint)) + " ";
            }
        }
        return endpoints.isEmpty()
                ? ""
                : "--url " + reachable(url(endpoints.get(0)).replaceAll(" .*", "")) + " ";
    }

    /** Nobody connects to "all addresses". */
    private static String reachable(String url) {
        return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
    }

    private static String configured(Configuration configuration, StompServer server) {
        String file = configuration.file().map(Object::toString).orElse("no hoofbeat.yml, the defaults hold");
        boolean anybody = server.broker().options().authenticator() == Authenticator.ANYBODY;
        boolean everything = server.broker().options().authorizer() == Authorizer.EVERYTHING;
        return "configuration: " + file + "; " + (anybody ? "nobody needs a login" : "a login is needed") + "; "
                + (everything ? "everybody may do everything" : "rules say who may do what");
    }
}
