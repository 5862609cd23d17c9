/** {@code ridge plan}: how many devices, and how they share the work. */
package dev.ridgepoint.bench.cli.plan;
