/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

/** What a script can tell a failure by. */
final class ExitCode {
    static final int DONE = 0;
    /** Something that has no number of its own: a file that cannot be read, a port in use. */
    static final int FAILED = 1;
    /** The command line or the configuration is wrong. */
    static final int USAGE = 2;
    /** There is no connection. */
    static final int UNREACHABLE = 3;
    /** The server, or for {@code acl check} a rule, says no. */
    static final int REFUSED = 4;
    /** A receipt, a reply or the messages asked for did not come in time. */
    static final int TIMEOUT = 5;
    /** The connection was lost. */
    static final int LOST = 6;

    private ExitCode() {}
}
