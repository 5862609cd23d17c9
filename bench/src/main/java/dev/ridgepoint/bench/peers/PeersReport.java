package dev.ridgepoint.bench.peers;

import java.util.List;
import java.util.SortedMap;

/**
 * What a run found.
 *
 * @param machine the processor and JDK
 * @param pairs how often each comparison was measured
 * @param descriptions of each engine that runs here, by name
 * @param failures why an engine, or one of its workloads, does not run here, by name
 */
public record PeersReport(
    String machine,
    int pairs,
    List<Comparison> comparisons,
    SortedMap<String, String> descriptions,
    SortedMap<String, String> failures) {}
