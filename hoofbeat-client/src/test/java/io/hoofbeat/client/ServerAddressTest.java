/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "tcp://localhost, tcp://localhost:61613",
        "tcp://localhost:1/, tcp://localhost:1",
        "TLS://example.org, tls://example.org:61614",
        "ws://example.org, ws://example.org:80/",
        "wss://example.org/a/b?c=d, wss://example.org:443/a/b?c=d",
        "tcp://[::1]:61613, tcp://[::1]:61613",
    })
    void urlIsReadWithItsDefaults(String url, String shown) {
        assertThat(ServerAddress.parse(url)).hasToString(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost:61613 | begins with none of",
                "http://localhost | did you mean ws?",
                "stomp://localhost | did you mean tcp?",
                "tcp:// | cannot use the URL tcp://",
                "tcp://localhost:0 | there is no port 0",
                "tcp://localhost:99999 | there is no port 99999",
                "tcp://localhost/stomp | with tcp there is no path",
                "tcp://a b | it is no URL",
            })
    void anythingElseIsRefusedWithAReason(String url, String reason) {
        assertThatThrownBy(() -> ServerAddress.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void passcodeOfAUrlIsNotShown() {
        assertThatThrownBy(() -> ServerAddress.parse("tcp://ada:sesame@localhost"))
                .hasMessageContaining("no login")
                .hasMessageNotContaining("sesame");
        assertThatThrownBy(() -> ServerAddress.parse("http://ada:sesame@localhost"))
                .hasMessageNotContaining("sesame");
    }
}
