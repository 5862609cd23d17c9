package dev.ridgepoint.estimator.serving;

import java.util.HashMap;
import java.util.Map;

/**
 * The steps of a {@link Replica}, each kind computed once. A decode step takes as long as if all
 * its sequences had the same context, rounded up to a block of 16 positions: right but for the
 * rounding where attention is linear in the context, which a window makes it not.
 */
public final class ReplicaStepTimes implements StepTimes {
  private static final int BLOCK_POSITIONS = 16;

  private final Replica replica;
  private final Map<Integer, Double> prefillSeconds = new HashMap<>();
  private final Map<Decode, Double> decodeSeconds = new HashMap<>();

  private record Decode(int batch, int context) {}

  public ReplicaStepTimes(Replica replica) {
    this.replica = replica;
  }

  @Override
  public double prefillSeconds(int promptTokens) {
    return prefillSeconds.computeIfAbsent(
        promptTokens, tokens -> replica.prefillSeconds(tokens, 1));
  }

  @Override
  public double decodeSeconds(int batch, long contextTokens) {
    long blocks = Math.ceilDiv(contextTokens, (long) batch * BLOCK_POSITIONS);
    return decodeSeconds.computeIfAbsent(
        new Decode(batch, Math.toIntExact(blocks * BLOCK_POSITIONS)),
        decode -> replica.steps().decode(decode.batch, decode.context).total());
  }
}
