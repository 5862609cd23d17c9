package dev.ridgepoint.bench.cli.learn;

import java.util.Optional;

/** What a page is about, which not every model is or has. */
enum Subject {
  /** Any model. */
  MODELS,
  /** Models that write a token at a time. */
  DECODERS,
  /** How decoders attend, and what they keep for that. */
  ATTENTION;

  /** Why a page of this says nothing of a model; empty if it does. */
  Optional<String> lacking(Setting setting) {
    String model = setting.model().name();
    if (this != MODELS && !setting.isDecoder()) {
      return Optional.of(model + " is no decoder alone, which this page is about.");
    }
    return this == ATTENTION && !setting.hasAttention()
        ? Optional.of(model + " has no attention: it keeps a state instead of keys and values.")
        : Optional.empty();
  }
}
