/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HeadersTest {

    @Test
    @Tag("S12-REP-2")
    void s11_rep_1_theFirstEntryOfANameIsItsValue() {
        Headers headers = Headers.of("foo", "1", "bar", "x", "foo", "2");
        assertThat(headers.get("foo")).isEqualTo("1");
        assertThat(headers.all("foo")).containsExactly("1", "2");
        assertThat(headers.indexOf("foo")).isZero();
        assertThat(headers.size()).isEqualTo(3);
        assertThat(headers.get("baz")).isNull();
        assertThat(headers.contains("bar")).isTrue();
    }

    @Test
    void s11_gram_6_namesAreCaseSensitive() {
        assertThat(Headers.of("Destination", "/queue/a").contains("destination"))
                .isFalse();
    }

    @Test
    void s11_utf_1_namesOutsideAsciiAreFound() {
        Headers headers = Headers.of("ключ", "значение😀", "é", "", "Ã©", "no");
        assertThat(headers.get("ключ")).isEqualTo("значение😀");
        assertThat(headers.get("é")).isEmpty();
        assertThat(headers.get("ключи")).isNull();
        assertThat(headers.get("\u00c3")).isNull();
    }

    @Test
    void entriesOfOthersAreTakenOver() {
        Headers.Builder builder = Headers.builder();
        for (int i = 0; i < 100; i++) {
            builder.add("name" + i, "value " + i);
        }
        Headers hundred = builder.build();
        Headers more =
                Headers.builder().add("a", "").addAll(hundred).add(hundred, 7).build();
        assertThat(more.size()).isEqualTo(102);
        assertThat(more.name(1)).isEqualTo("name0");
        assertThat(more.value(100)).isEqualTo("value 99");
        assertThat(more.all("name7")).containsExactly("value 7", "value 7");
        assertThat(more.octets()).isEqualTo(1 + hundred.octets() + "name7value 7".length());
    }

    @Test
    void thereIsNoEntryWithoutAName() {
        assertThat(Headers.of()).isSameAs(Headers.EMPTY);
        assertThat(Headers.EMPTY.octets()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("", "value"));
    }
}
