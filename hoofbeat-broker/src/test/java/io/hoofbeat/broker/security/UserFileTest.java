/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserFileTest {
    private static final PasswordHash HASH = PasswordHash.of("x", new PasswordHash.Costs(8, 1, 1));

    private final Path directory;

    UserFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsWhatItWrites() throws IOException {
        List<User> users =
                List.of(new User("ada", HASH, Set.of("admin", "trader")), new User("bob@example.org", HASH, Set.of()));
        Path file = file("# who may log in", "", UserFile.line(users.get(0)), UserFile.line(users.get(1)));
        assertThat(UserFile.read(file)).isEqualTo(users);
    }

    @Test
    void namesEveryWrongLine() throws IOException {
        Path file = file(
                "ada",
                UserFile.line(new User("ada", HASH, Set.of())),
                "bob:secret:admin",
                "ada:" + HASH.text(),
                ":" + HASH.text());
        assertThatThrownBy(() -> UserFile.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("users:1: a user is written name:hash:role,role")
                .hasMessageContaining("users:3: not an argon2id hash")
                .hasMessageContaining("users:4: there is a user ada already")
                .hasMessageContaining("users:5: a user's name has 1 to 256 characters")
                .hasMessageNotContaining("secret");
    }

    private Path file(String... lines) throws IOException {
        return Files.write(directory.resolve("users"), List.of(lines));
    }
}
