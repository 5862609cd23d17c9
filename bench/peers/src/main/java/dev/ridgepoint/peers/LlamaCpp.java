package dev.ridgepoint.peers;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import dev.ridgepoint.bench.peers.Engine;
import dev.ridgepoint.bench.peers.Identity;
import dev.ridgepoint.bench.peers.Workload;
import dev.ridgepoint.engine.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** llama.cpp through its JNI binding, as the binary in the binding's jar was built. */
final class LlamaCpp implements Engine {
  private static final Pattern BUILD = Pattern.compile("build: (\\d+)");
  private static final Pattern SYSTEM =
      Pattern.compile("system_info: .*\\| CPU : (.*?)\\s*\\|?\\s*$");

  /** What multiplies matrices and no Java code can use, as llama.cpp names it. */
  private static final List<String> MATRIX_UNITS = List.of("AMX_INT8", "SME", "ACCELERATE");

  @Override
  public String name() {
    return "llama.cpp";
  }

  @Override
  public ModelFormat format() {
    return ModelFormat.GGUF;
  }

  /** From what llama.cpp logs while it loads a model, which does not reach the binding's logger. */
  @Override
  public Identity identify(Path model) throws IOException {
    Path log = Files.createTempFile("llama", ".log");
    try {
      load(parameters(model, 1).setLogFile(log.toString())).close();
      List<String> lines = Files.readAllLines(log);
      String system =
          first(SYSTEM, lines).orElse(Identity.UNKNOWN).replace(" = 1", "").replace(" |", ",");
      String unreachable =
          MATRIX_UNITS.stream().filter(system::contains).collect(Collectors.joining(", "));
      return new Identity(
          "llama.cpp, build " + first(BUILD, lines).orElse(Identity.UNKNOWN),
          "built for %s%s"
              .formatted(
                  system,
                  unreachable.isEmpty() ? "" : ", of which Java cannot reach " + unreachable),
          "KV cache in F16; time includes sampling, greedily");
    } finally {
      Files.delete(log);
    }
  }

  /** What a pattern's group holds in the first line that has it. */
  private static Optional<String> first(Pattern pattern, List<String> lines) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::find)
        .map(match -> match.group(1))
        .findFirst();
  }

  /** A model, to be closed. */
  static LlamaModel load(ModelParameters parameters) {
    // Where the binding unpacks its library, it deletes all whose name begins with llama.
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "ridge-jllama");
    try {
      System.setProperty("de.kherud.llama.tmpdir", Files.createDirectories(folder).toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new LlamaModel(parameters);
  }

  /** Of a model on the CPU alone, with room for the contexts that are measured. */
  static ModelParameters parameters(Path model, int threads) {
    return new ModelParameters()
        .setModel(model.toString())
        .setGpuLayers(0)
        .setThreads(threads)
        .setThreadsBatch(threads)
        .setParallel(1);
  }

  @Override
  public boolean has(Workload workload, DType dtype) {
    return workload instanceof Workload.ModelStep;
  }

  @Override
  public Run run(Workload workload, DType dtype, int threads, Path model) {
    return Parameters.run(
        LlamaCppPrefill.class, LlamaCppDecode.class, workload, model, dtype, threads);
  }
}
