package dev.ridgepoint.peers;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.args.CacheType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JVM of its own for llama.cpp: a check that fails there ends the process that it is in. */
final class LlamaCppProcess {
  private LlamaCppProcess() {}

  /**
   * Continues a text by its likeliest tokens.
   *
   * @param arguments the model's file, the text, how many tokens, the file that will hold what
   *     follows, and the one of llama.cpp's log
   */
  public static void main(String[] arguments) {
    int exitCode = 0;
    try {
      generate(arguments);
    } catch (IOException | RuntimeException e) {
      System.err.println(e);
      exitCode = 1;
    }
    // Whatever threads llama.cpp has left behind.
    Runtime.getRuntime().halt(exitCode);
  }

  private static void generate(String[] arguments) throws IOException {
    try (LlamaModel llama =
        LlamaCpp.load(
            LlamaCpp.parameters(Path.of(arguments[0]), 1)
                .setCtxSize(64)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .setLogFile(arguments[4]))) {
      InferenceParameters parameters =
          new InferenceParameters(arguments[1])
              .setNPredict(Integer.parseInt(arguments[2]))
              .setTopK(1)
              .setIgnoreEos(true);
      Files.writeString(Path.of(arguments[3]), llama.complete(parameters));
    }
  }
}
