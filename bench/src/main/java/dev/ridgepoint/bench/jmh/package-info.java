/** The JMH benchmarks, and the JMH profilers that know the work of each. */
package dev.ridgepoint.bench.jmh;
