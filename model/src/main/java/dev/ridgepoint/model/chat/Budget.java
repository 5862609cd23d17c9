package dev.ridgepoint.model.chat;

/**
 * Bounds what a template costs, which comes with a model from somewhere: steps, nesting, and the
 * sizes of what it makes.
 */
final class Budget {
  private static final int MAX_STEPS = 5_000_000;
  private static final int MAX_CHARS = 16 << 20;
  private static final int MAX_ELEMENTS = 1 << 20;
  private static final int MAX_DEPTH = 64;

  private int steps;
  private int chars;
  private int depth;

  /** Counts a step. */
  void step() {
    if (++steps > MAX_STEPS) {
      throw new TemplateException("takes more than " + MAX_STEPS + " steps");
    }
  }

  /** Counts characters that are made. */
  String made(String text) {
    chars += Math.min(text.length(), MAX_CHARS);
    if (chars > MAX_CHARS || chars < 0) {
      throw new TemplateException("makes more than " + MAX_CHARS + " characters");
    }
    return text;
  }

  /** Refuses a list that is too long. */
  void requireElements(long count) {
    if (count > MAX_ELEMENTS) {
      throw new TemplateException("makes a list of more than " + MAX_ELEMENTS + " elements");
    }
  }

  /** Enters a macro. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new TemplateException("calls macros more than " + MAX_DEPTH + " deep");
    }
  }

  /** Leaves a macro. */
  void leave() {
    depth--;
  }
}
