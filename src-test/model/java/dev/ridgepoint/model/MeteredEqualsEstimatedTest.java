package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.model.RecordedCosts.Metered;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the engine counts while it runs is what the estimator says on paper, operation by operation.
 */
class MeteredEqualsEstimatedTest {

  private static final List<DType> WEIGHTS = DType.encoded();

  record Case(
      Architecture architecture, DType weights, DType kvCache, List<int[]> contextNewLogits) {}

  static Stream<Case> cases() {
    Random random = new Random(23);
    return Stream.generate(
            () -> {
              int kvHeads = 1 + random.nextInt(4);
              int headDim = 2 * (1 + random.nextInt(40));
              int layers = 1 + random.nextInt(3);
              boolean sliding = random.nextBoolean();
              DType weights = WEIGHTS.get(random.nextInt(WEIGHTS.size()));
              // Rows are whole blocks: hidden, intermediate and all heads together.
              int block = weights.blockElements();
              int hiddenSize = wholeBlocks(1 + random.nextInt(150), block);
              int intermediateSize = wholeBlocks(1 + random.nextInt(200), block);
              headDim = wholeBlocks(headDim, block);
              Architecture architecture =
                  TestArchitectures.llama(
                      50 + random.nextInt(400),
                      hiddenSize,
                      intermediateSize,
                      layers,
                      kvHeads * (1 + random.nextInt(5)),
                      kvHeads,
                      headDim,
                      random.nextBoolean(),
                      new TestArchitectures.Parts(
                          random.nextBoolean(),
                          random.nextBoolean(),
                          random.nextBoolean(),
                          random.nextBoolean()),
                      sliding ? 1 + random.nextInt(40) : 0,
                      sliding ? random.nextInt(layers) : 0);
              if (random.nextBoolean()) {
                architecture =
                    TestArchitectures.gemma(
                        architecture,
                        new TestArchitectures.GemmaParts(
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean()));
              }
              List<int[]> sequences = new ArrayList<>();
              for (int i = 0; i <= random.nextInt(4); i++) {
                int count = 1 + random.nextInt(30);
                sequences.add(new int[] {random.nextInt(80), count, random.nextInt(count + 1)});
              }
              List<DType> kvTypes =
                  headDim % DType.Q8_0.blockElements() == 0
                      ? List.of(DType.F32, DType.BF16, DType.Q8_0)
                      : List.of(DType.F32, DType.BF16);
              DType kvType = kvTypes.get(random.nextInt(kvTypes.size()));
              return new Case(architecture, weights, kvType, sequences);
            })
        .limit(40);
  }

  /** The families whose logits are tested; those with experts are {@link ExpertModelsTest}'s. */
  static Stream<Case> families() throws IOException {
    try (Stream<Path> folders = Files.list(TestResources.path("logits"))) {
      return folders
          .sorted()
          .map(folder -> folder.resolve("hf-f32"))
          .filter(Files::isDirectory)
          .toList()
          .stream()
          .map(ConfigReader::read)
          .filter(architecture -> ExpertActivations.of(architecture).isEmpty())
          .map(
              architecture ->
                  new Case(
                      architecture,
                      DType.F16,
                      DType.F32,
                      List.of(new int[] {0, 12, 2}, new int[] {9, 1, 1})));
    }
  }

  private static int wholeBlocks(int elements, int block) {
    return Math.ceilDiv(elements, block) * block;
  }

  @ParameterizedTest
  @MethodSource({"cases", "families"})
  void operationByOperation(Case c) {
    try (Workers workers = new Workers(2);
        LoadedModel model =
            LoadedModel.synthetic(c.architecture, 1, c.weights, workers, (done, total) -> {})) {
      DataFormats formats = new DataFormats(precision(c.weights), precision(c.kvCache));
      assertMeteredEqualsEstimated(model, formats, c.kvCache, c.contextNewLogits, workers);
    }
  }

  /** Each matrix in the format that the file has it in. */
  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "q4_0", "q4_k_s", "q6_k"})
  void operationByOperationOfAFile(String name) {
    try (Checkpoint checkpoint =
            Checkpoint.open(TestResources.path("quant/model-" + name + ".gguf"));
        Workers workers = new Workers(2)) {
      MatrixTypes types = MatrixTypes.stored(checkpoint);
      try (LoadedModel model = LoadedModel.load(checkpoint, types, workers, (done, total) -> {})) {
        DataFormats formats = new DataFormats(types.formats(), precision(DType.F32));
        List<int[]> sequences = List.of(new int[] {3, 1, 1}, new int[] {0, 20, 2});
        assertMeteredEqualsEstimated(model, formats, DType.F32, sequences, workers);
      }
    }
  }

  private static void assertMeteredEqualsEstimated(
      LoadedModel model,
      DataFormats formats,
      DType kvCache,
      List<int[]> contextNewLogits,
      Workers workers) {
    RecordedCosts metered = new RecordedCosts();
    List<KvCache> caches = new ArrayList<>();
    Architecture architecture = model.architecture();
    try (Program decoder = model.program(kvCache, workers, metered)) {
      List<Batch.Entry> entries = new ArrayList<>();
      for (int[] sequence : contextNewLogits) {
        KvCache cache = decoder.newCache(sequence[0] + sequence[1]);
        caches.add(cache);
        if (sequence[0] > 0) {
          decoder.forward(Batch.of(cache, tokens(sequence[0], architecture)));
        }
        entries.add(new Batch.Entry(cache, tokens(sequence[1], architecture), sequence[2]));
      }
      Batch batch = new Batch(entries);
      ForwardOptions options = ForwardOptions.ofEngine(formats);
      List<Metered> estimated =
          OperationList.of(architecture, options, batch.step()).stream()
              .map(each -> new Metered(each.name(), each.operation().layer(), each.cost()))
              .toList();
      metered.clear();

      decoder.forward(batch);

      assertEquals(estimated, metered.all());
    } finally {
      caches.forEach(KvCache::close);
    }
  }

  private static int[] tokens(int count, Architecture architecture) {
    int[] tokens = new int[count];
    Arrays.setAll(tokens, i -> i * 31 % architecture.embedding().vocabSize());
    return tokens;
  }

  private static Precision precision(DType dtype) {
    return Precision.named("dtype", dtype.name());
  }
}
