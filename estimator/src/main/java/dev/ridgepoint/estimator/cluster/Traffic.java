package dev.ridgepoint.estimator.cluster;

import static java.lang.Math.multiplyExact;

import dev.ridgepoint.estimator.explain.Derivation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Equal messages of one device in one optimizer step.
 *
 * @param kind which parallelism sends them
 * @param name what they carry
 * @param collective how
 * @param ranks that take part
 * @param messageBytes S of the collective
 * @param count how many follow each other
 * @param link over which they go
 * @param hiddenShare share of their time that is assumed to hide behind computation
 */
public record Traffic(
    Kind kind,
    String name,
    Collective collective,
    int ranks,
    long messageBytes,
    long count,
    Link link,
    double hiddenShare) {

  /** The parallelism that needs it. */
  public enum Kind {
    /** Gradients and weights between replicas. */
    DATA,
    /** Activations within a layer. */
    TENSOR,
    /** Activations between stages. */
    PIPELINE,
    /** Tokens to their experts and back. */
    EXPERT
  }

  /** Bytes that the busiest rank sends. */
  public long sentBytes() {
    return multiplyExact(count, collective.sentBytes(ranks, messageBytes));
  }

  /** Time of all, one after the other. */
  public double seconds() {
    return count * collective.seconds(ranks, messageBytes, link);
  }

  /** What of it lengthens the step. */
  public double exposedSeconds() {
    return seconds() * (1 - hiddenShare);
  }

  /** The time with its inputs. */
  public Derivation derivation() {
    Derivation one = collective.derivation(ranks, messageBytes, link);
    Map<String, Number> inputs = new LinkedHashMap<>(one.inputs());
    inputs.put("count", count);
    inputs.put("hiddenShare", hiddenShare);
    return new Derivation(
        name,
        exposedSeconds(),
        "s",
        "count (1 - hiddenShare) (" + one.formula() + ")",
        inputs,
        List.of(),
        one.source());
  }
}
