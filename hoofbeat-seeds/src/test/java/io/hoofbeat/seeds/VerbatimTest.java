/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs is what the texts show, but for what is marked in it. */
class VerbatimTest {
    private static final Path LISTINGS = Path.of("../src/test/resources/listings");

    static List<Listing.Copy> copies() {
        return Listing.all().stream()
                .flatMap(listing -> listing.copies().stream())
                .distinct()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("copies")
    void sourceIsTheListing(Listing.Copy copy) throws IOException {
        Verbatim verbatim = Verbatim.of(copy);
        if (copy.part()) {
            assertThat(verbatim.whole()).contains(verbatim.wanted());
        } else {
            assertThat(verbatim.original()).isEqualTo(verbatim.listing());
        }
    }

    @Test
    void everyListingIsRunOrSent() throws IOException {
        String tests = texts(Path.of("../src/test/java"), ".java");
        try (Stream<Path> files = Files.walk(LISTINGS)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> LISTINGS.relativize(file).toString()))
                    .hasSizeGreaterThan(30)
                    .allSatisfy(listing -> assertThat(tests).contains('"' + listing + '"'));
        }
    }

    private static String texts(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(VerbatimTest::text)
                    .collect(Collectors.joining());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
