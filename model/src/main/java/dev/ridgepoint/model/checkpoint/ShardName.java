package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The names of a checkpoint's parts, {@code model-00001-of-00004.gguf}: llama.cpp finds the others
 * by the name of one, and so does whoever has safetensors without their index.
 */
final class ShardName {
  private static final Pattern NAME =
      Pattern.compile("(.*-)([0-9]{5})(-of-([0-9]{5})\\.(?:gguf|safetensors))");

  private ShardName() {}

  /** Whether a file is named as one part of several. */
  static boolean isShard(Path file) {
    return matcher(file).matches();
  }

  /** Of files asked one after the other, lets one part of each checkpoint pass. */
  static Predicate<Path> firstOfEach() {
    Set<String> seen = new HashSet<>();
    return file -> {
      Matcher matcher = matcher(file);
      return !matcher.matches() || seen.add(matcher.group(1) + matcher.group(3));
    };
  }

  /**
   * All parts, in their order.
   *
   * @param shard one of them
   * @throws InvalidInputException naming the first that is missing
   */
  static List<Path> all(Path shard) {
    Matcher matcher = matcher(shard);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(shard.toString());
    }
    int count = Integer.parseInt(matcher.group(4));
    int number = Integer.parseInt(matcher.group(2));
    if (number < 1 || number > count) {
      throw new InvalidInputException(
          shard.toString(),
          String.format(Locale.ROOT, "its name says part %d of %d", number, count));
    }
    return IntStream.rangeClosed(1, count)
        .mapToObj(
            part -> {
              String name =
                  String.format(Locale.ROOT, "%s%05d%s", matcher.group(1), part, matcher.group(3));
              Path file = shard.resolveSibling(name);
              if (!Files.exists(file)) {
                throw new InvalidInputException(
                    file.toString(),
                    String.format(Locale.ROOT, "no such file; it is part %d of %d", part, count));
              }
              return file;
            })
        .toList();
  }

  private static Matcher matcher(Path file) {
    return NAME.matcher(file.getFileName().toString());
  }
}
