/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list whose members know their neighbours, so that taking one out of the middle costs nothing. Guarded by its owner. */
final class DeliveryList {
    private @Nullable Delivery first;
    private @Nullable Delivery last;
    private int size;

    @Nullable Delivery first() {
        return first;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    void addLast(Delivery delivery) {
        insertAfter(last, delivery);
    }

    /**
     * Puts it where it belongs by priority and position. What comes new belongs at the end, what returns near the front; the way
     * from the nearer end is short in both cases.
     */
    void insert(Delivery delivery) {
        if (last == null || last.isBefore(delivery)) {
            insertAfter(last, delivery);
            return;
        }
        Delivery before = null;
        Delivery after = first;
        while (after != null && after.isBefore(delivery)) {
            before = after;
            after = after.next;
        }
        insertAfter(before, delivery);
    }

    private void insertAfter(@Nullable Delivery before, Delivery delivery) {
        Delivery after = before == null ? first : before.next;
        delivery.previous = before;
        delivery.next = after;
        if (before == null) {
            first = delivery;
        } else {
            before.next = delivery;
        }
        if (after == null) {
            last = delivery;
        } else {
            after.previous = delivery;
        }
        size++;
    }

    void remove(Delivery delivery) {
        if (delivery.previous == null) {
            first = delivery.next;
        } else {
            delivery.previous.next = delivery.next;
        }
        if (delivery.next == null) {
            last = delivery.previous;
        } else {
            delivery.next.previous = delivery.previous;
        }
        delivery.previous = null;
        delivery.next = null;
        size--;
    }

    /** Empties the list; what was in it in its order. */
    List<Delivery> takeAll() {
        List<Delivery> all = new ArrayList<>(size);
        while (first != null) {
            Delivery delivery = first;
            remove(delivery);
            all.add(delivery);
        }
        return all;
    }
}
