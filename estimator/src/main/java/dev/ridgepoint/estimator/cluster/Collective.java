package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.require;
import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static java.lang.Math.ceilDiv;
import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What ranks say to each other at once, and what it costs by the model of Hockney: every round
 * takes a latency, and its bytes over the bandwidth. Sources: Thakur, Rabenseifner and Gropp 2005,
 * "Optimization of Collective Communication Operations in MPICH", sections 3 and 4; the ring, with
 * the bound that it reaches: Patarasuk and Yuan 2009, "Bandwidth Optimal All-reduce Algorithms".
 */
public enum Collective {
  /** Every rank gets the sum of everybody's S bytes: a reduce-scatter, then an all-gather. */
  ALL_REDUCE("2 (n-1) latency + 2 (n-1) ceil(S/n) / bandwidth"),
  /** Every rank gets all S bytes, of which each has S/n. */
  ALL_GATHER("(n-1) latency + (n-1) ceil(S/n) / bandwidth"),
  /** Every rank gets its S/n of the sum of everybody's S bytes. */
  REDUCE_SCATTER("(n-1) latency + (n-1) ceil(S/n) / bandwidth"),
  /** Every rank has S bytes, of which S/n are for each other rank. */
  ALL_TO_ALL("(n-1) latency + (n-1) ceil(S/n) / bandwidth"),
  /**
   * The same in one round, where every rank writes to every other at once, as through a switch.
   * Source: DeepEP's low-latency kernels.
   */
  ONE_SHOT_ALL_TO_ALL("latency + (n-1) ceil(S/n) / bandwidth"),
  /** One rank sends S bytes to another. */
  POINT_TO_POINT("latency + S / bandwidth"),
  /**
   * An all-reduce over two binary trees, each with half of the data, in which every rank is a leaf
   * of one: fewer rounds than a ring. Pipelined, so that the bytes are sent while the rounds run.
   * Source: Sanders, Speck and Traeff 2009, "Two-tree algorithms for full bandwidth broadcast,
   * reduction and scan".
   */
  TREE_ALL_REDUCE("2 ceil(log2 n) latency + 2 S / bandwidth"),
  /**
   * An all-reduce in which every rank reads all bytes of all others and sums them by itself: one
   * round, for short messages. Source: "one-stage" in vLLM's {@code csrc/custom_all_reduce.cuh},
   * "one-shot" in TensorRT-LLM's {@code AllReduceStrategy}.
   */
  ONE_SHOT_ALL_REDUCE("latency + (n-1) S / bandwidth"),
  /**
   * An all-reduce in which every rank sums its part, which all others then read: two rounds, where
   * every rank reaches every other at once, as through a switch. Source: "two-stage" and "two-shot"
   * of the same.
   */
  TWO_SHOT_ALL_REDUCE("2 latency + 2 (n-1) ceil(S/n) / bandwidth");

  private final String formula;

  Collective(String formula) {
    this.formula = formula;
  }

  /** Rounds that must follow each other. */
  public long rounds(int ranks) {
    requirePositive("collective", "ranks", ranks);
    if (ranks == 1) {
      return 0;
    }
    return switch (this) {
      case ALL_REDUCE -> 2L * (ranks - 1);
      case ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL -> ranks - 1L;
      case POINT_TO_POINT, ONE_SHOT_ALL_REDUCE, ONE_SHOT_ALL_TO_ALL -> 1;
      case TWO_SHOT_ALL_REDUCE -> 2;
      case TREE_ALL_REDUCE -> 2L * (Integer.SIZE - Integer.numberOfLeadingZeros(ranks - 1));
    };
  }

  /**
   * Bytes that the busiest rank sends. Chunks are equal, so the last is filled up.
   *
   * @param bytes S, the whole buffer: of an all-gather its result
   * @throws ArithmeticException beyond 2^63
   */
  public long sentBytes(int ranks, long bytes) {
    requirePositive("collective", "ranks", ranks);
    require(bytes >= 0, "collective", "bytes", bytes, "must not be negative");
    if (ranks == 1) {
      return 0;
    }
    long chunk = ceilDiv(bytes, (long) ranks);
    return switch (this) {
      case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL ->
          multiplyExact(rounds(ranks), chunk);
      case ONE_SHOT_ALL_TO_ALL -> multiplyExact(ranks - 1L, chunk);
      case TWO_SHOT_ALL_REDUCE -> multiplyExact(2L * (ranks - 1), chunk);
      case ONE_SHOT_ALL_REDUCE -> multiplyExact(ranks - 1L, bytes);
      case POINT_TO_POINT -> bytes;
      case TREE_ALL_REDUCE -> multiplyExact(2, bytes);
    };
  }

  /** Time of one on a link that every rank has for itself. */
  public double seconds(int ranks, long bytes, Link link) {
    return rounds(ranks) * link.latencySeconds() + sentBytes(ranks, bytes) / link.bytesPerSecond();
  }

  /** The time with its terms. */
  public Derivation derivation(int ranks, long bytes, Link link) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("n", ranks);
    inputs.put("S", bytes);
    inputs.put("latency", link.latencySeconds());
    inputs.put("bandwidth", link.bytesPerSecond());
    return new Derivation(
        name().toLowerCase(Locale.ROOT).replace('_', '-') + " over " + link.name(),
        seconds(ranks, bytes, link),
        "s",
        formula,
        inputs,
        List.of(
            new Derivation.Term("latency", rounds(ranks) * link.latencySeconds()),
            new Derivation.Term("bytes", sentBytes(ranks, bytes) / link.bytesPerSecond())),
        source());
  }

  private String source() {
    return switch (this) {
      case TREE_ALL_REDUCE -> "Sanders, Speck and Traeff 2009, two-tree algorithms";
      case ONE_SHOT_ALL_TO_ALL -> "DeepEP, docs/legacy.md";
      case ONE_SHOT_ALL_REDUCE, TWO_SHOT_ALL_REDUCE -> "vLLM, csrc/custom_all_reduce.cuh";
      default -> "Thakur, Rabenseifner and Gropp 2005; Patarasuk and Yuan 2009";
    };
  }
}
