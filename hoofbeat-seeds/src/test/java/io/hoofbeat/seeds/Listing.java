/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import java.util.List;

/**
 * Something that a text shows, and what comes of it when it runs on our engine.
 *
 * @param seed the text's number
 * @param name what it is called in the document
 * @param copies what the text shows, and where it stands in our sources; none if it is sent by a test as the text has it
 * @param seen what the clients saw
 */
record Listing(String seed, String name, List<Copy> copies, Probe probe, String seen) {

    /** Runs it and tells what the clients saw. */
    interface Probe {
        String observe(Clients clients) throws Exception;
    }

    /**
     * @param listing the name of a resource: the text as it was
     * @param source where it stands, from the directory of this module
     * @param part whether it is a piece of something that had to be added around it
     */
    record Copy(String listing, String source, boolean part) {}

    static Listing of(String seed, String name, String seen, Probe probe, Copy... copies) {
        return new Listing(seed, name, List.of(copies), probe, seen);
    }

    static Copy java(String listing, String source) {
        return new Copy(listing, "src/listings/java/" + source + ".java", false);
    }

    static Copy part(String listing, String source) {
        return new Copy(listing, source, true);
    }

    static Copy resource(String listing, String source) {
        return new Copy(listing, "src/listings/resources/" + source, false);
    }

    /** All of them, in the order of the texts. */
    static List<Listing> all() {
        return List.of(Seed000.LISTINGS, Seed001.LISTINGS, Seed002.LISTINGS, Seed004.LISTINGS).stream()
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public String toString() {
        return seed + " " + name;
    }
}
