/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file of users, one a line: {@code name:hash:role,role}. The roles, and the colon before them, may be missing; empty lines and
 * those that begin with {@code #} say nothing. It is a file of its own, apart from the configuration, so that it can have other
 * readers and other writers.
 */
public final class UserFile {

    private UserFile() {}

    /**
     * Reads all users.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if lines are wrong; the message names each of them, in a line of its own:
     *     {@code users:3: ...}. Hashes are not in it
     */
    public static List<User> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> wrong = new ArrayList<>();
        Map<String, User> users = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                User user = user(line);
                if (users.putIfAbsent(user.name(), user) != null) {
                    wrong.add(file + ":" + (i + 1) + ": there is a user " + user.name() + " already");
                }
            } catch (IllegalArgumentException e) {
                wrong.add(file + ":" + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", wrong));
        }
        return List.copyOf(users.values());
    }

    private static User user(String line) {
        String[] parts = line.split(":", 3);
        if (parts.length < 2) {
            throw new IllegalArgumentException("a user is written name:hash:role,role");
        }
        Set<String> roles = parts.length == 2
                ? Set.of()
                : Arrays.stream(parts[2].split(","))
                        .map(String::strip)
                        .filter(role -> !role.isEmpty())
                        .collect(Collectors.toSet());
        return new User(parts[0].strip(), PasswordHash.parse(parts[1].strip()), roles);
    }

    /** A user as a line of the file, without line end. */
    public static String line(User user) {
        String line = user.name() + ":" + user.hash().text();
        return user.roles().isEmpty()
                ? line
                : line + ":" + user.roles().stream().sorted().collect(Collectors.joining(","));
    }
}
