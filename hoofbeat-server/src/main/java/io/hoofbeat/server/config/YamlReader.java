/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.server.config.Element.Group;
import io.hoofbeat.server.config.Element.Leaf;
import io.hoofbeat.server.config.Element.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * YAML in, values by path out. It walks the nodes along the model, so that whatever is wrong is told with its line and column,
 * and the reading goes on behind it. Used once, by one thread.
 */
final class YamlReader {
    private final String label;
    /** What relative files are relative to; null: to where the program runs. */
    private final @Nullable Path directory;

    private final Problems problems;
    private final Map<String, Value> values = new TreeMap<>();

    YamlReader(String label, @Nullable Path directory, Problems problems) {
        this.label = label;
        this.directory = directory;
        this.problems = problems;
    }

    /** Reads a whole document. */
    Map<String, Value> read(String yaml, Group root) {
        compose(yaml).ifPresent(node -> {
            if (!isNothing(node)) {
                group(root, node, values);
            }
        });
        return values;
    }

    /** Reads the value of one list, as it may stand in a variable or a flag. */
    Optional<Value> read(String yaml, Table table) {
        return compose(yaml).flatMap(node -> table(table, node));
    }

    private Optional<Node> compose(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(label)
                .setUseMarks(true)
                .setMaxAliasesForCollections(100)
                .build();
        try {
            return new Compose(settings).composeString(yaml);
        } catch (MarkedYamlEngineException e) {
            Origin where = e.getProblemMark().map(this::origin).orElse(new Origin(label, 1, 1));
            problems.add(where, "this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(new Origin(label, 1, 1), "this is not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void group(Group group, Node node, Map<String, Value> into) {
        if (!(node instanceof MappingNode mapping)) {
            problems.add(origin(node), "there should be keys below " + described(group) + ": " + known(group));
            return;
        }
        Map<String, Origin> seen = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            Origin where = origin(entry.getKeyNode());
            String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            Origin before = seen.putIfAbsent(key, where);
            Element element = group.elements().get(key);
            if (element == null) {
                unknown(group, key, where);
            } else if (before != null) {
                problems.add(where, "\"" + key + "\" is said twice, first in line " + before.line());
            } else {
                element(element, entry.getValueNode(), into);
            }
        }
    }

    private void element(Element element, Node node, Map<String, Value> into) {
        if (element instanceof Group group) {
            if (!isNothing(node)) {
                group(group, node, into);
            }
        } else if (element instanceof Table table) {
            table(table, node).ifPresent(value -> into.put(table.path(), value));
        } else if (element instanceof Leaf leaf) {
            option(leaf.option(), node).ifPresent(value -> into.put(leaf.path(), value));
        }
    }

    private void unknown(Group group, String key, Origin where) {
        Optional<String> near = Nearest.to(key, group.elements().keySet());
        if (near.isPresent()) {
            problems.addUnknown(where, "key \"" + key + "\"" + in(group), "\"%s\"", near);
            return;
        }
        Optional<String> elsewhere = Element.named(Model.ROOT).stream()
                .filter(element -> element.name().equals(key))
                .map(Element::path)
                .findFirst();
        problems.addUnknown(where, "key \"" + key + "\"" + in(group), "%s", elsewhere);
    }

    private Optional<Value> table(Table table, Node node) {
        if (isNothing(node)) {
            return Optional.of(new Value(List.of(), origin(node)));
        }
        if (!(node instanceof SequenceNode sequence)) {
            problems.add(origin(node), table.path() + " is a list: begin each item with \"- \"");
            return Optional.empty();
        }
        List<Value.Item> items = new ArrayList<>();
        for (Node one : sequence.getValue()) {
            Map<String, Value> byPath = new LinkedHashMap<>();
            int before = problems.texts().size();
            group(table.item(), one, byPath);
            Map<String, Value> item = new LinkedHashMap<>();
            byPath.forEach((path, value) -> item.put(path.substring(table.path().length() + 1), value));
            for (Element element : table.item().elements().values()) {
                if (element instanceof Leaf leaf
                        && leaf.option().required()
                        && !item.containsKey(leaf.name())
                        && problems.texts().size() == before) {
                    problems.add(origin(one), "this item of " + table.path() + " needs a \"" + leaf.name() + "\"");
                }
            }
            items.add(new Value.Item(item, origin(one)));
        }
        return Optional.of(new Value(List.copyOf(items), origin(node)));
    }

    private Optional<Value> option(Option option, Node node) {
        Origin where = origin(node);
        if (isNothing(node)) {
            problems.add(where, option.path() + " has no value");
        } else if (node instanceof ScalarNode scalar) {
            try {
                Object value =
                        option.type() == Type.TEXTS ? List.of(scalar.getValue()) : option.parse(scalar.getValue());
                return Optional.of(new Value(
                        value instanceof Path path && directory != null ? directory.resolve(path) : value, where));
            } catch (IllegalArgumentException e) {
                problems.add(where, option.path() + ": " + e.getMessage());
            }
        } else if (option.type() == Type.TEXTS && node instanceof SequenceNode sequence) {
            return texts(option, sequence);
        } else {
            problems.add(where, option.path() + " is a " + option.type().text() + ", not a list or a group");
        }
        return Optional.empty();
    }

    private Optional<Value> texts(Option option, SequenceNode sequence) {
        List<String> texts = new ArrayList<>();
        for (Node one : sequence.getValue()) {
            if (!(one instanceof ScalarNode scalar) || isNothing(one)) {
                problems.add(origin(one), option.path() + " is a list of texts");
                return Optional.empty();
            }
            texts.add(scalar.getValue());
        }
        return Optional.of(new Value(List.copyOf(texts), origin(sequence)));
    }

    private static boolean isNothing(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    private static String in(Group group) {
        return group.path().isEmpty() ? "" : " in " + group.path();
    }

    private static String described(Group group) {
        return group.path().isEmpty() ? "the top" : group.path();
    }

    private static String known(Group group) {
        return String.join(", ", group.elements().keySet());
    }

    private Origin origin(Node node) {
        return node.getStartMark().map(this::origin).orElse(new Origin(label, 1, 1));
    }

    private Origin origin(Mark mark) {
        return new Origin(label, mark.getLine() + 1, mark.getColumn() + 1);
    }
}
