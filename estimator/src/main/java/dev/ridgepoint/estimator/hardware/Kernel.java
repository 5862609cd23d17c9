package dev.ridgepoint.estimator.hardware;

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
  /** The feed-forward's gated activation. */
  SWIGLU,
  /** Gathering embedding rows, appending to the KV cache. */
  COPY;

  /**
   * The kernel that runs an operation.
   *
   * @param operation a name of the operation list
   */
  public static Kernel of(String operation) {
    return switch (operation) {
      case "qkv_proj", "o_proj", "ffn_gate_up", "ffn_down", "lm_head" -> LINEAR;
      case "attention" -> ATTENTION;
      case "attention_norm", "qk_norm", "ffn_norm", "final_norm" -> RMS_NORM;
      case "rope" -> ROPE;
      case "swiglu" -> SWIGLU;
      case "embedding", "kv_append" -> COPY;
      default -> throw new IllegalArgumentException("no kernel runs \"" + operation + "\"");
    };
  }
}
