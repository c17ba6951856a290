/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.util.List;
import java.util.Map;

/** A node of the configuration: a group of others, a list of groups, or an option, which has a value. */
sealed interface Element {

    /** The last part of the path. */
    String name();

    /** From the root, with dots; for the root empty. */
    String path();

    /** What it is, for people. */
    String text();

    /** The variable of the environment that says the same. */
    default String variable() {
        return Option.variable(path());
    }

    /** @param elements by name, in the order in which they are documented */
    record Group(String name, String path, String text, Map<String, Element> elements) implements Element {}

    /** A list; its items look like that group. */
    record Table(String name, String path, String text, Group item) implements Element {}

    /** One value. */
    record Leaf(Option option) implements Element {
        @Override
        public String name() {
            return option.name();
        }

        @Override
        public String path() {
            return option.path();
        }

        @Override
        public String text() {
            return option.text();
        }
    }

    /** The path of something in a group. */
    static String path(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    /** All options and lists that can be named from outside, in their order. */
    static List<Element> named(Group group) {
        return group.elements().values().stream()
                .flatMap(element ->
                        element instanceof Group inner ? named(inner).stream() : java.util.stream.Stream.of(element))
                .toList();
    }
}
