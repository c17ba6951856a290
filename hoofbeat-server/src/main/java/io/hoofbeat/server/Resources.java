/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a directory of the class path, served at a path. They are read once, at the start: so nothing can be asked for that
 * was not there, whatever a URL looks like, and no event loop waits for a disk. Immutable.
 */
final class Resources implements Router.Route {
    private static final long MOST_OCTETS = 64L << 20;
    private static final String INDEX = "index.html";

    /** Nothing of other servers but connections, and no script but in files. */
    private static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:;"
            + " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final String base;

    /** By the path below the base. */
    private final Map<String, Resource> files;

    private Resources(String base, Map<String, Resource> files) {
        this.base = base;
        this.files = Map.copyOf(files);
    }

    /**
     * Reads a directory.
     *
     * @throws IllegalArgumentException if there is no such directory, or too much in it
     */
    static Resources read(String path, ClassLoader loader, String directory) {
        URL place = loader.getResource(directory);
        if (place == null) {
            throw new IllegalArgumentException("there is no directory " + directory + " in the class path");
        }
        try {
            URI uri = place.toURI();
            if (!uri.getScheme().equals("jar")) {
                return new Resources(Router.withoutSlash(path), files(Path.of(uri)));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return new Resources(Router.withoutSlash(path), files(jar.getPath(directory)));
            } catch (FileSystemAlreadyExistsException e) {
                Path there = FileSystems.getFileSystem(uri).getPath(directory);
                return new Resources(Router.withoutSlash(path), files(there));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + place, e);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(place + " cannot be read", e);
        }
    }

    private static Map<String, Resource> files(Path directory) throws IOException {
        Map<String, Resource> files = new HashMap<>();
        long octets = 0;
        List<Path> found;
        try (Stream<Path> all = Files.walk(directory)) {
            found = all.filter(Files::isRegularFile).toList();
        }
        for (Path file : found) {
            String name = directory.relativize(file).toString().replace('\\', '/');
            Resource resource = Resource.of(name, Files.readAllBytes(file));
            octets += resource.length();
            if (octets > MOST_OCTETS) {
                throw new IllegalArgumentException(
                        directory + " is too large to be served: more than " + MOST_OCTETS + " octets");
            }
            files.put(name, resource);
        }
        return files;
    }

    /** Where it is served, without a slash at the end. */
    String path() {
        return base;
    }

    @Override
    public void serve(HttpExchange exchange) {
        String name = exchange.path().substring(base.length());
        if (name.isEmpty()) {
            exchange.answer(Answer.of(HttpResponseStatus.MOVED_PERMANENTLY).with("Location", base + "/"));
            return;
        }
        Resource file = files.get(name.endsWith("/") ? name.substring(1) + INDEX : name.substring(1));
        if (file == null) {
            exchange.answer(Answer.of(HttpResponseStatus.NOT_FOUND, "nothing here"));
        } else if (!exchange.isMethod("GET") && !exchange.isMethod("HEAD")) {
            exchange.answer(Answer.notAllowed("GET, HEAD"));
        } else {
            exchange.answer(file.answerTo(exchange)
                    .with("Cache-Control", "no-cache")
                    .with("Content-Security-Policy", POLICY)
                    .with("Referrer-Policy", "same-origin"));
        }
    }
}
