package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ExpertsTouched;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.model.RecordedCosts.Metered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What models with experts cost is what the estimator says: exactly for one token, and for several
 * within what the fewest and the most experts that they can touch are read for.
 */
class ExpertModelsTest {
  private static Architecture architecture(String name) {
    return ConfigReader.read(TestResources.path("logits/" + name).resolve("hf-f32"));
  }

  private static List<Metered> run(Architecture architecture, int tokens) {
    RecordedCosts costs = new RecordedCosts();
    try (Workers workers = new Workers(2);
        LoadedModel model =
            LoadedModel.synthetic(architecture, 3, DType.BF16, workers, (done, total) -> {});
        Program program = model.program(DType.F32, workers, costs);
        KvCache cache = program.newCache(tokens)) {
      int[] ids = new int[tokens];
      Arrays.setAll(ids, i -> i * 37 % architecture.embedding().vocabSize());
      program.forward(Batch.of(cache, ids));
    }
    return costs.all();
  }

  private static List<Metered> estimate(
      Architecture architecture, int tokens, ExpertsTouched touched) {
    Batch batch;
    KvLayout layout = new KvLayout(DType.F32, 1, 1, KvLayout.PAGE_POSITIONS);
    try (KvCache cache = new KvCache(layout, new int[] {tokens}, tokens, tokens)) {
      batch = Batch.of(cache, new int[tokens]);
      DataFormats formats =
          new DataFormats(Precision.named("dtype", "BF16"), Precision.named("kv", "F32"));
      ForwardOptions of = ForwardOptions.ofEngine(formats);
      ForwardOptions options =
          new ForwardOptions(of.weights(), of.kvCache(), of.activations(), touched);
      List<Metered> all = new ArrayList<>();
      for (OperationCost each : OperationList.of(architecture, options, batch.step())) {
        all.add(new Metered(each.name(), each.operation().layer(), each.cost()));
      }
      return all;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mixtral-moe",
        "qwen2-moe",
        "qwen3-moe",
        "olmoe",
        "granitemoe",
        "gpt-oss",
        "glm4-moe",
        "deepseek-v2",
        "deepseek-v3"
      })
  void ofOneTokenExactly(String name) {
    Architecture architecture = architecture(name);
    for (ExpertsTouched touched : ExpertsTouched.values()) {
      assertEquals(estimate(architecture, 1, touched), run(architecture, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mixtral-moe",
        "qwen2-moe",
        "qwen3-moe",
        "olmoe",
        "granitemoe",
        "gpt-oss",
        "glm4-moe",
        "deepseek-v2",
        "deepseek-v3"
      })
  void ofSeveralTokensButForTheExpertsRead(String name) {
    Architecture architecture = architecture(name);
    List<Metered> fewest = estimate(architecture, 3, ExpertsTouched.FEWEST);
    List<Metered> most = estimate(architecture, 3, ExpertsTouched.MOST);
    List<Metered> metered = run(architecture, 3);
    boolean isSpread = false;
    assertEquals(fewest.size(), metered.size());
    for (int i = 0; i < metered.size(); i++) {
      Cost cost = metered.get(i).cost();
      long least = fewest.get(i).cost().weightBytes();
      assertTrue(least <= cost.weightBytes(), metered.get(i).toString());
      assertTrue(cost.weightBytes() <= most.get(i).cost().weightBytes(), metered.get(i).toString());
      isSpread |= least < cost.weightBytes();
      Cost asFewest =
          new Cost(
              cost.flops(),
              cost.matmulFlops(),
              least,
              cost.kvReadBytes(),
              cost.kvWrittenBytes(),
              cost.activationBytes());
      assertEquals(
          fewest.get(i), new Metered(metered.get(i).name(), metered.get(i).layer(), asFewest));
    }
    assertTrue(isSpread, "all tokens chose the same experts");
  }
}
