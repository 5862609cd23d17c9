package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.StrictJson;

/** Text from a file as a message shows it. */
final class Shown {
  private Shown() {}

  /** On one line, cut when long, in double quotes. */
  static String quote(String text) {
    return '"' + StrictJson.cut(text) + '"';
  }
}
