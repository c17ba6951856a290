/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import java.math.BigDecimal;

record Quote(String ticker, BigDecimal price) {}
