/** {@code ridge train}: trains a decoder, and shows what each step took. */
package dev.ridgepoint.bench.cli.train;
