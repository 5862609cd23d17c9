/** {@code ridge explain} and {@code ridge lesson}: what the numbers mean, in the reader's own. */
package dev.ridgepoint.bench.cli.learn;
