package dev.ridgepoint.estimator.serving;

/**
 * How a replica runs under its share of the load.
 *
 * @param requestsPerSecond that come to it
 * @param batch sequences that decode together: the mean, rounded up
 * @param utilization share of the requests that it could serve
 * @param timeToFirstTokenSeconds waiting included, in the mean
 * @param timePerOutputTokenSeconds with what prefills of others take of it, in the mean
 */
public record OperatingPoint(
    double requestsPerSecond,
    int batch,
    double utilization,
    double timeToFirstTokenSeconds,
    double timePerOutputTokenSeconds) {}
