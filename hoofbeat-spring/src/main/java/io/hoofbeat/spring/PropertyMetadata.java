/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.config.ConfigurationReader;
import io.hoofbeat.server.config.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What development environments know of our properties, made from the model that reads them. */
final class PropertyMetadata {

    private PropertyMetadata() {}

    /** The contents of {@code META-INF/spring-configuration-metadata.json}. */
    static String json() {
        List<String> properties = new ArrayList<>();
        List<String> hints = new ArrayList<>();
        for (HoofbeatSettings.Own own : HoofbeatSettings.OWN) {
            properties.add(property(own.name(), own.type(), own.standard(), own.text()));
        }
        for (Option option : ConfigurationReader.options()) {
            String standard = option.standardText().isEmpty() ? null : option.standardText();
            if (HoofbeatSettings.isListenersEnabled(option.path())) {
                standard = "if anything is said of it";
            }
            properties.add(property(option.path(), type(option), standard, option.text()));
            if (!option.choices().isEmpty()) {
                hints.add(hint(option));
            }
        }
        for (String list : ConfigurationReader.lists()) {
            properties.add(property(
                    list,
                    "java.util.List<java.util.Map<java.lang.String, java.lang.Object>>",
                    null,
                    "A list, each item with " + items(list) + "."));
        }
        return "{\n  \"properties\": [\n" + String.join(",\n", properties) + "\n  ],\n  \"hints\": [\n"
                + String.join(",\n", hints) + "\n  ]\n}\n";
    }

    /** What an item can say; the format has no place for it but the text. */
    private static String items(String list) {
        return ConfigurationReader.items(list).stream()
                .map(item -> item.name()
                        + (item.required() ? " (required" : "")
                        + (item.choices().isEmpty()
                                ? ""
                                : (item.required() ? ": " : " (") + String.join(", ", item.choices()))
                        + (item.required() || !item.choices().isEmpty() ? ")" : ""))
                .collect(Collectors.joining(", "));
    }

    private static String property(String path, String type, @Nullable String standard, String text) {
        return "    {\"name\": " + quoted(HoofbeatSettings.PREFIX + "." + path) + ", \"type\": " + quoted(type)
                + (standard == null ? "" : ", \"defaultValue\": " + quoted(standard)) + ", \"description\": "
                + quoted(text) + "}";
    }

    private static String hint(Option option) {
        List<String> values = option.choices().stream()
                .map(choice -> "{\"value\": " + quoted(choice) + "}")
                .toList();
        return "    {\"name\": " + quoted(HoofbeatSettings.PREFIX + "." + option.path()) + ", \"values\": ["
                + String.join(", ", values) + "]}";
    }

    private static String type(Option option) {
        return switch (option.type()) {
            case BOOLEAN -> "java.lang.Boolean";
            case NUMBER -> "java.lang.Long";
            case DECIMAL -> "java.lang.Double";
            case DURATION -> "java.time.Duration";
            case SIZE, TEXT, CHOICE -> "java.lang.String";
            case TEXTS -> "java.util.List<java.lang.String>";
            case FILE -> "java.io.File";
        };
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
