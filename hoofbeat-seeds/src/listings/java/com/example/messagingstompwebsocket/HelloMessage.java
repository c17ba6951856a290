/* SPDX-License-Identifier: Apache-2.0 */
package com.example.messagingstompwebsocket;

/** Not in the text. */
public class HelloMessage {

    private String name;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }
}
