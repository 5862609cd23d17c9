package dev.ridgepoint.bench.cli;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.AtomicOutput;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints text to train and judge a small model with. */
@Command(
    name = "stories",
    description = {
      "Writes small English stories, drawn from a seed, with an empty line between them.",
      "One of sixteen is held out: --held-out writes those alone, and else they are left out."
    },
    mixinStandardHelpOptions = true)
final class StoriesCommand implements Callable<Integer> {
  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private long count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "What they are drawn from (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--held-out",
      description = "Stories to judge a model by, none of which is written otherwise.")
  private boolean heldOut;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write to this file (default: the standard output).")
  private String out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new InvalidInputException("--count", "must be at least 1");
    }
    if (out == null) {
      print(spec.commandLine().getOut(), () -> Output.isBroken(spec));
      return 0;
    }
    AtomicOutput.write(
        ModelSource.path(out),
        channel -> {
          PrintWriter writer = new PrintWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
          print(writer, writer::checkError);
          if (writer.checkError()) {
            throw new IOException("not all could be written");
          }
        });
    return 0;
  }

  private void print(PrintWriter writer, BooleanSupplier isBroken) {
    Iterator<String> stories =
        Stories.of(heldOut ? Part.HELD_OUT : Part.TRAINING, seed).limit(count).iterator();
    for (String separator = ""; stories.hasNext() && !isBroken.getAsBoolean(); separator = "\n") {
      writer.print(separator + stories.next() + "\n");
    }
    writer.flush();
  }
}
