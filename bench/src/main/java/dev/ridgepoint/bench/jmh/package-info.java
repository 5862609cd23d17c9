/** The JMH benchmarks, and a JMH profiler that knows the work of each. */
package dev.ridgepoint.bench.jmh;
