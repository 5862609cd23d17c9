package dev.ridgepoint.estimator.time;

import dev.ridgepoint.estimator.operation.AbsorbLatents;
import dev.ridgepoint.estimator.operation.Activate;
import dev.ridgepoint.estimator.operation.AppendKeyValues;
import dev.ridgepoint.estimator.operation.Attend;
import dev.ridgepoint.estimator.operation.AttendExpandedLatents;
import dev.ridgepoint.estimator.operation.AttendLatents;
import dev.ridgepoint.estimator.operation.ExpandLatents;
import dev.ridgepoint.estimator.operation.ExpertLinear;
import dev.ridgepoint.estimator.operation.Gather;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Normalize;
import dev.ridgepoint.estimator.operation.NormalizeHeads;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Pool;
import dev.ridgepoint.estimator.operation.ReadTable;
import dev.ridgepoint.estimator.operation.Rotate;
import dev.ridgepoint.estimator.operation.Route;
import dev.ridgepoint.estimator.operation.ScaleBySharedGate;
import dev.ridgepoint.estimator.operation.SoftCap;

/** The kinds of work that share a kernel of the engine, and so its efficiency. */
public enum Kernel {
  /** Matrix products with weights: the projections and the output head. */
  LINEAR,
  /** Scores, softmax and values over the KV cache. */
  ATTENTION,
  /** RMSNorm, of the residual stream or of heads. */
  RMS_NORM,
  /** Rotary position embedding. */
  ROPE,
  /** The feed-forward's gated activation, and other functions of each element. */
  SWIGLU,
  /** Gathering embedding rows, appending to the KV cache. */
  COPY;

  /**
   * The kernel that runs an operation.
   *
   * @throws IllegalArgumentException if the engine has none
   */
  public static Kernel of(Operation operation) {
    return switch (operation) {
      case Linear _ -> LINEAR;
      case Attend _ -> ATTENTION;
      case Normalize _, NormalizeHeads _ -> RMS_NORM;
      case Rotate _ -> ROPE;
      case Activate _, SoftCap _ -> SWIGLU;
      case Gather _, AppendKeyValues _ -> COPY;
      case AbsorbLatents _,
          AttendExpandedLatents _,
          AttendLatents _,
          ExpandLatents _,
          ExpertLinear _,
          Pool _,
          ReadTable _,
          Route _,
          ScaleBySharedGate _ ->
          throw new IllegalArgumentException("no kernel runs " + operation.name());
    };
  }
}
