/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows results: as a table for people, as JSON, or as lines of tab-separated values for scripts. */
final class Report {
    private Report() {}

    /** The run in the middle, by what it cost or, where that is not known, by its duration. */
    static Result median(List<Result> runs) {
        List<Result> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparingDouble(Report::key));
        return sorted.get((sorted.size() - 1) / 2);
    }

    private static double key(Result result) {
        for (String name : List.of(Result.COST, "server-micros-per-connection-second", "tool-micros-per-message")) {
            double figure = result.figure(name);
            if (!Double.isNaN(figure)) {
                return figure;
            }
        }
        return 0;
    }

    // ---- for people

    static void table(List<Result> results, PrintStream out) {
        List<Result> traffic = results.stream()
                .filter(result -> result.scenario().kind() != Scenario.Kind.HOLD)
                .toList();
        if (!traffic.isEmpty()) {
            traffic(traffic, out);
        }
        List<Result> held = results.stream()
                .filter(result -> result.scenario().kind() == Scenario.Kind.HOLD)
                .toList();
        if (!held.isEmpty()) {
            held(held, out);
        }
    }

    private static void traffic(List<Result> results, PrintStream out) {
        out.printf(
                "%-52s %8s %7s %7s %12s %8s %8s %9s %9s %9s  %s%n",
                "scenario",
                "µs/msg",
                "user",
                "system",
                "messages/s",
                "tool µs",
                "RSS MB",
                "p50 µs",
                "p99 µs",
                "max µs",
                "");
        for (Result result : results) {
            out.printf(
                    Locale.ROOT,
                    "%-52s %8s %7s %7s %12s %8s %8s %9s %9s %9s  %s%n",
                    result.title(),
                    number(result.figure(Result.COST), 2),
                    number(result.figure("server-user-micros-per-message"), 2),
                    number(result.figure("server-system-micros-per-message"), 2),
                    number(result.figure("delivered-per-second"), 0),
                    number(result.figure("tool-micros-per-message"), 2),
                    number(result.figure("server-resident-bytes") / 1e6, 0),
                    number(result.figure("latency-p50-micros"), 0),
                    number(result.figure("latency-p99-micros"), 0),
                    number(result.figure("latency-max-micros"), 0),
                    faults(result));
        }
    }

    private static void held(List<Result> results, PrintStream out) {
        out.printf(
                "%-40s %10s %8s %14s %12s %12s  %s%n",
                "scenario", "connect s", "lost", "µs/conn/s idle", "heap B/conn", "RSS B/conn", "");
        for (Result result : results) {
            out.printf(
                    Locale.ROOT,
                    "%-40s %10s %8s %14s %12s %12s  %s%n",
                    result.title(),
                    number(result.figure("connect-seconds"), 2),
                    number(result.figure("lost"), 0),
                    number(result.figure("server-micros-per-connection-second"), 2),
                    number(result.figure("heap-bytes-per-connection"), 0),
                    number(result.figure("resident-bytes-per-connection"), 0),
                    faults(result));
        }
    }

    private static String faults(Result result) {
        return result.faults().isEmpty() ? "ok" : String.join("; ", result.faults());
    }

    private static String number(double value, int decimals) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    // ---- for programs

    /** An array with an object for each run. */
    static String json(String server, List<Result> results) {
        StringBuilder out = new StringBuilder("[");
        String separator = "\n";
        for (Result result : results) {
            out.append(separator).append("  {\"server\": ");
            quote(server, out).append(", \"scenario\": ");
            quote(result.scenario().name(), out).append(", \"transport\": ");
            quote(result.transport(), out).append(", \"title\": ");
            quote(result.title(), out).append(",\n   \"figures\": {");
            String comma = "";
            for (Map.Entry<String, Double> figure : result.figures().entrySet()) {
                if (Double.isFinite(figure.getValue())) {
                    quote(figure.getKey(), out.append(comma)).append(": ").append(plain(figure.getValue()));
                    comma = ", ";
                }
            }
            out.append("},\n   \"faults\": [");
            comma = "";
            for (String fault : result.faults()) {
                quote(fault, out.append(comma));
                comma = ", ";
            }
            out.append("]}");
            separator = ",\n";
        }
        return out.append("\n]\n").toString();
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static StringBuilder quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"');
    }

    /** A line for each figure: server, scenario, title, name, value; and one for the faults, if there are any. */
    static String lines(String server, Result result) {
        StringBuilder out = new StringBuilder();
        String start = server + "\t" + result.scenario().name() + "\t" + result.title() + "\t";
        result.figures()
                .forEach((name, value) -> out.append(start)
                        .append(name)
                        .append('\t')
                        .append(value)
                        .append('\n'));
        if (!result.faults().isEmpty()) {
            out.append(start)
                    .append("faults\t")
                    .append(faults(result).replaceAll("\\s+", " "))
                    .append('\n');
        }
        return out.toString();
    }
}
