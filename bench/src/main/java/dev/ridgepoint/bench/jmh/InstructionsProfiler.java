package dev.ridgepoint.bench.jmh;

import dev.ridgepoint.bench.code.CompiledKernel;
import dev.ridgepoint.bench.code.CompiledMethod;
import dev.ridgepoint.bench.code.Disassembler;
import dev.ridgepoint.bench.code.InstructionSet;
import dev.ridgepoint.bench.code.MultiplyAddLoop;
import dev.ridgepoint.bench.roofline.Work;
import dev.ridgepoint.bench.roofline.WorkCounters;
import dev.ridgepoint.bench.text.Units;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.ExternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to each result what C2 made of the kernel's innermost loop: instructions per multiply-add
 * and per byte of the benchmark's {@link Work}, vectors that go through the stack, and moves
 * between vector registers. They are counted in the compiled code, so that neither the clock nor
 * the core's neighbours change them; an outer loop, as that over the blocks of a quantised format,
 * is not counted.
 *
 * <p>Of several methods with multiply-adds the first compiled is the kernel, the others are named
 * in the text. Where neither hsdis nor objdump is, one line says so and the benchmark goes on.
 */
public final class InstructionsProfiler implements ExternalProfiler {
  /** What {@code ridge bench -prof} takes for this class's name. */
  public static final String NAME = "instructions";

  private static final String METHODS_OPTION = "methods=";

  /** The engine's tiles and what loops over them. */
  private static final String DEFAULT_METHODS = "dev.ridgepoint.engine.kernels.Tile*::*";

  private static final Pattern METHODS = Pattern.compile("[\\w.$*]+::[\\w$<>*]+");

  private final String methods;

  /** As JMH does without options: the engine's tiles. */
  public InstructionsProfiler() {
    methods = DEFAULT_METHODS;
  }

  /**
   * As JMH does with options.
   *
   * @param options {@code methods=CLASS::METHOD} or nothing; both may begin or end with {@code *}
   * @throws ProfilerException if the option is another
   */
  public InstructionsProfiler(String options) throws ProfilerException {
    methods =
        options.startsWith(METHODS_OPTION)
            ? options.substring(METHODS_OPTION.length())
            : options.isEmpty() ? DEFAULT_METHODS : "";
    if (!METHODS.matcher(methods).matches()) {
      throw new ProfilerException("the option is methods=CLASS::METHOD, not " + options);
    }
  }

  @Override
  public String getDescription() {
    return "instructions per multiply-add and per byte of the compiled loop;"
        + " option methods=CLASS::METHOD";
  }

  @Override
  public Collection<String> addJVMInvokeOptions(BenchmarkParams params) {
    return List.of();
  }

  /** A directive, since {@code CompileCommand} would print what C1 compiles, too. */
  @Override
  public Collection<String> addJVMOptions(BenchmarkParams params) {
    try {
      Path directives = Files.createTempFile("ridge-directives", ".json");
      directives.toFile().deleteOnExit();
      Files.writeString(
          directives, "[{match: \"%s\", c2: {PrintAssembly: true}}]".formatted(methods));
      return List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:CompilerDirectivesFile=" + directives);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void beforeTrial(BenchmarkParams params) {
    // The JVM's options say everything.
  }

  @Override
  public boolean allowPrintOut() {
    return false;
  }

  @Override
  public boolean allowPrintErr() {
    return true;
  }

  @Override
  @SuppressWarnings("rawtypes") // JMH's own signature
  public Collection<? extends Result> afterTrial(
      BenchmarkResult result, long pid, File stdOut, File stdErr) {
    try {
      InstructionSet set =
          InstructionSet.current()
              .orElseThrow(() -> new IOException("this processor's code is not known"));
      String output = Files.readString(stdOut.toPath(), StandardCharsets.ISO_8859_1);
      List<CompiledKernel> kernels = kernels(output, set);
      System.out.println(describe(kernels));
      return results(kernels.getFirst().mainLoop(), WorkCounters.work(result.getParams()));
    } catch (IOException e) {
      System.out.println("Instructions not counted: " + e.getMessage() + ".");
      return List.of();
    }
  }

  /** Those with loops of multiply-adds, the first compiled first; at least one. */
  List<CompiledKernel> kernels(String vmOutput, InstructionSet set) throws IOException {
    List<CompiledKernel> kernels =
        CompiledKernel.of(CompiledMethod.read(vmOutput), new Disassembler(set));
    if (kernels.isEmpty()) {
      throw new IOException(
          "C2 compiled no loop of multiply-adds in %s; longer iterations give it time"
              .formatted(methods));
    }
    return kernels;
  }

  /** JMH's own result of a text would be a row of the table, with NaN for its figure. */
  static List<ScalarResult> results(MultiplyAddLoop loop, Optional<Work> work) {
    List<ScalarResult> results = new ArrayList<>();
    results.add(result("perMultiplyAdd", loop.instructionsPerMultiplyAdd(), "1/FMA"));
    perByte(loop, work).ifPresent(value -> results.add(result("perByte", value, "1/B")));
    results.add(result("spills", loop.spills(), "1/turn"));
    results.add(result("moves", loop.moves(), "1/turn"));
    return results;
  }

  /**
   * Empty without a counter, without traffic or where the code does not tell the vectors' width.
   */
  private static OptionalDouble perByte(MultiplyAddLoop loop, Optional<Work> work) {
    if (work.isEmpty() || work.get().bytes() == 0 || loop.lanes().isEmpty()) {
      return OptionalDouble.empty();
    }
    double multiplyAdds = work.get().flops() / 2.0 / loop.lanes().getAsInt();
    return OptionalDouble.of(multiplyAdds / work.get().bytes() * loop.instructionsPerMultiplyAdd());
  }

  static String describe(List<CompiledKernel> kernels) {
    return kernels.stream()
        .map(
            kernel ->
                kernel.method()
                    + kernel.loops().stream()
                        .map(InstructionsProfiler::describe)
                        .collect(Collectors.joining("; ", ": ", "")))
        .collect(Collectors.joining("\n"));
  }

  private static String describe(MultiplyAddLoop loop) {
    return "%s for %s%s, %s, %s"
        .formatted(
            Units.count(loop.instructions(), "instruction"),
            Units.count(loop.multiplyAdds(), "multiply-add"),
            loop.lanes().isPresent() ? " of " + loop.lanes().getAsInt() + " floats" : "",
            Units.count(loop.spills(), "spill"),
            Units.count(loop.moves(), "move"));
  }

  private static ScalarResult result(String name, double value, String unit) {
    return new ScalarResult(NAME + "." + name, value, unit, AggregationPolicy.AVG);
  }
}
