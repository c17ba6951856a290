/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {

    @Test
    void allInOrderIsAllRight() {
        Tally tally = new Tally(2, 1, false);
        for (int number = 0; number < 100; number++) {
            tally.received(0, 0, number);
            tally.received(1, 0, number);
        }
        assertThat(tally.received()).isEqualTo(200);
        assertThat(tally.lost(0, 0, 100)).isZero();
        assertThat(tally.lost(1, 0, 100)).isZero();
        assertThat(tally.duplicates() + tally.disordered() + tally.foreign()).isZero();
    }

    @Test
    void whatWasSkippedIsLost() {
        Tally tally = new Tally(1, 1, false);
        tally.received(0, 0, 0);
        tally.received(0, 0, 3);
        assertThat(tally.lost(0, 0, 6)).as("1, 2, 4 and 5").isEqualTo(4);
        assertThat(tally.disordered()).isZero();
    }

    @Test
    void whatComesLaterThanItsSuccessorIsDisorderedAndNotLost() {
        Tally tally = new Tally(1, 1, false);
        tally.received(0, 0, 0);
        tally.received(0, 0, 2);
        tally.received(0, 0, 1);
        tally.received(0, 0, 3);
        assertThat(tally.disordered()).isEqualTo(1);
        assertThat(tally.duplicates()).isZero();
        assertThat(tally.lost(0, 0, 4)).isZero();
    }

    @Test
    void whatComesTwiceIsADuplicate() {
        Tally tally = new Tally(1, 1, false);
        tally.received(0, 0, 0);
        tally.received(0, 0, 0);
        tally.received(0, 0, 2);
        tally.received(0, 0, 1);
        tally.received(0, 0, 1);
        assertThat(tally.duplicates()).isEqualTo(2);
        assertThat(tally.disordered()).isEqualTo(1);
        assertThat(tally.lost(0, 0, 3)).isZero();
    }

    @Test
    void ofAQueueAnyReceiverGetsAMessageButOnlyOne() {
        Tally tally = new Tally(2, 1, true);
        tally.received(0, 0, 1);
        tally.received(1, 0, 0);
        tally.received(1, 0, 3);
        tally.received(0, 0, 3);
        assertThat(tally.duplicates()).isEqualTo(1);
        assertThat(tally.disordered()).isZero();
        assertThat(tally.lost(0, 0, 4)).as("2").isEqualTo(1);
    }

    @Test
    void ofAQueueEachReceiverGetsItsMessagesInOrder() {
        Tally tally = new Tally(2, 1, true);
        tally.received(0, 0, 1);
        tally.received(0, 0, 0);
        assertThat(tally.disordered()).isEqualTo(1);
        assertThat(tally.lost(0, 0, 2)).isZero();
    }

    @Test
    void whatNobodySentIsForeign() {
        Tally tally = new Tally(1, 1, false);
        tally.received(0, 7, 0);
        tally.received(-1, 0, 0);
        assertThat(tally.foreign()).isEqualTo(2);
    }
}
