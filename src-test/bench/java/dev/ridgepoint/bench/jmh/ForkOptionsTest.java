package dev.ridgepoint.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ridgepoint.bench.roofline.ForkFlags;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;

class ForkOptionsTest {
  private static final List<String> HOST =
      List.of("-XX:+UseSerialGC", "-XX:MaxNewSize=16m", "-Xmx1g");

  @Test
  void whatIsPrependedComesAfterWhatAForkMustHave() throws CommandLineOptionException {
    assertEquals(
        List.of(ForkFlags.VECTORS, ForkFlags.NATIVE_ACCESS, "-Dx=1", "-Dy=2"),
        of("-jvmArgsPrepend", "-Dx=1 -Dy=2").getJvmArgsPrepend().get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-jvmArgsPrepend", "-jvmArgsAppend"})
  void theUsersCollectorReplacesTheHosts(String option) throws CommandLineOptionException {
    assertEquals(List.of("-Xmx1g"), of(option, "-XX:+UseZGC").getJvmArgs().get());
    assertFalse(of(option, "-Xlog:gc").getJvmArgs().hasValue());
  }

  @Test
  void whatReplacesTheHostsOptionsStays() throws CommandLineOptionException {
    Options options = of("-jvmArgs", "-Xmx2g", "-jvmArgsAppend", "-XX:+UseZGC");
    assertEquals(List.of("-Xmx2g"), options.getJvmArgs().get());
    assertEquals(List.of("-XX:+UseZGC"), options.getJvmArgsAppend().get());
  }

  @Test
  void othersAreLeftAlone() throws CommandLineOptionException {
    Options options = of("-f", "3");
    assertEquals(3, options.getForkCount().get());
    assertFalse(options.getJvmArgs().hasValue());
    assertFalse(options.getJvmArgsPrepend().hasValue());
  }

  private static Options of(String... arguments) throws CommandLineOptionException {
    return ForkOptions.of(new CommandLineOptions(arguments), HOST);
  }
}
