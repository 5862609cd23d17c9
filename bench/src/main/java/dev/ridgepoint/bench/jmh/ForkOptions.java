package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.roofline.ForkFlags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * JVM options of the forks, from those that a user gives JMH. JMH lets {@code -jvmArgsPrepend}
 * replace what a benchmark's class demands, and starts forks with the host's own options unless
 * {@code -jvmArgs} replaces these.
 */
public final class ForkOptions {
  private static final Predicate<String> COLLECTOR =
      Pattern.compile("-XX:[+-]Use\\w*GC").asMatchPredicate();

  /** The launcher sizes the young generation for the collector that it chooses. */
  private static final Predicate<String> LAUNCHERS =
      COLLECTOR.or(option -> option.startsWith("-XX:MaxNewSize="));

  private ForkOptions() {}

  /**
   * The same options, but a fork always has {@link ForkFlags}, and a collector of the user replaces
   * the host's.
   *
   * @param inherited the host's own JVM options
   */
  public static Options of(Options given, List<String> inherited) {
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given);
    if (given.getJvmArgsPrepend().hasValue()) {
      List<String> prepend = new ArrayList<>(List.of(ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS));
      prepend.addAll(given.getJvmArgsPrepend().get());
      options.jvmArgsPrepend(prepend.toArray(String[]::new));
    }
    boolean namesCollector =
        Stream.of(given.getJvmArgsPrepend(), given.getJvmArgsAppend())
            .map(arguments -> arguments.orElse(List.of()))
            .flatMap(Collection::stream)
            .anyMatch(COLLECTOR);
    if (namesCollector && !given.getJvmArgs().hasValue()) {
      options.jvmArgs(inherited.stream().filter(LAUNCHERS.negate()).toArray(String[]::new));
    }
    return options.build();
  }
}
