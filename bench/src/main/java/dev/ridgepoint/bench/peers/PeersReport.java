package dev.ridgepoint.bench.peers;

import java.util.List;
import java.util.SequencedMap;

/**
 * What a run found.
 *
 * @param processor of this machine
 * @param jdk of this process and of all JVMs that it started
 * @param pairs how often each comparison was measured
 * @param engines what each engine that runs here is, by name, Ridgepoint first
 * @param failures why an engine, or one of its workloads, does not run here, by name
 */
public record PeersReport(
    String processor,
    String jdk,
    int pairs,
    List<Comparison> comparisons,
    SequencedMap<String, Identity> engines,
    SequencedMap<String, String> failures) {}
