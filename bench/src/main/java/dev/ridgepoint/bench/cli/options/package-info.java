/** Options that several commands share, and how commands print. */
package dev.ridgepoint.bench.cli.options;
