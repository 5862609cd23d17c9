package dev.ridgepoint.estimator.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RepeatedOperationTest {
  private static final List<Step> STEPS =
      List.of(
          Step.prefill(100),
          Step.decode(7, 5000),
          new Step(List.of(new Step.Sequence(20, 3000, 0), new Step.Sequence(1, 10, 0))));

  static Stream<String> decoders() {
    return ModelCatalog.names().stream()
        .filter(name -> ModelCatalog.get(name).decoder().isPresent())
        .filter(name -> ModelCatalog.get(name).encoder().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void isAllOperationsOneByOne(String model) {
    Architecture architecture = ModelCatalog.get(model);
    assertCounts(architecture, options(WeightFormats.of(Precision.BF16)));
    assertCounts(
        architecture,
        options(WeightFormats.named("test", "Q4_K_M", architecture, Precision.F32))
            .withLatentForm(LatentForm.EXPANDED_EACH_STEP));
    WeightFormats oddLayers =
        new WeightFormats(
            "odd", (tensor, layer) -> layer % 2 == 0 ? Precision.BF16 : Precision.Q8_0);
    assertCounts(architecture, options(oddLayers));
  }

  private static void assertCounts(Architecture architecture, ForwardOptions options) {
    List<Operation> all = OperationList.decoder(architecture, options.latentForm());
    List<RepeatedOperation> repeated = RepeatedOperation.decoder(architecture, options);
    for (Step step : STEPS) {
      StepWork work = new StepWork(step, options, 0);
      List<OperationCost> costs = OperationList.costs(all, work);
      assertEquals(
          OperationList.total(costs), OperationList.total(RepeatedOperation.costs(repeated, work)));
      assertEquals(costs.size(), RepeatedOperation.executed(repeated, work));
    }
  }

  @Test
  void layersOfOneShapeAndFormatAreOne() {
    Architecture llama = ModelCatalog.get("Llama-3.1-8B");
    WeightFormats formats = WeightFormats.of(Precision.BF16);
    assertEquals(List.of(-1, 0), layers(llama, formats));
    WeightFormats lastInEight =
        new WeightFormats("last", (tensor, layer) -> layer == 31 ? Precision.Q8_0 : Precision.BF16);
    assertEquals(List.of(-1, 0, 31), layers(llama, lastInEight));
    assertTrue(layers(ModelCatalog.get("Qwen3-Next-80B-A3B"), formats).size() > 2);
  }

  private static List<Integer> layers(Architecture architecture, WeightFormats formats) {
    return RepeatedOperation.decoder(architecture, options(formats)).stream()
        .map(repeated -> repeated.operation().layer())
        .distinct()
        .sorted()
        .toList();
  }

  private static ForwardOptions options(WeightFormats formats) {
    return new ForwardOptions(
        formats, KvCacheFormat.of(Precision.BF16), Precision.BF16, ExpertsTouched.EXPECTED);
  }
}
