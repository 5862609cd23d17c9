package dev.ridgepoint.bench.probe;

import java.util.ArrayList;
import java.util.List;

/** What a reader should know about a measurement that is not in its numbers. */
final class Notes {
  private final List<String> lines = new ArrayList<>();

  void add(String line) {
    lines.add(line);
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
