package dev.ridgepoint.bench.launch;

import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.ShellCommand;
import java.util.List;

/**
 * What carries out a plan.
 *
 * @param commands each of which does, alone or with those of the same program
 * @param notes what to know of them, and why a program is not among them
 */
public record Launch(List<ShellCommand> commands, List<String> notes) {
  public Launch {
    commands = List.copyOf(commands);
    notes = List.copyOf(notes);
  }

  /** No command, and why. */
  static Launch none(String reason) {
    return new Launch(List.of(), List.of(reason));
  }

  /** For showing. */
  public Section section() {
    return new Section("launch", List.of(), List.of(), List.of(), notes).with(commands);
  }
}
