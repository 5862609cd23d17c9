/**
 * The report as a page and as a picture. Scripts draw both from the text of {@code report.json};
 * they format its numbers and compute none.
 */
package dev.ridgepoint.bench.report.page;
