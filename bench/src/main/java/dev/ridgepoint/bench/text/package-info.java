/**
 * How numbers and tables are shown: on a terminal, as CSV, Markdown and JSON. Every table of the
 * command line is a {@link dev.ridgepoint.bench.text.Table}.
 */
package dev.ridgepoint.bench.text;
