package dev.ridgepoint.bench.text;

/**
 * A column of a table.
 *
 * @param key its name in CSV and JSON, in camelCase; units stand in it
 * @param heading its name for readers
 * @param format what it holds
 */
public record Column(String key, String heading, Format format) {}
