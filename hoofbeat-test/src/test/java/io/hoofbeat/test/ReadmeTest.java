/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.client.StompClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program on the README's first screen runs as it is printed there. */
class ReadmeTest {

    @Test
    void embeddingListingRuns(@TempDir Path classes) throws Exception {
        Matcher listing =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../README.md")));
        assertThat(listing.find()).isTrue();
        compile(
                "import io.hoofbeat.server.StompServer;\n"
                        + "public class Listing { public static void main(String[] arguments) throws Exception {\n"
                        + listing.group(1) + "} }",
                classes);
        InputStream console = System.in;
        try (PipedInputStream in = new PipedInputStream();
                PipedOutputStream enter = new PipedOutputStream(in);
                URLClassLoader loader =
                        new URLClassLoader(new java.net.URL[] {classes.toUri().toURL()})) {
            System.setIn(in);
            Thread program = new Thread(() -> main(loader));
            program.start();
            BlockingQueue<String> greetings = new LinkedBlockingQueue<>();
            StompClient client = connect("ws://localhost:8080/stomp");
            client.subscribe("/topic/greetings", message -> greetings.add(message.text()));
            client.send("/app/greeting", "Ada");
            assertThat(greetings.poll(5, TimeUnit.SECONDS)).isEqualTo("Hello, Ada");
            client.close();
            connect("tcp://localhost:61613").close();
            enter.write('\n');
            enter.flush();
            program.join(10_000);
            assertThat(program.isAlive()).isFalse();
        } finally {
            System.setIn(console);
        }
    }

    private static StompClient connect(String url) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> StompClient.connect(url), client -> true);
    }

    private static void main(ClassLoader loader) {
        try {
            loader.loadClass("Listing").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the listing", e);
        }
    }

    private static void compile(String source, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Listing.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-d",
                                classes.toString(),
                                "-classpath",
                                System.getProperty("java.class.path")),
                        null,
                        List.of(file))
                .call();
        assertThat(compiled).as(messages.toString()).isTrue();
    }
}
