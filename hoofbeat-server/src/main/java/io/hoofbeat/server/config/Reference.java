/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.server.config.Element.Group;
import io.hoofbeat.server.config.Element.Leaf;
import io.hoofbeat.server.config.Element.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What can be configured, for people: all of it comes from the model, so that it cannot be out of date. */
public final class Reference {

    private static final String HEAD = """
            # Configuration

            This page is made by `hoofbeat config doc` from the model that also reads the configuration.

            The same names everywhere: in the file `hoofbeat.yml`, in the environment (`HOOFBEAT_BROKER_PREFETCH=100`), as a flag
            (`--broker.prefetch=100`), and, in camel case, as a method of a builder (`prefetch(100)`). A flag goes before the
            environment, the environment before the file, the file before the defaults. A list is replaced as a whole; in a
            variable or a flag it is written as in YAML: `--rules='[{allow: send, destinations: /queue/in}]'`.

            * Durations have a unit: `500ms`, `10s`, `5m`, `1h`, `1d`.
            * Sizes may have one: `4096`, `64 KiB`, `16 MiB`, `1 GiB`.
            * Lists of texts are lists in the file, and have commas between in variables and flags.
            * A file that is not absolute lies beside the configuration that names it.

            A key that nobody knows, a wrong type or a value out of bounds stops the start, with line and column.
            `hoofbeat config check` finds them without starting, `hoofbeat config print` shows what holds and who said so,
            `hoofbeat config env` lists the variables.
            """;

    private Reference() {}

    /** A page of Markdown: every option with its type, bounds, default and text. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        table(page, "The top", "", leaves(Model.ROOT));
        groups(page, Model.ROOT);
        return page.toString();
    }

    private static void groups(StringBuilder page, Group parent) {
        for (Element element : parent.elements().values()) {
            if (element instanceof Group group) {
                List<Option> options = leaves(group);
                if (!options.isEmpty()) {
                    table(page, "`" + group.path() + "`", group.text(), options);
                }
                groups(page, group);
            } else if (element instanceof Table table) {
                table(page, "`" + table.path() + "` (a list)", table.text(), leaves(table.item()));
            }
        }
    }

    private static List<Option> leaves(Group group) {
        List<Option> options = new ArrayList<>();
        for (Element element : group.elements().values()) {
            if (element instanceof Leaf leaf) {
                options.add(leaf.option());
            }
        }
        return options;
    }

    private static void table(StringBuilder page, String title, String text, List<Option> options) {
        page.append("\n## ").append(title).append('\n');
        if (!text.isEmpty()) {
            page.append('\n').append(text).append('\n');
        }
        page.append("\n| key | default | bounds | what it is |\n|---|---|---|---|\n");
        for (Option option : options) {
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(option.name(), standard(option), bounds(option), option.text())
                    .replace("\r\n", "\n"));
        }
    }

    private static String standard(Option option) {
        if (option.required()) {
            return "required";
        }
        return option.standardText().isEmpty() ? "" : "`" + option.standardText() + "`";
    }

    private static String bounds(Option option) {
        return switch (option.type()) {
            case NUMBER, DECIMAL, DURATION, SIZE -> interval(option);
            case BOOLEAN -> "`true`, `false`";
            case CHOICE -> "`" + String.join("`, `", option.choices()) + "`";
            case TEXT, TEXTS, FILE -> option.type().text();
        };
    }

    private static String interval(Option option) {
        String least = option.bound(option.min());
        return option.max() >= Integer.MAX_VALUE ? "from " + least : least + " to " + option.bound(option.max());
    }

    /** Every variable of the environment, each with its default behind a comment with its text; fit for a file of variables. */
    public static String environment() {
        StringBuilder lines = new StringBuilder();
        for (Element element : Element.named(Model.ROOT)) {
            String standard = element instanceof Leaf leaf ? leaf.option().standardText() : "[]";
            lines.append("# ").append(element.text()).append('\n');
            lines.append('#')
                    .append(element.variable())
                    .append('=')
                    .append(standard)
                    .append("\n\n");
        }
        return lines.toString();
    }

    /** What holds, as YAML, with the origin of each value behind it. Secrets are masked, so it is not fit for every use as a file. */
    public static String effective(Configuration configuration) {
        StringBuilder yaml = new StringBuilder();
        effective(yaml, Model.ROOT, configuration, "");
        return yaml.toString();
    }

    private static void effective(StringBuilder yaml, Group group, Configuration configuration, String indent) {
        for (Element element : group.elements().values()) {
            Value value = configuration.values().get(element.path());
            if (element instanceof Group inner) {
                yaml.append(indent).append(inner.name()).append(":\n");
                effective(yaml, inner, configuration, indent + "  ");
            } else if (element instanceof Table table) {
                list(yaml, table, value == null ? new Value(List.of(), Origin.DEFAULT) : value);
            } else if (element instanceof Leaf leaf) {
                Option option = leaf.option();
                Object standard = option.standard();
                if (value != null) {
                    line(yaml, indent + option.name() + ": " + quoted(option, value.value()), value.origin());
                } else if (standard != null) {
                    line(yaml, indent + option.name() + ": " + quoted(option, standard), Origin.DEFAULT);
                } else {
                    line(yaml, indent + "# " + option.name() + ":", Origin.DEFAULT);
                }
            }
        }
    }

    private static void list(StringBuilder yaml, Table table, Value value) {
        line(yaml, table.name() + ":" + (value.items().isEmpty() ? " []" : ""), value.origin());
        for (Value.Item item : value.items()) {
            List<String> parts = new ArrayList<>();
            table.item().elements().forEach((name, element) -> {
                Value part = item.values().get(name);
                if (part != null && element instanceof Leaf leaf) {
                    parts.add(name + ": " + quoted(leaf.option(), part.value()));
                }
            });
            yaml.append("  - {").append(String.join(", ", parts)).append("}\n");
        }
    }

    private static void line(StringBuilder yaml, String text, Origin origin) {
        yaml.append(
                String.format(Locale.ROOT, "%-46s # %s%n", text, origin.text()).replace("\r\n", "\n"));
    }

    private static String quoted(Option option, Object value) {
        if (option.type() == Type.TEXTS) {
            return "["
                    + String.join(
                            ", ",
                            Type.texts(value).stream().map(Reference::quoted).toList()) + "]";
        }
        return switch (option.type()) {
            case TEXT, FILE -> quoted(option.show(value));
            default -> option.show(value);
        };
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
