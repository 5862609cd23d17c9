package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.model.tokenizer.PreTokenizer.Behavior;
import java.util.ArrayList;
import java.util.List;

/** Collects the words of a text from its stretches that match or do not. */
final class Cuts {
  private final String text;
  private final Behavior behavior;
  private final List<String> words = new ArrayList<>();
  private int start;
  private int end;
  private boolean lastMatched;

  Cuts(String text, Behavior behavior) {
    this.text = text;
    this.behavior = behavior;
  }

  /** The next stretch, which begins where the last one ended; an empty one is none. */
  void add(int from, int to, boolean matches) {
    if (from == to) {
      return;
    }
    if (!continues(matches)) {
      finish();
      start = from;
    }
    end = to;
    if (matches && behavior == Behavior.REMOVED) {
      start = to;
    }
    lastMatched = matches;
  }

  private boolean continues(boolean matches) {
    return switch (behavior) {
      case REMOVED, ISOLATED -> false;
      case MERGED_WITH_PREVIOUS -> matches && !lastMatched;
      case MERGED_WITH_NEXT -> !matches && lastMatched;
      case CONTIGUOUS -> matches == lastMatched;
    };
  }

  private void finish() {
    if (start < end) {
      words.add(text.substring(start, end));
    }
  }

  List<String> words() {
    finish();
    start = end;
    return words;
  }
}
