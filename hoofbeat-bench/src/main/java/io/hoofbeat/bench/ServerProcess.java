/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the operating system, and the JVM if it is one, tell of a process and its children. */
final class ServerProcess {

    /** Processor time spent so far, in microseconds. */
    record Cpu(long user, long system) {
        long total() {
            return user + system;
        }

        Cpu since(Cpu before) {
            return new Cpu(user - before.user, system - before.system);
        }
    }

    /** A tick of the accounting, USER_HZ: 100 on every Linux there is. */
    private static final long TICK_MICROS = 10_000;

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)([KMG])");

    private final ProcessHandle process;

    private ServerProcess(ProcessHandle process) {
        this.process = process;
    }

    /** The process of that id. */
    static ServerProcess of(long id) {
        return new ServerProcess(
                ProcessHandle.of(id).orElseThrow(() -> new IllegalArgumentException("there is no process " + id)));
    }

    /** The tool itself. */
    static ServerProcess self() {
        return new ServerProcess(ProcessHandle.current());
    }

    private Stream<ProcessHandle> all() {
        return Stream.concat(Stream.of(process), process.descendants());
    }

    /** Of the process, its children, and those of its children that have ended. */
    Cpu cpu() {
        long[] ticks = new long[2];
        all().forEach(each -> {
            String stat = read(each, "stat");
            // The name, in parentheses, may hold anything; state is the first field behind it, utime the twelfth.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            if (fields.length > 14) {
                ticks[0] += Long.parseLong(fields[11]) + Long.parseLong(fields[13]);
                ticks[1] += Long.parseLong(fields[12]) + Long.parseLong(fields[14]);
            }
        });
        return new Cpu(ticks[0] * TICK_MICROS, ticks[1] * TICK_MICROS);
    }

    long residentBytes() {
        return all().mapToLong(each -> {
                    Matcher found = RESIDENT.matcher(read(each, "status"));
                    return found.find() ? Long.parseLong(found.group(1)) * 1024 : 0;
                })
                .sum();
    }

    /** The text of a file in /proc; empty if the process has ended. */
    private static String read(ProcessHandle process, String name) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), name));
        } catch (IOException e) {
            return "";
        }
    }

    /** What is live on the heap after a collection; -1 if none of them is a JVM. */
    long heapBytes() throws IOException {
        List<ProcessHandle> machines =
                all().filter(each -> executable(each).endsWith("/java")).toList();
        if (machines.isEmpty()) {
            return -1;
        }
        long used = 0;
        for (ProcessHandle machine : machines) {
            diagnose(machine, "GC.run");
            String heap = diagnose(machine, "GC.heap_info");
            int end = heap.indexOf("Metaspace");
            Matcher found = HEAP_USED.matcher(end < 0 ? heap : heap.substring(0, end));
            while (found.find()) {
                used += Long.parseLong(found.group(1)) << (10 * ("KMG".indexOf(found.group(2)) + 1));
            }
        }
        return used;
    }

    private static String executable(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "exe"))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String diagnose(ProcessHandle machine, String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process running = new ProcessBuilder(jcmd, Long.toString(machine.pid()), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(running.getInputStream().readAllBytes(), UTF_8);
        try {
            if (!running.waitFor(30, TimeUnit.SECONDS)) {
                running.destroy();
                throw new IOException("jcmd " + command + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }
}
