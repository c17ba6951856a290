/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** What becomes of a frame whose sender wants to know. Exactly one of the methods is called, once, by any thread. */
public interface Receipt {

    /** It was processed (S11-RCPT-4). */
    void confirm();

    /** It could not be; the text is for the sender. */
    void fail(String text);
}
