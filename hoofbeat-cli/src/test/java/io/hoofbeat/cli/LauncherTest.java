/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script, with a Java and a Maven that only tell how they were called. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class LauncherTest {
    private final Path directory;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();

    LauncherTest(@TempDir Path directory) {
        this.directory = directory;
        this.tools = directory.resolve("tools");
    }

    @BeforeEach
    void tools() throws IOException {
        java("java 17", "17.0.15");
        environment.put("JAVA_HOME", tools.resolve("java 17").toString());
        environment.put("PATH", tools.resolve("bin") + ":/usr/bin:/bin");
        environment.put("LANG", "C.UTF-8");
        Files.createDirectories(tools.resolve("bin"));
    }

    private record Result(int code, String out, String err) {}

    @Test
    void runsFromAnywhereByALinkAndWithBlanksInThePath() throws Exception {
        Path home = distribution();
        Path link = Files.createSymbolicLink(directory.resolve("my link"), home.resolve("bin/hoofbeat"));
        Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("my link"));
        for (Path script : List.of(home.resolve("bin/hoofbeat"), link, second)) {
            Result result = run(Path.of("/"), script, "pub", "/topic/a", "two words");
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out())
                    .contains("-XX:TieredStopAtLevel=1\n")
                    .contains("-jar\n" + home.resolve("lib/hoofbeat-cli-1.jar") + "\npub\n/topic/a\ntwo words\n")
                    .contains("-Dhoofbeat.terminals=\n");
        }
    }

    @Test
    void serverIsCompiledWell() throws Exception {
        Result result = run(directory, distribution().resolve("bin/hoofbeat"), "--debug", "up");
        assertThat(result.out()).doesNotContain("TieredStopAtLevel");
    }

    @Test
    void furtherOptionsGoToJava() throws Exception {
        environment.put("HOOFBEAT_JAVA_OPTS", "-Xmx64m -Da=b");
        Result result = run(directory, distribution().resolve("bin/hoofbeat"), "up");
        assertThat(result.out()).contains("-Xmx64m\n-Da=b\n");
    }

    @Test
    void argumentsAreReadAsUtf8WhateverTheLocale() throws Exception {
        Path script = distribution().resolve("bin/hoofbeat");
        assertThat(run(directory, script, "x").out()).contains("LC_ALL=\n");
        environment.put("LANG", "C");
        assertThat(run(directory, script, "x").out()).contains("LC_ALL=C.UTF-8\n");
    }

    @Test
    void oldJavaIsPassedOverForABetterOne() throws Exception {
        Path script = distribution().resolve("bin/hoofbeat");
        java("old", "1.8.0_292");
        environment.put("JAVA_HOME", tools.resolve("old").toString());
        java("new", "25");
        Files.createSymbolicLink(tools.resolve("bin/java"), tools.resolve("new/bin/java"));
        assertThat(run(directory, script, "x").out())
                .startsWith(tools.resolve("new").toString());
    }

    @Test
    void withoutJavaItSaysWhatIsNeeded() throws Exception {
        Path script = distribution().resolve("bin/hoofbeat");
        environment.put("PATH", bareTools());
        environment.put("JAVA_HOME", directory.resolve("nowhere").toString());
        Result result = run(directory, script, "x");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo(
                        "hoofbeat: JAVA_HOME=" + directory.resolve("nowhere") + " is no Java; there is no java on the"
                                + " PATH. Java 17 or newer is needed: install a JDK, or set JAVA_HOME to one.\n");
        environment.remove("JAVA_HOME");
        java("old", "11.0.2");
        Files.createSymbolicLink(directory.resolve("bare/java"), tools.resolve("old/bin/java"));
        assertThat(run(directory, script, "x").err())
                .isEqualTo("hoofbeat: java on the PATH is Java 11. Java 17 or newer is needed: install it, or set"
                        + " JAVA_HOME.\n");
    }

    @Test
    void sourcesAreBuiltOnceAndAgainWhenTheyChange() throws Exception {
        Path root = sources();
        Path script = root.resolve("hoofbeat");
        Result first = run(directory, script, "x");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err()).contains("building");
        assertThat(run(directory, script, "x").err()).isEmpty();
        assertThat(builds(root)).isEqualTo(1);

        Path source = root.resolve("hoofbeat-broker/src/main/Some.java");
        Files.writeString(source, "changed");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
        assertThat(run(directory, script, "x").code()).isZero();
        assertThat(builds(root)).isEqualTo(2);
    }

    @Test
    void rebuildLeavesTheJarsOfARunningServerAlone() throws Exception {
        Path root = sources();
        String before = run(directory, root.resolve("hoofbeat"), "up").out();
        Path jar = Path.of(before.replaceAll("(?s).*-jar\n([^\n]*)\n.*", "$1"));
        Files.setLastModifiedTime(
                root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(1)));
        String after = run(directory, root.resolve("hoofbeat"), "up").out();
        assertThat(builds(root)).isEqualTo(2);
        assertThat(after).isNotEqualTo(before);
        assertThat(jar).exists();
    }

    @Test
    void twoShellsAtOnceBuildOnce() throws Exception {
        Path root = sources();
        List<CompletableFuture<Result>> shells = List.of(start(root), start(root), start(root));
        for (CompletableFuture<Result> shell : shells) {
            assertThat(shell.get().code()).as(shell.get().err()).isZero();
        }
        assertThat(builds(root)).isEqualTo(1);
        assertThat(root.resolve("hoofbeat-cli/target/building")).doesNotExist();
    }

    @Test
    void lockOfADeadShellIsTakenOver() throws Exception {
        Path root = sources();
        Path lock = Files.createDirectories(root.resolve("hoofbeat-cli/target/building"));
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
        assertThat(run(directory, root.resolve("hoofbeat"), "x").code()).isZero();
    }

    @Test
    void failedBuildIsToldWithItsErrors() throws Exception {
        Path root = sources();
        executable(tools.resolve("bin/mvn"), "echo '[ERROR] Some.java: it does not compile'; exit 1");
        Result result = run(directory, root.resolve("hoofbeat"), "x");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .contains("[ERROR] Some.java: it does not compile")
                .contains(
                        "the build failed; all that Maven said is in " + root.resolve("hoofbeat-cli/target/build.log"));
        assertThat(root.resolve("hoofbeat-cli/target/building")).doesNotExist();
    }

    @Test
    void withoutMavenItSaysWhatIsNeeded() throws Exception {
        Path root = sources();
        environment.put("PATH", bareTools());
        assertThat(run(directory, root.resolve("hoofbeat"), "x").err())
                .isEqualTo("hoofbeat: to build the sources, Maven 3.8 or newer is needed on the PATH\n");
    }

    private static long builds(Path root) throws IOException {
        return Files.readString(root.resolve("builds")).lines().count();
    }

    /** What one unpacks, in a directory with blanks. */
    private Path distribution() throws IOException {
        Path home = directory.resolve("hoof beat");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("lib/hoofbeat-cli-1.jar"), "");
        copyScript(home.resolve("bin/hoofbeat"));
        return home.toRealPath();
    }

    /** A tree of sources, and a Maven that takes a second and makes one jar. */
    private Path sources() throws IOException {
        Path root = Files.createDirectories(directory.resolve("the sources")).toRealPath();
        for (String module : List.of("hoofbeat-broker", "hoofbeat-cli", "hoofbeat-test")) {
            Files.createDirectories(root.resolve(module + "/src/main"));
            Files.writeString(root.resolve(module + "/pom.xml"), "");
        }
        Files.createDirectories(root.resolve("docs"));
        Files.writeString(root.resolve("docs/CONFIGURATION.md"), "");
        Files.writeString(root.resolve("pom.xml"), "");
        copyScript(root.resolve("hoofbeat"));
        executable(tools.resolve("bin/mvn"), """
                echo build >>builds
                sleep 1
                mkdir -p hoofbeat-cli/target/distribution/lib
                : >hoofbeat-cli/target/distribution/lib/hoofbeat-cli-1.jar
                """);
        return root;
    }

    private static void copyScript(Path to) throws IOException {
        Files.copy(Path.of("..", "hoofbeat"), to);
        assertThat(to.toFile().setExecutable(true)).isTrue();
    }

    /** A Java that writes where it is and what it was given, a line each. */
    private void java(String name, String version) throws IOException {
        Path home = Files.createDirectories(tools.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), "printf '%s\\n' \"$0\" \"LC_ALL=${LC_ALL:-}\" \"$@\"");
        executable(home.resolve("bin/javac"), "");
    }

    /** A PATH with what the script needs, and neither Java nor Maven. */
    private String bareTools() throws IOException {
        Path bare = Files.createDirectories(directory.resolve("bare"));
        for (String tool : List.of("sh", "dirname", "basename", "readlink", "sed", "head", "find", "cat")) {
            String real = (Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/") + tool;
            executable(bare.resolve(tool), "exec " + real + " \"$@\"");
        }
        return bare.toString();
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private CompletableFuture<Result> start(Path root) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return run(directory, root.resolve("hoofbeat"), "x");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Result run(Path in, Path script, String... args) throws IOException, InterruptedException {
        List<String> words = new java.util.ArrayList<>(List.of("/bin/sh", script.toString()));
        words.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(words).directory(in.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        String out = text(process.getInputStream());
        return new Result(process.waitFor(), out, err.join());
    }

    private static String text(java.io.InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
