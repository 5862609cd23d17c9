/**
 * The roofline under anybody's JMH benchmark: {@link
 * dev.ridgepoint.bench.roofline.RooflineProfiler}, and what it is told of the benchmark's work.
 */
package dev.ridgepoint.bench.roofline;
