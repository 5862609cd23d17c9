package dev.ridgepoint.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.model.Batch;
import dev.ridgepoint.model.LoadedModel;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.Program;
import dev.ridgepoint.model.SyntheticWeights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What engines generate from an exported model, greedily, is what Ridgepoint generates. */
class SameWeightsTest {
  private static final int SEED = 7;
  private static final int GENERATED = 8;
  private static final int FIRST_UNUSED = 259;

  /** No spaces, which llama.cpp replaces by a sign of three bytes. */
  private static final String PROMPT = "Sphinx_of_black_quartz,_judge_my_vow!";

  private static final Architecture ARCHITECTURE = ModelCatalog.get("tiny");

  @TempDir private static Path folder;
  private static Workers workers;
  private static List<Integer> expected;

  @BeforeAll
  static void generate() {
    workers = new Workers(1);
    expected = new ArrayList<>();
    try (LoadedModel model =
            LoadedModel.synthetic(ARCHITECTURE, SEED, DType.F32, workers, (done, total) -> {});
        Program program = model.program(DType.F32, workers, Meter.NONE);
        KvCache cache = program.newCache(PROMPT.length() + GENERATED)) {
      int[] tokens = tokens();
      for (int i = 0; i < GENERATED; i++) {
        Tensor logits = program.forward(new Batch(List.of(new Batch.Entry(cache, tokens, 1))));
        int next = 0;
        for (int token = 1; token < ARCHITECTURE.embedding().vocabSize(); token++) {
          if (logits.get(token) > logits.get(next)) {
            next = token;
          }
        }
        expected.add(next);
        tokens = new int[] {next};
      }
    }
  }

  @AfterAll
  static void close() {
    workers.close();
  }

  /** The bytes, behind three special tokens. */
  private static int[] tokens() {
    byte[] bytes = PROMPT.getBytes(StandardCharsets.US_ASCII);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = bytes[i] + 3;
    }
    return tokens;
  }

  private static Path export(String name) throws IOException {
    Path path = folder.resolve(name);
    new ModelExport(ARCHITECTURE, new SyntheticWeights(SEED), DType.F32, Optional.empty())
        .write(path, workers, (done, total) -> {});
    return path;
  }

  @Test
  void llamaCpp() throws IOException {
    Path ofTheUser = Files.createTempFile("llama", ".gguf"); // which the binding would delete
    try (LlamaModel llama =
        LlamaCpp.load(LlamaCpp.parameters(export("model.gguf"), 1).setCtxSize(256).disableLog())) {
      String text =
          llama.complete(new InferenceParameters(PROMPT).setNPredict(GENERATED).setTopK(1));
      List<Integer> generated =
          Pattern.compile("<unused(\\d+)>")
              .matcher(text)
              .results()
              .map((MatchResult match) -> Integer.parseInt(match.group(1)) + FIRST_UNUSED)
              .toList();
      // What is left are single bytes, which are no text.
      assertEquals(expected.stream().filter(token -> token >= FIRST_UNUSED).toList(), generated);
      assertFalse(generated.isEmpty());
    }
    assertTrue(Files.deleteIfExists(ofTheUser));
  }

  @Test
  void jlama() throws IOException {
    try (JlamaModel jlama = JlamaModel.load(export("model"), DType.F32, 1)) {
      List<Integer> generated = new ArrayList<>();
      generated.add(jlama.prefill(tokens()));
      while (generated.size() < GENERATED) {
        generated.add(jlama.step(generated.getLast(), PROMPT.length() + generated.size() - 1));
      }
      assertEquals(expected, generated);
    }
  }
}
