/* SPDX-License-Identifier: Apache-2.0 */
package com.example.messagingstompwebsocket;

/** Not in the text. */
public record Greeting(String content) {}
